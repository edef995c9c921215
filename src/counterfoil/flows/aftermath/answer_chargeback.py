"""Answering a chargeback: files are gathered, the answer is sent once, or it is given up."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from counterfoil.domain.payments import chargebacks, queries
from counterfoil.domain.payments.chargebacks import AnsweredAlready
from counterfoil.domain.payments.rows import Account, ChargebackRow, EvidenceRow
from counterfoil.domain.payments.states import ChargebackState
from counterfoil.flows.aftermath.settle_chargeback import settle_chargeback
from counterfoil.flows.gateways import (
    ABSENCE_IS_PROOF_AFTER,
    NotOffered,
    chargebacks_of,
    offers,
)
from counterfoil.infra import files
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.kernel.actor import SYSTEM, Actor
from counterfoil.kernel.apart import each_in_turn
from counterfoil.kernel.errors import FieldProblem, NotFound, Refused, Unavailable, Uncertain
from counterfoil.kernel.ids import BusinessId, encode
from counterfoil.kernel.ports.gateways.capabilities import Capability
from counterfoil.kernel.ports.gateways.chargebacks import (
    ChargebackStage,
    ChargebackTold,
    Evidence,
    EvidenceFile,
)

TEXT_MAX = 20_000
FILE_MAX = 5_000_000
FILES_MAX = 8
_STARTS = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
}


class FileRefused(FieldProblem):
    """The file is too large, empty, or none of the kinds that banks take."""


def add_file(
    business_id: BusinessId,
    chargeback_id: UUID,
    *,
    name: str,
    content: bytes,
    at: datetime,
    by: Actor,
) -> UUID:
    """Keeps a file for the answer. Its kind is told by its bytes, never by its name. Refuses
    (`FileRefused`) what is no PDF, PNG or JPEG, is empty or over 5 MB, and the ninth."""
    kind = next(
        (kind for kind, starts in _STARTS.items() if content.startswith(starts)),
        "",
    )
    if not content or not kind:
        message = "Only PDF, PNG and JPEG files can be sent to the bank."
        raise FileRefused("file", message, code="file_kind")
    if len(content) > FILE_MAX:
        raise FileRefused("file", "The file is larger than 5 MB.", code="file_too_large")
    with reading(business_id):
        there = chargebacks.evidence(business_id, chargeback_id)
    if len(there) >= FILES_MAX:
        raise FileRefused("file", f"At most {FILES_MAX} files can be sent.", code="files_too_many")
    print_ = files.sha256(content)
    files.write(_key(business_id, chargeback_id, print_), content)
    return chargebacks.add_evidence(
        business_id,
        chargeback_id,
        name=_plain(name),
        media_type=kind,
        size=len(content),
        sha256=print_,
        at=at,
        by=by,
    )


def remove_file(business_id: BusinessId, chargeback_id: UUID, evidence_id: UUID) -> None:
    """Takes a file out of an answer that was not sent."""
    print_ = chargebacks.remove_evidence(business_id, chargeback_id, evidence_id)
    files.remove(_key(business_id, chargeback_id, print_))


def read_file(business_id: BusinessId, chargeback_id: UUID, evidence_id: UUID) -> EvidenceFile:
    """A file of the answer, as it was sent; `NotFound` if there is none."""
    with reading(business_id):
        chargebacks.chargeback(business_id, chargeback_id)
        rows = chargebacks.evidence(business_id, chargeback_id)
    found = [one for one in rows if one.id == evidence_id]
    if not found:
        raise NotFound
    return _opened(business_id, chargeback_id, found)[0]


def answer(
    business_id: BusinessId, chargeback_id: UUID, text: str, *, at: datetime, by: Actor
) -> ChargebackRow:
    """Sends the answer with its files, once: recorded, committed, then sent.

    Refuses an answer without words and files, `AnsweredAlready`, a gateway that takes none
    (`NotOffered`); what the gateway refuses may be tried again. A lost answer is asked about.
    """
    row, account = _open(business_id, chargeback_id)
    words = text.strip()
    with reading(business_id):
        rows = chargebacks.evidence(business_id, chargeback_id)
    if not words and not rows:
        message = "Say why the payment is right, or add a file that shows it."
        raise FieldProblem("text", message, code="required")
    if len(words) > TEXT_MAX:
        raise FieldProblem("text", f"At most {TEXT_MAX} characters.", code="too_long")
    said = Evidence(words, _opened(business_id, chargeback_id, rows))
    chargebacks.begin_answer(business_id, chargeback_id, words, at=at, by=by)
    adapter = chargebacks_of(account.kind)
    told = _sent(lambda: adapter.send_evidence(account.opened, row.gateway_ref, said))
    if isinstance(told, Refused | Unavailable):
        chargebacks.answer_not_sent(business_id, row.id)
    return _settled(business_id, row, told, at=at, by=by)


def accept(
    business_id: BusinessId, chargeback_id: UUID, *, at: datetime, by: Actor
) -> ChargebackRow:
    """Gives the chargeback up: it is lost, and the invoices are owed again."""
    row, account = _open(business_id, chargeback_id)
    adapter = chargebacks_of(account.kind)
    told = _sent(lambda: adapter.accept_chargeback(account.opened, row.gateway_ref))
    return _settled(business_id, row, told, at=at, by=by)


def ask(business_id: BusinessId, chargeback_id: UUID, *, at: datetime) -> ChargebackRow:
    """Asks the gateway where a chargeback stands. An answer that it proves not to have may be
    given again."""
    with reading(business_id):
        row = chargebacks.chargeback(business_id, chargeback_id)
        account = queries.account(business_id, row.gateway_account_id)
    if not offers(account.kind, Capability.CHARGEBACKS):
        raise NotOffered
    adapter = chargebacks_of(account.kind)
    told = _sent(lambda: adapter.look_up_chargeback(account.opened, row.gateway_ref))
    return _settled(business_id, row, told, at=at, by=SYSTEM)


def sweep(business_id: BusinessId, *, at: datetime) -> int:
    """Asks about every chargeback that was answered, or whose time is over, and of which nothing
    was heard, each gateway account in its turn; returns how many."""
    with reading(business_id):
        waiting = chargebacks.chargebacks_to_ask(business_id, before=at - ABSENCE_IS_PROOF_AFTER)
    return each_in_turn(
        waiting, lambda row: row.gateway_account_id, lambda row: ask(business_id, row.id, at=at)
    )


def _open(business_id: BusinessId, chargeback_id: UUID) -> tuple[ChargebackRow, Account]:
    with reading(business_id):
        row = chargebacks.chargeback(business_id, chargeback_id)
        account = queries.account(business_id, row.gateway_account_id)
    if row.state not in (ChargebackState.OPEN, ChargebackState.ANSWERED):
        raise AnsweredAlready
    if not offers(account.kind, Capability.CHARGEBACKS):
        raise NotOffered
    return row, account


@outside_transaction
def _sent(call: Callable[[], ChargebackTold]) -> ChargebackTold | Refused | Unavailable | Uncertain:
    """What the gateway says, or why it says nothing."""
    try:
        return call()
    except (Refused, Unavailable, Uncertain) as trouble:
        return trouble


def _settled(
    business_id: BusinessId,
    row: ChargebackRow,
    said: ChargebackTold | Refused | Unavailable | Uncertain,
    *,
    at: datetime,
    by: Actor,
) -> ChargebackRow:
    """Settles what was said. A refusal is the caller's; a lost answer changes nothing: the sweep
    asks what became of it."""
    if isinstance(said, Refused | Unavailable):
        raise said
    if isinstance(said, ChargebackTold):
        settle_chargeback(business_id, row.attempt_id, said, at=at, by=by)
        sent_at = row.evidence_sent_at
        if (
            said.stage == ChargebackStage.NEEDS_RESPONSE
            and sent_at is not None
            and at - sent_at > ABSENCE_IS_PROOF_AFTER
        ):
            chargebacks.answer_not_sent(business_id, row.id)
    with reading(business_id):
        return chargebacks.chargeback(business_id, row.id)


def _opened(
    business_id: BusinessId, chargeback_id: UUID, rows: list[EvidenceRow]
) -> tuple[EvidenceFile, ...]:
    found = []
    for one in rows:
        content = files.read(_key(business_id, chargeback_id, one.sha256))
        if content is None or files.sha256(content) != one.sha256:
            raise Refused("A file of the answer is gone from the store.", code="file_lost")
        found.append(EvidenceFile(one.name, one.media_type, content))
    return tuple(found)


def _key(business_id: BusinessId, chargeback_id: UUID, print_: str) -> str:
    return f"evidence/{business_id.hex}/{encode('dis', chargeback_id)}/{print_}"


def _plain(name: str) -> str:
    """The last part of a name, without what could turn a line or a path around."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '"<>|:*?')
    return kept.strip()[:120] or "file"

"""The proofs of one business's books: each names an invariant and returns what contradicts it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from counterfoil.domain.audit import marks
from counterfoil.domain.audit import queries as audit
from counterfoil.domain.audit.rows import Trail
from counterfoil.domain.insights import queries
from counterfoil.domain.insights.catalogue import unguarded
from counterfoil.domain.insights.opening import unopened
from counterfoil.domain.insights.recomputed import numbers_with_gaps, wrong_sums
from counterfoil.domain.insights.rows import AccountSum, Figure, Violation
from counterfoil.domain.insights.trail import bent
from counterfoil.domain.insights.unseen import changed_unseen
from counterfoil.infra.db import execute, reading
from counterfoil.infra.sql import Statement
from counterfoil.kernel.ids import BusinessId

SHOWN_MAX = 50  # rows shown of one broken invariant
TRAIL = "the sealed trail is as it was sealed"

Search = Callable[[BusinessId], Sequence[Violation]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, and what contradicts it (at most `SHOWN_MAX` rows)."""

    invariant: str
    violations: tuple[Violation, ...]

    @property
    def holds(self) -> bool:
        """Nothing contradicts it."""
        return not self.violations


@dataclass(frozen=True, slots=True)
class Proven:
    """Everything that was proved of one business, and the figures it was proved on."""

    figures: tuple[Figure, ...]
    sums: tuple[AccountSum, ...]
    trail: Trail
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Every invariant holds."""
        return all(finding.holds for finding in self.findings)


def _by(statement: Statement[Violation], **params: object) -> Search:
    return lambda business_id: statement.rows(business_id=business_id, limit=SHOWN_MAX, **params)


def proofs() -> list[tuple[str, Search]]:
    """Every invariant in words, with the search for what contradicts it."""
    by = queries
    return [
        ("each entry balances, posting by posting", _by(by.ENTRIES)),
        ("kept balances are the sums of their postings", _by(by.BALANCES)),
        ("open items are what the ledger says is receivable", _by(by.RECEIVABLES)),
        ("unapplied credit is what the ledger owes customers", _by(by.CUSTOMER_CREDIT)),
        ("credits are applied as far as their allocations say", _by(by.CREDITS)),
        ("invoices are covered as far as their allocations say", _by(by.COVERED)),
        ("each issued invoice is a debt, and no other is", _by(by.ITEMS)),
        ("each document stands in the books once", _by(by.DOCUMENTS_BOOKED)),
        ("each reversal is its entry the other way round", _by(by.REVERSALS)),
        ("each credit note and paid attempt is a credit", _by(by.CREDIT_SOURCES)),
        ("each paid attempt stands in the books once", _by(by.PAYMENTS_BOOKED)),
        ("surcharges in the books are what payments carried", _by(by.SURCHARGES)),
        ("each bank line is a payment, waits or was put aside", _by(by.BANK_LINES)),
        ("bank accounts in the books are their settled lines", _by(by.BANKS)),
        (
            "refunds stay within their payment",
            _by(by.REFUNDS, open_states=by.open_refunds()),
        ),
        ("each refund stands in the books once", _by(by.REFUNDS_BOOKED)),
        ("contested and charged back is what chargebacks say", _by(by.CHARGEBACKS)),
        ("each chargeback stands in the books once", _by(by.CHARGEBACKS_BOOKED)),
        ("a payment that came back covers nothing and is booked once", _by(by.RETURNS)),
        ("debits were made on mandates while they stood", _by(by.MANDATES)),
        ("gateways hold, and have sent us, what the books say", _by(by.PAYOUTS)),
        ("what comes off an invoice was on it", _by(by.TAKEN_OFF)),
        (
            "an invoice is held while its attempt has no outcome",
            _by(by.CLAIMS, open_states=by.open_states()),
        ),
        ("states were reached by legal moves", _by(by.HISTORIES, moves=by.legal_moves())),
        ("documents come to what their lines come to", _first(wrong_sums)),
        ("numbers have no gaps", _first(numbers_with_gaps)),
        (
            "what people keep is as it was last written down",
            partial(changed_unseen, limit=SHOWN_MAX),
        ),
        ("what is sealed opens, and is what its mark says", _first(unopened)),
    ]


def _first(search: Callable[[BusinessId], Iterator[Violation]]) -> Search:
    """Stops a recomputation after so many contradictions."""

    def found(business_id: BusinessId) -> list[Violation]:
        rows = search(business_id)
        return [row for row, _ in zip(rows, range(SHOWN_MAX), strict=False)]

    return found


def prove(
    business_id: BusinessId,
    *,
    told: Callable[[Finding], None] = lambda _: None,
    known: Mapping[int, str] | None = None,
) -> Proven:
    """Proves the books as they are at one moment (one snapshot), and the sealed trail, also by the
    heads of seals that somebody kept (`known`); `told` hears each finding. A seal that is made
    meanwhile is proved the next time."""
    findings = []
    kept = marks.kept(business_id)  # read later, it would name seals that the snapshot lacks
    with reading(business_id):
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        figures = queries.figures(business_id)
        sums = queries.account_sums(business_id)
        trail = audit.trail(business_id)
        whole: Search = partial(bent, kept=kept | dict(known or {}), limit=SHOWN_MAX)
        for invariant, search in [*proofs(), (TRAIL, whole)]:
            finding = Finding(invariant, tuple(search(business_id)))
            findings.append(finding)
            told(finding)
    return Proven(tuple(figures), tuple(sums), trail, tuple(findings))


def prove_guards(app_role: str) -> Finding:
    """The database itself still refuses edits and other businesses: triggers, policies, grants."""
    return Finding("the database guards its rows", tuple(unguarded(app_role)))

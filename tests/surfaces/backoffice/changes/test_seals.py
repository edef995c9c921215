"""The seals on the page of changes: mailed, exported, and the proof of one entry."""

import json
import re
from typing import Any

import pytest

from counterfoil.domain.audit import queries
from counterfoil.domain.audit.inclusion import check
from counterfoil.domain.business import queries as businesses
from counterfoil.flows.auditing import seal_trail
from counterfoil.flows.letters import send_staff
from counterfoil.infra.db import reading
from counterfoil.kernel.ids import new_id
from counterfoil.surfaces.backoffice.changes.words import source_words, verb_words
from factories.businesses import AT

PAGE = "settings/changes"


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was handed over."""
    box: list[Any] = []
    monkeypatch.setattr(send_staff.mail, "send", box.append)
    return box


def said(owner: Any) -> str:
    return re.sub(r"\s+", " ", owner.get(PAGE).content.decode())


def test_the_last_seal_is_mailed_when_somebody_asks_once_a_form(
    business: Any, owner: Any, mails: list[Any]
) -> None:
    assert owner.post(f"{PAGE}/mail", {"form_key": "first"}).status_code == 302
    assert "Nothing was sealed yet" in said(owner)
    last = seal_trail.seal(business, at=AT)[-1]
    key = owner.form_key(PAGE)
    for _ in range(2):
        owner.post(f"{PAGE}/mail", {"form_key": key})
    assert "The last seal was mailed to 1 person." in said(owner)
    assert len(mails) == 1
    assert last.mark in mails[0].text


def test_the_daily_mail_is_switched_off_and_on(business: Any, owner: Any) -> None:
    owner.post(f"{PAGE}/mails", {})
    assert businesses.by_id(business).mails_seals is False
    owner.post(f"{PAGE}/mails", {"mails": "on"})
    assert businesses.by_id(business).mails_seals is True
    assert "mails_seals" not in said(owner)


def test_all_seals_go_out_as_json_and_csv(business: Any, owner: Any) -> None:
    made = seal_trail.seal(business, at=AT)
    answer = owner.get(f"{PAGE}/seals")
    assert answer["Content-Disposition"] == 'attachment; filename="seals.json"'
    told = json.loads(answer.content)
    assert [(one["number"], one["head"]) for one in told["seals"]] == [
        (one.number, bytes(one.head).hex()) for one in made
    ]
    lines = owner.get(f"{PAGE}/seals?as=csv").content.decode().splitlines()
    assert lines[0] == "number,head,root,rows,sealed_at"
    assert lines[1].startswith(f"1,{bytes(made[0].head).hex()},")


def test_each_sealed_change_has_a_proof_to_take_away(business: Any, owner: Any) -> None:
    seal_trail.seal(business, at=AT)
    [first, *_] = re.findall(
        r'href="/backoffice/(settings/changes/proofs/[0-9a-f-]+)"', said(owner)
    )
    answer = owner.get(first)
    assert answer["Content-Type"] == "application/json"
    proof = json.loads(answer.content)
    assert check(proof).problems == ()
    with reading(business):
        [row] = [one for one in queries.records(business) if str(one.id) == proof["row"]]
    body = re.sub(r"\s+", " ", owner.get(f"{PAGE}?show=looks").content.decode())
    assert "Exported: Proof of one entry" in body
    place = f"entry {proof['position']} of seal {proof['seal']['number']}"
    assert f"{source_words(row.source)}: {verb_words(row.verb)}, {place}" in body


def test_what_is_not_sealed_yet_is_told(business: Any, owner: Any) -> None:
    with reading(business):
        [row, *_] = queries.records(business)
    for one in (row.id, new_id()):
        assert owner.get(f"{PAGE}/proofs/{one}").status_code == 302
        assert "This entry is not sealed yet" in said(owner)


def test_sign_ins_and_looks_are_a_list_of_their_own(owner: Any) -> None:
    owner.get("settings/bank")
    body = re.sub(r"\s+", " ", owner.get(f"{PAGE}?show=looks").content.decode())
    assert "Looked at: Bank accounts" in body
    assert "127.0.0.1" in body

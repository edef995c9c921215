"""A payment's own story names who asked for a refund, with the reason, and who approved it."""

import re
from typing import Any

from counterfoil.domain.identity.roles import Role
from counterfoil.flows.aftermath.approvals import deciding
from counterfoil.kernel import clock
from counterfoil.kernel.actor import Actor, ActorKind
from counterfoil.kernel.ids import encode
from factories.payments import pay
from factories.staff import asked_approval, colleague, member_of


def story(owner: Any, payment: Any, path: str) -> list[str]:
    """The entries of a list of what happened, each as its words."""
    answer = owner.get(f"payments/{encode('pay', payment.id)}{path}")
    assert answer.status_code == 200
    [listed] = re.findall(r'<ol class="timeline".*?</ol>', answer.content.decode(), re.DOTALL)
    entries = re.findall(r"<li.*?</li>", listed, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in entries]


def decided(business: Any, payment: Any, *, is_approved: bool, note: str = "") -> None:
    approval = asked_approval(business, payment, 100)
    second = member_of(business, colleague(business, Role.OWNER))
    by = Actor(ActorKind.STAFF, str(second.user_id), second.name)
    deciding.decide(
        business, approval, is_approved=is_approved, note=note, member=second, at=clock.now(), by=by
    )


def one(entries: list[str], words: str) -> str:
    [found] = [entry for entry in entries if words in entry]
    return found


def test_who_asked_has_the_reason_and_who_approved_has_not(
    owner: Any, business: Any, issued: Any, gateway: Any
) -> None:
    payment = pay(business, issued())
    decided(business, payment, is_approved=True)
    entries = story(owner, payment, "")
    asked = one(entries, "Asked for a second person’s word")
    assert "Refund of €1.00" in asked
    assert asked.endswith("Cole Late")
    assert one(entries, "Approved by a second person").endswith("Cole")
    assert "Late" not in one(entries, "Refund begun")
    assert "Late" not in one(story(owner, payment, "/timeline"), "Refund begun")


def test_who_refused_says_why(owner: Any, business: Any, issued: Any, gateway: Any) -> None:
    payment = pay(business, issued())
    decided(business, payment, is_approved=False, note="Not owed")
    for path in ("", "/timeline"):
        refused = one(story(owner, payment, path), "Refused by a second person")
        assert refused.endswith("Cole Not owed")

"""Owners who send each other away, two who decide about the same request, two rotations."""

from datetime import timedelta

from counterfoil.domain.approvals import queries
from counterfoil.domain.identity import keys, operations
from counterfoil.domain.identity import queries as identity
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.rows import Post
from counterfoil.domain.identity.staffing import operations as staffing
from counterfoil.domain.payments import queries as payments
from counterfoil.flows.aftermath.approvals import carrying_out, deciding
from counterfoil.infra.db import reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from factories.businesses import AT
from factories.payments import pay
from factories.staff import asked_approval, member_of
from ledger_text import broken
from races.racing import kinds, race


def owner(business, name):
    user_id = operations.make_user(f"{name}@harrow.example", name=name)
    operations.make_member(business, user_id, Role.OWNER, at=AT)
    return user_id


def test_two_owners_send_each_other_away_and_one_stays(business, turn):
    ada, bob = owner(business, "ada"), owner(business, "bob")

    results = race(
        lambda: staffing.remove_member(business, ada, at=AT, by=bob),
        lambda: staffing.remove_member(business, bob, at=AT, by=ada),
    )

    assert kinds(results) == ["Forbidden", "ok"]
    with reading(business):
        assert [one.role for one in identity.members(business)] == [Role.OWNER]


def test_three_owners_demote_in_a_ring_and_one_stays(business, turn):
    ada, bob, cem = (owner(business, name) for name in ("ada", "bob", "cem"))
    post = Post(Role.READONLY)

    race(
        lambda: staffing.change_post(business, ada, post, at=AT, by=bob),
        lambda: staffing.change_post(business, bob, post, at=AT, by=cem),
        lambda: staffing.change_post(business, cem, post, at=AT, by=ada),
    )

    with reading(business):
        assert Role.OWNER in [one.role for one in identity.members(business)]


def test_two_second_persons_decide_at_once_and_it_is_done_once(business, issued, gateway, turn):
    payment = pay(business, issued())
    approval_id = asked_approval(business, payment)
    bosses = [member_of(business, owner(business, name)) for name in ("ada", "bob")]
    at = clock.now()

    results = race(
        *(
            lambda boss=boss, is_approved=is_approved: deciding.decide(
                business, approval_id, is_approved=is_approved, note="", member=boss, at=at,
                by=SYSTEM,
            )
            for boss, is_approved in zip(bosses, (True, turn != 1), strict=True)
        )
    )  # fmt: skip

    assert kinds(results) == ["DecidedAlready", "ok"]
    with reading(business):
        row = queries.approval(business, approval_id)
        refunds = payments.refunds_of(business, [payment.id])
    assert len(refunds) == (1 if row.state == "carried_out" else 0)
    assert row.state in ("carried_out", "refused")
    assert broken(business) == []


def test_carried_out_by_several_at_once_it_is_done_once(business, issued, gateway):
    from counterfoil.domain.approvals import operations as approvals

    payment = pay(business, issued())
    approval_id = asked_approval(business, payment)
    boss = owner(business, "ada")
    at = clock.now()
    approvals.decide(
        business, approval_id, is_approved=True, user_id=boss, name="Ada", note="", at=at, by=SYSTEM
    )

    race(*[lambda: carrying_out.carry_out(business, approval_id, at=at, by=SYSTEM)] * 4)

    with reading(business):
        assert len(payments.refunds_of(business, [payment.id])) == 1
        assert queries.approval(business, approval_id).state == "carried_out"
    assert broken(business) == []


def test_two_take_the_same_invitation(business):
    boss = owner(business, "ada")
    invitation = staffing.invite(
        business, "new@harrow.example", Post(Role.READONLY), at=AT, by=boss
    )
    from counterfoil.domain.identity.secrets import joining_secret

    token, user_id = (
        joining_secret(business, invitation),
        operations.make_user("new@harrow.example"),
    )

    results = race(*[lambda: staffing.take_invitation(business, token, user_id, at=AT)] * 3)

    assert kinds(results) == ["NotFound", "NotFound", "ok"]


def test_a_key_is_rotated_once(business):
    secret = operations.make_api_key(business, name="Shop", at=AT)
    key = identity.key_of(secret, at=AT)
    until = AT + timedelta(days=1)

    results = race(*[lambda: keys.rotate_api_key(business, key.id, old_until=until, at=AT)] * 3)

    assert kinds(results) == ["RotatedAlready", "RotatedAlready", "ok"]
    assert identity.key_of(secret, at=AT).id == key.id
    assert identity.key_of(secret, at=until) is None

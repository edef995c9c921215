"""Somebody tries cards on the pay page: honest payers are not hurt, thieves get nowhere."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from counterfoil.domain.identity import queries as identity
from counterfoil.domain.notifications.alarms import alarms
from counterfoil.flows.aftermath import card_testing
from counterfoil.flows.letters.send_guarding import send_alarm
from counterfoil.infra.db import execute, reading
from counterfoil.kernel import clock
from counterfoil.kernel.actor import SYSTEM
from counterfoil.kernel.ids import new_id
from counterfoil.kernel.ports.gateways.charges import Outcome
from counterfoil.kernel.ports.gateways.outcomes import Failure, FailureCode, Instrument, Result
from counterfoil.surfaces.portal.pay import proof

AT = datetime.fromisoformat("2026-06-01T10:00:00+00:00")
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """A clock that a test moves."""
    moment = [AT]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def thief(portal, link, issued, gateway):
    """A browser at the page of one invoice; each try is with another card."""
    invoice = issued()
    path = link(invoice)
    browser, tried = portal(), []

    def declined(request):
        card = Instrument("card", "visa", f"{len(gateway.charges):04}")
        failure = Failure(FailureCode.CARD_DECLINED)
        return Outcome(request.reference, Result.FAILED, instrument=card, failure=failure)

    def attempt(*, proof="", address="198.51.100.7", json=True, at=path):
        tried.append(proof)
        form = {"source": "stolen", "form_key": f"{at}{len(tried)}", "proof": proof}
        headers = JSON if json else {}
        return browser.post(f"{at}/pay", form, headers=headers, REMOTE_ADDR=address)

    gateway.answers["stolen"] = declined
    attempt.path, attempt.browser, attempt.number = path, browser, invoice.number
    return attempt


def fits(asked, number):
    """Whether a number solves a challenge."""
    digest = hashlib.sha256(f"{asked['text']}:{number}".encode()).digest()
    return not int.from_bytes(digest) >> (256 - asked["bits"])


def solve(asked):
    """What the page's script does."""
    return f"{asked['text']}|{next(n for n in count() if fits(asked, n))}"


def mistake(asked):
    """A number that is no solution, not even by luck."""
    return f"{asked['text']}|{next(n for n in count() if not fits(asked, n))}"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Small sums do here."""
    monkeypatch.setattr(card_testing, "BITS_LEAST", 6)
    monkeypatch.setattr(card_testing, "BITS_MOST", 8)


def until_asked(thief, now, **how):
    """Tries until a challenge comes, and waits where it has to: what is asked."""
    for _ in range(20):
        answer = thief(**how)
        if answer.status_code == 428:
            return answer.json()["prove"]
        if answer.status_code == 429:
            now[0] += timedelta(minutes=1)
    raise AssertionError("never asked")


def test_honest_retries_are_not_hurt(thief, gateway):
    answers = [thief() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422] * 4
    form = {"source": "ok", "form_key": "good"}
    paid = thief.browser.post(f"{thief.path}/pay", form, headers=JSON)
    assert "/payments/" in paid.json()["go"]


def test_first_comes_a_pause_then_sums(thief, gateway, now):
    for _ in range(5):
        assert thief().status_code == 422
    assert thief().status_code == 422
    stopped = thief()
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "60")
    assert "nothing was charged" in " ".join(stopped.json()["words"])
    assert stopped.json()["form_key"]
    assert len(gateway.charges) == 6
    now[0] += timedelta(minutes=1)
    assert thief().status_code == 422
    assert thief().status_code == 429
    now[0] += timedelta(minutes=1)
    assert thief().status_code == 428
    assert len(gateway.charges) == 7


def test_sums_open_the_door_once(thief, gateway, now):
    asked = until_asked(thief, now)
    solved = solve(asked)
    before = len(gateway.charges)
    assert thief(proof=solved).status_code == 422  # tried, and declined again
    assert len(gateway.charges) == before + 1
    now[0] += timedelta(minutes=1)
    assert thief(proof=solved).status_code == 428
    assert thief(proof=solved.rpartition("|")[0] + "|7").status_code == 428
    assert thief(proof="garbage").status_code == 428
    assert thief(proof="a.b|1").status_code == 428
    assert len(gateway.charges) == before + 1


def test_sums_of_another_link_open_nothing(thief, link, issued, now, portal):
    asked = until_asked(thief, now)
    solved, other = solve(asked), link(issued())
    until_asked(thief, now, at=other)
    assert thief(at=other, proof=solved).status_code == 428


def test_sums_are_as_hard_as_the_server_says(thief, now, business):
    asked = until_asked(thief, now)
    link = identity.guest_link(thief.path.removeprefix("/i/"))
    payer = card_testing.Payer(business, f"guest:{link.id}", "")
    assert thief(proof=mistake(asked)).status_code == 428
    eased = asked["text"].replace(f".{asked['bits']}.", ".1.")
    assert eased != asked["text"]
    assert thief(proof=solve({"text": eased, "bits": 1})).status_code == 428
    older = proof.challenge(payer, 2)  # from when fewer were declined
    assert not proof.is_solved(payer, solve(older), 3, at=now[0])
    assert proof.is_solved(payer, solve(older), 2, at=now[0])


def test_a_solution_is_good_once_though_the_clock_strikes(thief, now, business):
    link = identity.guest_link(thief.path.removeprefix("/i/"))
    payer = card_testing.Payer(business, f"guest:{link.id}", "")
    solved, at = solve(proof.challenge(payer, 4)), AT + timedelta(minutes=59, seconds=59)
    assert proof.is_solved(payer, solved, 4, at=at)
    assert not proof.is_solved(payer, solved, 4, at=at + timedelta(seconds=1))


def test_the_pause_is_a_minute_whatever_the_clock_says(thief, now):
    now[0] += timedelta(seconds=59)
    assert [thief().status_code for _ in range(7)] == [422] * 6 + [429]
    now[0] += timedelta(seconds=1)
    stopped = thief()
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "59")


def tries_to_the_end(thief, now, addresses=("198.51.100.7",)):
    """A thief with patience who solves every challenge."""
    solved, last = "", None
    for index in range(60):
        last = thief(proof=solved, address=addresses[index % len(addresses)])
        solved = solve(last.json()["prove"]) if last.status_code == 428 else ""
        if last.status_code == 403:
            return last
        if last.status_code == 429:
            now[0] += timedelta(minutes=1)
    raise AssertionError(f"never locked, at last {last.status_code}")


def test_in_the_end_the_link_is_locked_whatever_address_is_used(
    thief, gateway, now, business, alice
):
    addresses = [f"203.0.113.{part}" for part in range(1, 200)]
    answer = tries_to_the_end(thief, now, addresses)
    assert answer.json()["title"] == "Paying by this link is paused"
    assert len(gateway.charges) == 12
    page = thief.browser.get(thief.path)
    assert page.status_code == 200
    assert "Paying by this link is paused" in page.content.decode()
    assert "data-pay" not in page.content.decode()
    with reading(business):
        (alarm,) = alarms(business, limit=9)
    assert (alarm.kind, alarm.times) == ("link_locked", 1)
    token = thief.path.removeprefix("/i/")
    assert identity.guest_link(token).pay_locked_at is not None
    form = {"source": "ok", "form_key": "hers"}
    paid = alice.post(f"/invoices/{thief.number}/pay", form, headers=JSON)
    assert "/payments/" in paid.json()["go"]


def test_staff_open_it_again(thief, gateway, now, business):
    tries_to_the_end(thief, now)
    link = identity.guest_link(thief.path.removeprefix("/i/"))
    customer_id, by = link.customer_id, SYSTEM
    for whose, is_done in ((new_id(), False), (customer_id, True), (customer_id, False)):
        done = card_testing.unlock(business, link.id, customer_id=whose, at=now[0], by=by)
        assert done is is_done
    with reading(business):
        assert alarms(business, limit=9) == []  # there is nothing left to open
    now[0] += timedelta(hours=1)
    form = {"source": "ok", "form_key": "good"}
    paid = thief.browser.post(f"{thief.path}/pay", form, headers=JSON)
    assert "/payments/" in paid.json()["go"]


def test_a_card_that_was_declined_everywhere_brings_a_challenge(thief, gateway, link, issued, now):
    def same(request):
        failure = Failure(FailureCode.CARD_DECLINED)
        card = Instrument("card", "visa", "0002")
        return Outcome(request.reference, Result.FAILED, instrument=card, failure=failure)

    gateway.answers["stolen"] = same
    paths = [link(issued()) for _ in range(9)]
    answers = [thief(at=path, address="") for path in paths]
    assert [answer.status_code for answer in answers] == [422] * 9
    assert thief(at=paths[-1], address="").status_code == 428


def test_the_whole_business_under_attack_is_told_once(
    thief, gateway, link, issued, now, business, post
):
    paths = [link(issued()) for _ in range(27)]
    answers = [thief(at=path, address=f"203.0.113.{n}") for n, path in enumerate(paths, 1)]
    assert [answer.status_code for answer in answers] == [422] * 25 + [428] * 2
    with reading(business):
        (alarm,) = alarms(business, limit=9)
    assert (alarm.kind, alarm.detail) == (
        "card_testing",
        "25 of 25 tries were declined within ten minutes",
    )
    jobs = execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_alarm'")
    assert jobs == [(1,)]


def test_without_scripts_a_mailed_code_opens_the_door(thief, gateway, now, business, post):
    until_asked(thief, now)
    away = thief(json=False)
    assert away.status_code == 302
    assert away["Location"].startswith(f"{thief.path}/check?next=")
    page = thief.browser.get(away["Location"])
    assert "nothing was charged" in page.content.decode()
    sent = thief.browser.post(f"{thief.path}/check", {"next": thief.path})
    assert "a…@example.com" in sent.content.decode()
    assert "alice@example.com" not in sent.content.decode()
    wrong = thief.browser.post(f"{thief.path}/check", {"next": thief.path, "code": "00000000"})
    assert wrong.status_code == 422
    link = identity.guest_link(thief.path.removeprefix("/i/"))
    payer = card_testing.Payer(business, f"guest:{link.id}", "")
    code = proof.code_of(payer, at=now[0])
    good = thief.browser.post(f"{thief.path}/check", {"next": thief.path, "code": code})
    assert (good.status_code, good["Location"]) == (302, thief.path)
    now[0] += timedelta(minutes=1)
    assert thief().status_code == 422


def test_codes_can_not_be_guessed_and_no_flood_of_them_is_mailed(thief, now, business):
    link = identity.guest_link(thief.path.removeprefix("/i/"))
    payer = card_testing.Payer(business, f"guest:{link.id}", "")
    answers = [thief.browser.post(f"{thief.path}/check", {"next": "/"}).status_code
               for _ in range(4)]  # fmt: skip
    assert answers == [200, 200, 200, 429]
    for guess in range(6):
        assert not proof.is_code(payer, f"{guess:08}", at=now[0])
    assert not proof.is_code(payer, proof.code_of(payer, at=now[0]), at=now[0])


def test_the_check_leads_nowhere_else(thief):
    page = thief.browser.get(f"{thief.path}/check?next=https://evil.example/")
    assert 'value="https://evil.example' not in page.content.decode()
    assert 'href="https://evil.example' not in page.content.decode()


def test_thirty_declines_make_no_flood_of_mail(thief, now, business, gateway):
    for _ in range(30):
        thief()
        now[0] += timedelta(seconds=20)
    mails = execute("SELECT count(*) FROM notifications_message WHERE business_id = %(b)s::uuid",
                    {"b": business})  # fmt: skip
    assert mails == [(0,)]
    assert len(gateway.charges) <= 12


def test_owners_get_the_alarm_by_mail(business, thief):
    send_alarm(business, at=AT)
    assert replace(card_testing.Verdict(), bits=3).may_try is False

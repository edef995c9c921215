"""Codes as text messages at both doors: to a proved number only, asked for without telling anybody
who has one, and never in the place of a second factor."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from adapters.gateways.fake_service import Reply
from counterfoil.domain.identity import operations as identity
from counterfoil.domain.identity import phones
from counterfoil.domain.identity.models import Phone
from counterfoil.domain.identity.roles import Role
from counterfoil.flows.people import texts as flow
from counterfoil.infra.db import execute, reading
from counterfoil.infra.limits import TEXTS_FROM, TEXTS_OF_PERSON, TEXTS_TO_NUMBER
from counterfoil.kernel import clock
from factories.businesses import AT
from factories.outside import texts as factory
from factories.worker import work
from surfaces.entrance.conftest import PASSWORD
from surfaces.entrance.test_doors import bare
from surfaces.entrance.test_factors import grow_old

NUMBER = "+447700900123"
TYPED = "+44 (0)7700 900-123"
OTHER = "+491711234567"
SOMETHING = re.compile(r"text message|text me|mobile|by=text|value=\"text\"", re.IGNORECASE)
PAGES = ("sign-in/code/", "sign-in/code/confirm/", "security/", "security/confirm/")


@pytest.fixture
def texts(tmp_path):
    """Texts are to be had; what was sent so far."""
    with override_settings(SMS=f"file:{tmp_path / 'texts'}"):
        yield lambda: factory.sent(tmp_path / "texts")


@pytest.fixture
def number(user, texts):
    """The person has a proved number."""
    phones.keep_number(user.pk, NUMBER, at=clock.now())
    return NUMBER


@pytest.fixture
def inside(door, email):
    """Signed in just now."""
    at = door()
    at.sign_in(email)
    return at


def asked(at, email, **more):
    """The page after a code was asked for as a text message."""
    at.get("sign-in/code/")
    answer = at.post("sign-in/code/", {"email": email, "by": "text", **more})
    return at.go_on(answer) if answer.status_code == 302 else answer


def jobs():
    """How the jobs that send texts stand."""
    return execute(
        "SELECT status::text, attempts FROM procrastinate_jobs "
        "WHERE task_name = 'send_code_text' ORDER BY id"
    )


def test_without_the_setting_nobody_hears_of_it(door, email, mails):
    at = door()
    assert SOMETHING.findall(at.get(at.sign_in_path).content.decode()) == []
    at.post("sign-in/code/", {"email": email, "by": "text"})
    for path in PAGES[:2]:
        assert SOMETHING.findall(at.get(path).content.decode()) == [], path
    assert len(mails()) == 1
    assert execute("SELECT count(*) FROM procrastinate_jobs") == [(0,)]
    at = door()
    at.sign_in(email)
    for path in PAGES[2:]:
        page = at.get(path)
        assert (page.status_code, SOMETHING.findall(page.content.decode())) == (200, []), path
    for ask in (at.get, at.post):
        assert ask("security/number/").status_code == 404
    assert at.post("security/confirm/", {"by": "text"}).status_code == 422


def test_a_number_is_proved_before_it_is_one(inside, user, email, texts, mails, business):
    assert "Add a mobile number" in inside.get("security/").content.decode()
    form = inside.get("security/number/")
    assert form.status_code == 200
    sent = inside.post("security/number/", {"number": TYPED})
    assert sent.status_code == 302
    assert NUMBER in inside.go_on(sent).content.decode()
    [text] = texts()
    assert text.number == NUMBER
    assert not Phone.objects.exists()
    wrong = inside.post("security/number/", {"code": "WRONG-ONE"})
    assert (wrong.status_code, "Incorrect code." in wrong.content.decode()) == (422, True)
    assert not Phone.objects.exists()
    done = inside.post("security/number/", {"code": text.code.lower()})
    assert done["Location"] == f"{inside.root}security/"
    assert phones.number_of(user.pk) == NUMBER
    assert NUMBER in inside.get("security/").content.decode()
    assert [(one["To"], str(one["Subject"])) for one in mails()] == [
        (email, "A mobile number was added: Harrow Water")
    ]
    used = inside.post("security/number/", {"code": text.code})
    assert used.status_code == 422


def test_another_number_takes_its_place_and_it_can_be_taken_away(
    inside, user, number, texts, mails
):
    assert inside.post("security/number/", {"number": number}).status_code == 422
    inside.post("security/number/", {"number": OTHER})
    assert phones.number_of(user.pk) == NUMBER
    inside.post("security/number/", {"again": "1"})
    assert inside.post("security/number/", {"code": texts()[-1].code}).status_code == 422
    inside.post("security/number/", {"number": OTHER})
    inside.post("security/number/", {"code": texts()[-1].code})
    assert phones.number_of(user.pk) == OTHER

    gone = inside.post("security/number/", {"remove": "1"})
    assert gone["Location"] == f"{inside.root}security/"
    assert not Phone.objects.exists()
    assert str(mails()[-1]["Subject"]) == "Your mobile number was removed: Harrow Water"
    before = len(mails())
    inside.post("security/number/", {"remove": "1"})
    assert len(mails()) == before


def test_the_trail_has_both(inside, user, texts, business):
    inside.post("security/number/", {"number": TYPED})
    inside.post("security/number/", {"code": texts()[-1].code})
    inside.post("security/number/", {"remove": "1"})
    with reading(business):
        noted = execute(
            "SELECT kind FROM audit_note WHERE business_id = %(business_id)s::uuid "
            "AND kind LIKE 'factor%%' ORDER BY id",
            {"business_id": business},
        )
    assert noted == [("factor_added",), ("factor_removed",)]


def test_a_change_asks_once_more_who_it_is(inside, number):
    grow_old(inside)
    for ask in (inside.get, inside.post):
        assert ask("security/number/")["Location"].endswith("security/confirm/")
    assert Phone.objects.exists()


@pytest.mark.parametrize("typed", ["", "07700 900123", "+44", "x" * 500, "+447700900123; DROP"])
def test_what_is_no_number_is_refused(inside, texts, typed):
    answer = inside.post("security/number/", {"number": typed})
    assert answer.status_code == 422
    assert "Enter a mobile number with its country" in answer.content.decode()
    assert texts() == []


def test_a_texted_code_opens_the_door_once(door, email, number, texts, mails, root):
    at, elsewhere = door(), door()
    page = asked(at, email)
    assert "as a text message" in page.content.decode()
    assert texts() == []  # not before the job
    work()
    [text] = texts()
    assert (text.number, mails()) == (number, [])
    assert text.text == (f"Harrow Water: your code is {text.code}.\n\n@harrow.example #{text.code}")
    assert elsewhere.post("sign-in/code/confirm/", {"code": text.code}).status_code == 302
    assert not elsewhere.is_inside
    assert at.post("sign-in/code/confirm/", {"code": "WRONG1"}).status_code == 200
    assert at.post("sign-in/code/confirm/", {"code": text.code})["Location"] == root
    assert at.is_inside


def test_the_trail_tells_a_texted_code_from_a_mailed_one(
    door, email, number, texts, code, business
):
    for by_text in (True, False):
        at = door()
        if by_text:
            asked(at, email)
            work()
        else:
            at.post("sign-in/code/", {"email": email})
        at.post("sign-in/code/confirm/", {"code": texts()[-1].code if by_text else code()})
        assert at.is_inside
    with reading(business):
        noted = execute(
            "SELECT v.after->>'by' FROM audit_note n JOIN audit_recordvalues v "
            "ON v.business_id = n.business_id AND v.id = n.id "
            "WHERE n.business_id = %(business_id)s::uuid AND n.kind = 'signed_in' ORDER BY n.id",
            {"business_id": business},
        )
    assert noted == [("text code",), ("code",)]


def test_it_leads_on_and_can_be_had_by_mail_instead(door, email, number, texts, code, root):
    at = door()
    page = asked(at, email, next=f"{root}security/").content.decode()
    assert 'name="email" value="alice@example.com"' in page
    assert 'name="next"' in page
    again = at.post("sign-in/code/", {"email": email, "next": f"{root}security/"})
    by_mail = at.go_on(again).content.decode()
    assert "as a text message" not in by_mail
    assert "Text me a code instead" in by_mail
    done = at.post("sign-in/code/confirm/", {"code": code(), "next": f"{root}security/"})
    assert done["Location"] == f"{root}security/"


def test_a_second_factor_is_asked_for_all_the_same(door, email, user, app, number, texts):
    app(user)
    at = door()
    asked(at, email)
    work()
    answer = at.post("sign-in/code/confirm/", {"code": texts()[-1].code})
    assert answer["Location"].endswith("second/")
    assert not at.is_inside


def test_who_may_not_come_in_gets_no_text(door, email, user, number, texts, other_business, root):
    """Of the neighbour alone, or switched off: the number is proved, and nothing goes there."""
    neighbour = identity.make_user("near@example.com", name="Near", password=PASSWORD)
    identity.make_member(other_business, neighbour, Role.OWNER, at=AT)
    phones.keep_number(neighbour, OTHER, at=clock.now())
    asked(door(), "near@example.com")
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    asked(door(), email)
    work()
    assert texts() == []


def test_nobody_learns_who_has_a_number(door, email, user, number, texts, other_business, mails):
    """A number, none, unknown, of the neighbour, switched off: one answer, and the same work."""
    near = identity.make_user("near@example.com", name="Near", password=PASSWORD)
    identity.make_member(other_business, near, Role.OWNER, at=AT)
    phones.keep_number(near, OTHER, at=clock.now())
    addresses = [email, "near@example.com", "nobody@example.com"]
    phone = Phone.objects.get(user=user)
    answers, pages, jobs, sizes = [], [], [], []
    for has in (True, False):
        if not has:
            phone.delete()
        for one in addresses:
            at = door()
            at.get("sign-in/code/")
            answers.append(at.post("sign-in/code/", {"email": one, "by": "text"}))
            pages.append(at.go_on(answers[-1]))
            jobs.append(execute("SELECT count(*) FROM procrastinate_jobs")[0][0])
        told = execute("SELECT length(args->>'sealed'), args FROM procrastinate_jobs ORDER BY id")
        sizes += [size for size, _args in told]
        assert NUMBER not in str(told)
        execute("DELETE FROM infra_ratecounter")
        execute("DELETE FROM infra_cache")
    assert {(one.status_code, one["Location"]) for one in answers} == {
        (302, f"{door().root}sign-in/code/confirm/")
    }
    shown = zip(pages, addresses * 2, strict=True)
    assert len({bare(page).replace(address, "") for page, address in shown}) == 1
    assert len({frozenset(one.cookies) for one in answers}) == 1
    assert jobs == [1, 2, 3, 4, 5, 6]
    assert mails() == []
    work()
    assert texts() == []  # the number was taken away meanwhile


def test_the_work_is_the_same_with_a_number_and_without(door, email, user, number, texts):
    counted = []
    for one in (email, email, "nobody@example.com"):
        at = door()
        at.get("sign-in/code/")
        for table in ("infra_cache", "infra_ratecounter", "procrastinate_jobs"):
            execute(f"DELETE FROM {table}")
        with CaptureQueriesContext(connection) as queries:
            at.post("sign-in/code/", {"email": one, "by": "text"})
        counted.append([re.sub(r"'[^']*'|\d+", "", one["sql"])[:60] for one in queries])
        Phone.objects.all().delete()
    assert counted[0] == counted[1]
    assert not [one for one in counted[0] if "identity_phone" in one]


def test_pages_ask_for_the_number_only_where_it_is_shown(inside, door, number):
    def cost(at, path):
        with CaptureQueriesContext(connection) as queries:
            assert at.get(path).status_code == 200
        return len(queries)

    with_texts = [cost(inside, "security/"), cost(door(), "sign-in/code/")]
    with override_settings(SMS=""):
        without = [cost(inside, "security/"), cost(door(), "sign-in/code/")]
    assert with_texts == [without[0] + 1, without[1]]


def test_the_step_up_takes_it_too(door, email, user, number, texts):
    at = door()
    at.sign_in(email)
    grow_old(at)
    at.get("security/address/")
    page = at.get("security/confirm/").content.decode()
    assert "ends in 123" in page
    assert NUMBER not in page
    sent = at.post("security/confirm/", {"by": "text"})
    assert "We texted it to your number that ends in 123." in sent.content.decode()
    assert at.post("security/confirm/", {"by": "mailed", "code": "WRONG"}).status_code == 422
    right = at.post("security/confirm/", {"by": "mailed", "code": texts()[-1].code})
    assert right["Location"] == f"{at.root}security/address/"


def test_it_is_no_proof_for_who_has_a_stronger_one(door, email, user, app, number, texts):
    shown = app(user)
    at = door()
    at.sign_in(email)
    at.post("sign-in/second/", {"code": shown(0)})
    grow_old(at)
    at.get("security/address/")
    assert "ends in" not in at.get("security/confirm/").content.decode()
    assert at.post("security/confirm/", {"by": "text"}).status_code == 422
    assert texts() == []


@pytest.mark.parametrize("who", ["alice@example.com", "nobody@example.com"])
def test_a_person_is_sent_so_many(door, email, number, texts, who):
    for _ in range(TEXTS_OF_PERSON.most):
        execute("DELETE FROM infra_cache")  # the slower limit of the codes of a minute
        assert asked(door(), who).status_code == 200
    execute("DELETE FROM infra_cache")
    refused = asked(door(), who)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 60
    assert "Too many tries." in refused.content.decode()
    work()
    assert len(texts()) == (TEXTS_OF_PERSON.most if who == email else 0)
    execute("DELETE FROM infra_cache")
    assert door().post("sign-in/code/", {"email": who}).status_code == 302  # by mail


def test_a_network_is_sent_so_many(door, texts, email):
    answers = []
    for turn in range(TEXTS_FROM.most + 1):
        execute("DELETE FROM infra_cache")
        answers.append(door().post("sign-in/code/", {"email": f"a{turn}@x.example", "by": "text"}))
    assert {one.status_code for one in answers[:-1]} == {302}
    assert answers[-1].status_code == 429


def test_a_number_is_sent_so_many_whoever_asks(inside, door, email, number, texts):
    """Who is signed in is told; who is not learns nothing from it."""
    for _ in range(TEXTS_TO_NUMBER.most):
        flow.send(NUMBER, "x", at=clock.now())
    page = asked(door(), email)
    assert page.status_code == 200
    assert "as a text message" in page.content.decode()
    work()
    assert len(texts()) == TEXTS_TO_NUMBER.most
    grow_old(inside)
    inside.get("security/address/")
    told = inside.post("security/confirm/", {"by": "text"})
    assert (told.status_code, "No more text messages" in told.content.decode()) == (422, True)
    assert len(texts()) == TEXTS_TO_NUMBER.most


def test_a_day_has_so_many_for_everybody(inside, door, email, number, texts):
    with override_settings(SMS_DAILY=2):
        for _ in range(2):
            flow.send(OTHER, "x", at=clock.now())
        told = {bare(asked(door(), one)) for one in (email, "nobody@example.com")}
        assert len(told) == 1
        assert "No more text messages can be sent today" in told.pop()
        answer = inside.post("security/number/", {"number": "+15550002222"})
        assert "No more text messages can be sent today" in answer.content.decode()
        assert len(texts()) == 2
        with pytest.raises(flow.TooManyTexts):
            flow.send(OTHER, "x", at=clock.now())
        assert len(texts()) == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(400, {"code": 21211}), "This number takes no text messages."),
        (Reply(401, {}), "The text message could not be sent."),
    ],
)
def test_what_the_service_says_is_told_plainly(inside, reply, words):
    with factory.service() as (service, setting), override_settings(SMS=setting):
        service.next.append(reply)
        answer = inside.post("security/number/", {"number": NUMBER})
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
        assert "Confirm" not in inside.get("security/number/").content.decode()


def test_a_lost_answer_leaves_the_code_good(inside, user):
    """The service may have sent it: who gets it can type it."""
    with factory.service() as (service, setting), override_settings(SMS=setting):
        service.next.append(Reply(500, {}))
        assert inside.post("security/number/", {"number": NUMBER}).status_code == 302
        code = re.search(r"%23([0-9A-Z]{4}-[0-9A-Z]{4})", service.calls[0].body.decode())[1]
        inside.post("security/number/", {"code": code})
    assert phones.number_of(user.pk) == NUMBER


def test_a_job_that_comes_too_late_sends_nothing(door, email, user, number, texts):
    asked(door(), email)
    [(sealed,)] = execute("SELECT args->>'sealed' FROM procrastinate_jobs")
    flow.send_asked(sealed, at=clock.now() + timedelta(minutes=16))
    with override_settings(SMS=""):
        flow.send_asked(sealed, at=clock.now())
    flow.send_asked(sealed[:-4] + "AAAA", at=clock.now())
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    flow.send_asked(sealed, at=clock.now())
    assert texts() == []
    get_user_model().objects.filter(pk=user.pk).update(is_active=True)
    flow.send_asked(sealed, at=clock.now())
    assert len(texts()) == 1


def test_the_job_tries_again_only_what_surely_did_not_go(door, email, number):
    with factory.service() as (service, setting), override_settings(SMS=setting):
        asked(door(), email)
        service.next += [Reply(500, {})]
        work()
        assert len(service.calls) == 1
        assert jobs() == [("succeeded", 1)]
        asked(door(), email)
        service.next += [Reply(429, {})]
        work()
        assert jobs() == [("succeeded", 1), ("todo", 1)]


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_a_text_is_one_segment_in_every_language(business, language):
    from counterfoil.domain.business import queries as businesses
    from counterfoil.surfaces.entrance.mails.texts import code_text, fits_one

    request = RequestFactory().get("/", headers={"host": "harrow.example:8000"})
    request.business = businesses.by_id(business)
    with override(language):
        text = code_text(request, "AB12-CD34")
    assert fits_one(text)
    assert "Harrow Water" in text
    assert text.splitlines()[-1] == "@harrow.example #AB12-CD34"
    assert text.count("AB12-CD34") == 2

"""The gallery's list: which template with which values, under which name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from counterfoil.domain.business.rows import BankAccountRow
from counterfoil.domain.documents.transfers import svg, transfer_to
from counterfoil.kernel.money import Money
from counterfoil.surfaces.portal import pages as p
from counterfoil.surfaces.portal.home.pages import Look as HomeLook
from counterfoil.surfaces.portal.invoices import pages as lists_of
from counterfoil.surfaces.portal.pay.pages import CheckPage
from counterfoil.surfaces.portal.profile.looks_pages import Look, LooksPage
from counterfoil.surfaces.portal.ways.values import CardFields
from counterfoil.surfaces.ui.shell import ErrorPage, Shell
from gallery import choices, factors, genuine, people, personal_data, saved, sign_on, waiting
from gallery import samples as s

SECRET = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="secret">')
LONG = "Société coopérative d'intérêt collectif de distribution d'eau Donaudampfschifffahrt"


@dataclass(frozen=True, slots=True)
class Story:
    """One page of the gallery."""

    name: str
    template: str
    page: object = None
    shell: Shell | None = s.GUEST
    extra: Mapping[str, Any] = field(default_factory=dict)

    def context(self) -> dict[str, Any]:
        """What the template is given."""
        given = {"csrf_input": SECRET, "request": None, **self.extra}
        if self.page is not None:
            given["page"] = self.page
        if self.shell is not None:
            given["shell"] = self.shell
        return given


def stories(card: CardFields) -> Iterator[Story]:
    """Every page and state; `card` is where the gateway's fields come from."""
    yield from invoices(card)
    yield from amounts(card)
    for name, template, page in saved.pages(card):
        yield Story(name, template, page, s.at("invoices"))
    stub = p.Payable(s.eur(20355), "/pay", "key_1", saved.ways(card)[2:])
    looked = replace(s.INVOICE, stub=stub)
    yield Story("invoice-looked", "portal/invoices/page.html", looked, s.LOOKED)
    yield from results()
    yield from checks()
    yield from homes()
    yield from lists()
    yield from profiles()
    for name, page in genuine.pages():
        yield Story(name, genuine.TEMPLATE, page)
    yield from sign_in()
    yield from errors()


def _bank(amount: Money) -> p.BankDetails:
    account = BankAccountRow(
        UUID(int=1), "Harrow Water SAS", "FR7630006000011234567890189", "", "AGRIFRPP",
        "Crédit du Rhône", "EUR", is_active=True,
    )  # fmt: skip
    transfer = transfer_to(
        account, amount, creditor_ref="RF59HW202600418K7Q2", qr_ref="", address={}
    )
    assert transfer.code
    return p.BankDetails(transfer, svg(transfer.code))


def invoices(card: CardFields) -> Iterator[Story]:
    """The invoice page with every face of its stub."""
    payable = p.Payable(
        s.eur(20355), "/pay", "key_1", s.card_only(card), email="ines@atelier-moreau.example"
    )
    part = replace(
        s.INVOICE,
        state="part_paid",
        amount_due=s.eur(10355),
        received=(s.RECEIVED,),
        stub=replace(payable, amount=s.eur(10355)),
    )
    overdue = replace(s.INVOICE, state="overdue", due_in_days=-9, due_date=s.TODAY)
    links = (
        p.GuestLink("jo@atelier-moreau.example", s.NOW, s.NOW + timedelta(days=60), "/revoke/1"),
        p.GuestLink("ines@atelier-moreau.example", s.NOW, None, "/revoke/2"),
    )
    since = s.NOW - timedelta(minutes=2)
    bank = _bank(s.eur(20355))
    total = s.eur(20355)
    faces: dict[str, p.InvoicePage] = {
        "payable": replace(s.INVOICE, stub=payable),
        "payable-part-paid": part,
        "payable-declined": replace(
            overdue, stub=replace(payable, decline=p.Decline("insufficient_funds", s.NOW, s.VISA))
        ),
        "payable-returned": replace(overdue, stub=replace(payable, returned=s.CAME_BACK)),
        "payable-blocked": replace(
            s.INVOICE,
            stub=replace(
                payable,
                ways=s.card_only(replace(card, script_url="/missing.js", mount="Nothing.mount")),
            ),
        ),
        "busy-other": replace(
            s.INVOICE, stub=p.Busy(total, since, "/poll", payer_name="Jo Books", method=s.VISA)
        ),
        "busy-self": replace(s.INVOICE, stub=p.Busy(total, since, "/poll", is_self=True)),
        "busy-by-link": replace(
            s.INVOICE,
            stub=p.Busy(
                total,
                since,
                "/poll",
                is_by_link=True,
                link_sent_to="ines@atelier-moreau.example",
                stop_url="/stop",
            ),
        ),
        **dict(waiting.stubs()),
        "processing": replace(
            s.INVOICE,
            state="processing",
            stub=p.Processing(total, since, s.TODAY + timedelta(days=3), s.DEBIT, "Ines Moreau"),
        ),
        "checking": replace(
            s.INVOICE, state="checking", stub=p.Checking(total, since, "/poll", s.VISA)
        ),
        "paid": replace(
            s.INVOICE,
            state="paid",
            paid_date=s.TODAY,
            amount_due=s.eur(0),
            received=(replace(s.RECEIVED, amount=total),),
            stub=p.Paid(total, s.NOW, s.VISA, "pay_01jd4x8e6hf8ksq0v3g2m7c5ra", "/receipt/1"),
        ),
        "paid-credit": replace(
            s.INVOICE,
            state="paid",
            paid_date=s.TODAY,
            amount_due=s.eur(0),
            received=(replace(s.RECEIVED, amount=total, method=None, is_from_credit=True),),
            stub=p.Paid(total, s.NOW, credit=total),
        ),
        "covered": replace(
            s.INVOICE,
            state="credited",
            amount_due=s.eur(0),
            stub=p.Closed("covered"),
            credits=(p.CreditRow("CN-2026-0008", s.TODAY, total, total, "/cn.pdf"),),
        ),
        "void": replace(
            s.INVOICE, state="void", amount_due=s.eur(0), stub=p.Closed("void", s.TODAY)
        ),
        "credited": replace(
            s.INVOICE,
            state="credited",
            amount_due=s.eur(0),
            stub=p.Closed("credited"),
            credits=(p.CreditRow("CN-2026-0007", s.TODAY, total, total, "/cn.pdf"),),
        ),
        "written-off": replace(
            s.INVOICE,
            state="uncollectible",
            amount_due=s.eur(0),
            written_off=total,
            stub=p.Closed("written_off", amount=total),
        ),
        "payable-bank": replace(s.INVOICE, stub=replace(payable, bank=bank)),
        "offline-bank": replace(s.INVOICE, stub=p.Offline(total, bank)),
        "offline": replace(s.INVOICE, stub=p.Offline(total)),
        "link-locked": replace(
            s.INVOICE, stub=p.Offline(total, is_locked=True, sign_in_url="/sign-in/")
        ),
        "long": long_invoice(payable),
    }
    for name, page in faces.items():
        yield Story(f"invoice-{name}", "portal/invoices/page.html", page)
    signed_in = replace(faces["payable"], guest_links=links, notes=NOTES, external_ref="PO 4711")
    yield Story("invoice-signed-in", "portal/invoices/page.html", signed_in, s.at("invoices"))


NOTES = "Thank you for your trust.\n\nOur new meter app is ready: ask for it at the desk."


def long_invoice(payable: p.Payable) -> p.InvoicePage:
    """Everything as long as it comes."""
    big = Money(98765432109876, "JPY")
    line = p.InvoiceLine(
        f"{LONG}\nNetzanschlusskapazitätserweiterungsgebühr " * 2,
        Decimal("1234567.891"),
        Decimal("0.00012345"),
        big,
        Decimal("12.5"),
        Decimal(20),
    )
    return replace(
        s.INVOICE,
        number="HW-2026-VERYLONGPREFIX-00000000418",
        customer_name=LONG,
        customer_address=(LONG, LONG),
        external_ref="PO-4711-4712-4713-4714-4715-LYON-SUD-CONFLUENCE",
        lines=(line,) * 6,
        line_count=10000,
        all_lines_url="?lines=all",
        subtotal=big,
        discount_percent=Decimal("2.5"),
        discount_total=Money(123456, "JPY"),
        taxes=(p.TaxRow(Decimal(20), big, big),),
        total=big,
        amount_due=big,
        notes=f"{LONG}\n" * 4,
        stub=replace(payable, amount=big, email=f"{'very.' * 12}long@address.example"),
    )


def amounts(card: CardFields) -> Iterator[Story]:
    """Other amounts than what one invoice says, and several invoices at once."""
    for name, page in choices.pages(card).items():
        yield Story(f"confirm-{name}", "portal/confirm/page.html", page, s.at("invoices"))
    stub = p.Payable(
        s.eur(20355), "/pay", "key_1", s.card_only(card), confirm_url="/pay", credit=s.eur(2000),
        credit_url="/credit",
    )  # fmt: skip
    answers = replace(s.INVOICE, stub=stub)
    yield Story("answers-invoice", "portal/invoices/page.html", answers, s.at("invoices"))
    rows = tuple(replace(row, can_be_chosen=bool(row.amount_due)) for row in s.ROWS)
    none = lists_of.Chosen("/pay", "/invoices/?chosen=1")
    chosen = replace(s.INVOICES, rows=rows, chosen=none)
    yield Story("invoices-choose", "portal/invoices/list.html", chosen, s.at("invoices"))
    late = tuple(replace(row, is_chosen=row.state == "overdue") for row in rows)
    begun = replace(none, sums=(s.eur(20355),), is_made=True, is_begun=True, leaves_out=True)
    for name, choice in {
        "ticked": begun,
        "kept": replace(begun, kept=s.KEPT, is_begun=False),
    }.items():
        page = replace(chosen, rows=late, chosen=choice)
        yield Story(f"invoices-{name}", "portal/invoices/list.html", page, s.at("invoices"))
    ahead = replace(s.PAYMENT, invoices=(), credit=s.eur(18720))
    split = replace(s.PAYMENT, invoices=s.THREE_PAID, credit=s.eur(2000))
    history = p.PaymentListPage((ahead, split, *s.PAYMENTS), "/payments/", "/payments.csv")
    yield Story("payments-credit", "portal/payments/list.html", history, s.at("payments"))
    balance = replace(s.BALANCE, pay_all_url="/pay", credit=s.eur(2000))
    home = replace(s.HOME, balances=(balance,), ahead_url="/pay")
    yield Story("home-pay-all", "portal/home/page.html", home, s.at("home"))


def results() -> Iterator[Story]:
    """What became of a payment."""
    template = "portal/pay/result.html"
    split = replace(
        s.RESULT,
        amount=s.eur(2004600),
        invoices=s.THREE_PAID,
        unapplied=s.eur(1000),
        back_url="/invoices/",
        refunded=s.eur(5000),
    )
    unlinked = (replace(s.RESULT.invoices[0], url=""),)
    alone = replace(s.RESULT, invoices=unlinked, receipt_url="", mailed_to=(), back_url="")
    one_left = (replace(s.RESULT.invoices[0], amount=s.eur(10000), left=s.eur(10355)),)
    for name, page in {
        "received": s.RESULT,
        "received-split": split,
        "received-part": replace(s.RESULT, amount=s.eur(10000), invoices=one_left),
        "received-handed-back": replace(
            s.RESULT,
            refunded=s.eur(5500),
            refunding=s.eur(1000),
            handed_back=(
                p.HandedBack(s.eur(4000), "bank_transfer", s.NOW),
                p.HandedBack(s.eur(1000), "cheque", s.NOW),
                p.HandedBack(s.eur(500), "cash", s.NOW),
                p.HandedBack(s.eur(1000), "bank_transfer"),
            ),
        ),
        "processing": replace(
            s.RESULT,
            state="processing",
            method=s.DEBIT,
            receipt_url="",
            expected_date=s.TODAY + timedelta(days=3),
        ),
        "declined": replace(
            s.RESULT,
            state="declined",
            failure_code="expired_card",
            receipt_url="",
            retry_url="/invoices/418",
        ),
        "checking": replace(s.RESULT, state="checking", receipt_url="", poll_url="/poll"),
        "stoppable": replace(
            s.RESULT, state="processing", method=s.DEBIT, receipt_url="", stop_url="/stop"
        ),
        "stopped": replace(
            s.RESULT, state="stopped", method=s.DEBIT, receipt_url="", retry_url="/invoices/418"
        ),
        **dict(waiting.results()),
        "received-alone": alone,
        "declined-alone": replace(alone, state="declined", failure_code="authentication_failed"),
        "processing-alone": replace(alone, state="processing", method=s.DEBIT),
    }.items():
        yield Story(f"result-{name}", template, page)


SEEN = HomeLook("Tomás Vidal", datetime(2026, 11, 23, 12, 42, tzinfo=UTC), "/profile/looks")


def homes() -> Iterator[Story]:
    """The first page after signing in."""
    only_soon = s.other_currency("EUR", 20355)
    both = (s.BALANCE, s.other_currency("USD", 125000), s.other_currency("JPY", 9876543))
    for name, page in {
        "due": s.HOME,
        "one": replace(s.HOME, balances=(only_soon,), day_part="afternoon", newest=s.ROWS[:1]),
        "currencies": replace(s.HOME, balances=both, day_part="evening"),
        "clear": replace(s.HOME, balances=(s.NOTHING_DUE,), newest=s.ROWS[4:6]),
        "all-done": replace(s.HOME, balances=(), newest=s.ROWS[4:5]),
        "new": replace(s.HOME, balances=(), newest=(), last_payment=None, has_history=False),
        "long": replace(s.HOME, first_name=LONG, customer_name=LONG),
        "looked": replace(s.HOME, look=SEEN),
        "unknown": replace(s.HOME, balances=(replace(s.NOTHING_DUE, unknown=s.eur(6960)),)),
        "asked": replace(s.HOME, balances=(replace(s.BALANCE, asked=s.eur(7900)),)),
        "asked-others": replace(s.HOME, balances=(s.ASKED_OTHERS,)),
    }.items():
        yield Story(f"home-{name}", "portal/home/page.html", page, s.at("home"))


def lists() -> Iterator[Story]:
    """Invoices and payments."""
    overdue = tuple(replace(one, is_current=one.code == "void") for one in s.INVOICES.filters)
    alone = {"after": "", "has_previous": False}
    for name, page in {
        "some": s.INVOICES,
        "none": replace(s.INVOICES, rows=(), total=0, **alone),
        "not-found": replace(s.INVOICES, rows=(), search="2019 leak", **alone),
        "no-state": replace(s.INVOICES, rows=(), status="void", filters=overdue, **alone),
    }.items():
        yield Story(f"invoices-{name}", "portal/invoices/list.html", page, s.at("invoices"))
    payments = p.PaymentListPage(
        s.PAYMENTS, "/payments/", "/payments.csv", p.Paging(next_url="?b", total=412)
    )
    for name, listed in {
        "some": payments,
        "none": replace(payments, rows=()),
        "not-found": replace(payments, rows=(), search="4242"),
    }.items():
        yield Story(f"payments-{name}", "portal/payments/list.html", listed, s.at("payments"))


def profiles() -> Iterator[Story]:
    """The profile, saved, wrong, and without the right to change billing details."""
    template, shell = "portal/profile/page.html", s.at("profile")
    yield Story("profile", template, s.PROFILE, replace(shell, flashes=s.FLASHES))
    yield Story("profile-errors", template, s.PROFILE_ERRORS, shell)
    yield Story("profile-fixed", template, replace(s.PROFILE, can_edit_billing=False), shell)
    for name, page in looks():
        yield Story(name, "portal/profile/looks.html", page, shell)
    for name, template, page in personal_data.pages():
        yield Story(name, template, page, shell)
    for name, template, page, frame in people.pages():
        yield Story(name, template, page, frame)


def looks() -> Iterator[tuple[str, LooksPage]]:
    """Who of the business has looked at the portal, and nobody."""
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    seen = (Look("Sam Support", "They called about an invoice", at), Look(LONG, "", at))
    yield "looks", LooksPage("Harrow Water", seen, "/profile/")
    yield "looks-none", LooksPage("Harrow Water", (), "/profile/")


class LoginForm(forms.Form):
    """Fields as allauth names them."""

    login = forms.EmailField()
    password = forms.CharField()
    remember = forms.BooleanField(required=False)


class EmailForm(forms.Form):
    """Fields as allauth names them."""

    email = forms.EmailField()


class CodeForm(forms.Form):
    """Fields as allauth names them."""

    code = forms.CharField()


class PasswordForm(forms.Form):
    """Fields as allauth names them."""

    oldpassword = forms.CharField()
    password1 = forms.CharField()
    password2 = forms.CharField()


def wrong(form: forms.Form, name: str | None, words: str) -> forms.Form:
    """The form with one error."""
    form.is_valid()
    form.errors.clear()
    form.add_error(name, words)
    return form


def sign_in() -> Iterator[Story]:
    """allauth's pages under their own names."""
    common = {
        "login_url": "/sign-in/",
        "request_login_code_url": "/code/",
        "LOGIN_BY_CODE_ENABLED": True,
        "redirect_field": "",
        "action_url": "/set/",
    }
    shell = replace(s.GUEST, sign_in_url="", is_sandbox=True)
    bad = wrong(
        LoginForm({"login": "ines@atelier.example", "password": "x"}),
        None,
        "The email address or the password is not correct.",
    )
    locked = wrong(
        LoginForm({"login": "ines@atelier.example", "password": "x"}),
        None,
        "Too many failed sign-in attempts. Try again in 5 minutes.",
    )
    email = {"email": "ines@atelier.example", "can_resend": True}
    for name, template, extra in (
        ("login", "login", {"form": LoginForm()}),
        ("login-wrong", "login", {"form": bad}),
        ("login-locked", "login", {"form": locked}),
        ("code-request", "request_login_code", {"form": EmailForm()}),
        ("code", "confirm_login_code", {"verify_form": CodeForm(), **email}),
        (
            "code-wrong",
            "confirm_login_code",
            {
                "verify_form": wrong(CodeForm({"code": "ABC"}), "code", "This code is wrong."),
                **email,
            },
        ),
        ("logout", "logout", {}),
        ("reset", "password_reset", {"form": EmailForm()}),
        ("reset-done", "password_reset_done", {}),
        ("reset-key", "password_reset_from_key", {"form": PasswordForm()}),
        ("reset-key-old", "password_reset_from_key", {"token_fail": True}),
        ("reset-key-done", "password_reset_from_key_done", {}),
        ("inactive", "account_inactive", {}),
        ("signup-closed", "signup_closed", {}),
    ):
        yield Story(f"account-{name}", f"account/{template}.html", None, shell, common | extra)
    for name, template, page, more in (*sign_on.pages(), *factors.pages()):
        yield Story(name, template, page, shell, more)


def errors() -> Iterator[Story]:
    """Every error page, with and without a frame."""
    page = ErrorPage(reference="req_01jd4x8e6hf8", home_url="/")
    for status in (400, 403, 404, 405, 410, 413, 429, 500, 503):
        yield Story(f"error-{status}", f"portal/errors/{status}.html", page)
    yield Story("error-429-wait", "portal/errors/429.html", replace(page, wait_minutes=4))
    unknown = replace(page, money="unknown", reason="revoked")
    yield Story("error-500-paying", "portal/errors/500.html", unknown)
    yield Story("error-410-revoked", "portal/errors/410.html", replace(unknown, money="none"))
    back = replace(unknown, reason="return")
    staff = replace(s.GUEST, sign_in_url="", at_staff=True)
    yield Story("error-404-staff", "portal/errors/404.html", page, staff)
    for status in (404, 410):
        yield Story(f"error-{status}-return", f"portal/errors/{status}.html", back)
    for name, reason in (("whose", "whose"), ("late", "")):
        yield Story(f"error-409-{name}", "portal/errors/409.html", replace(page, reason=reason))
    for name in ("403", "429", "500"):
        yield Story(f"bare-{name}", f"{name}.html", None, None)


def checks() -> Iterator[Story]:
    """A check before another try, and a link that nobody can pay by."""
    page = CheckPage("/i/link/check", "/i/link")
    yield Story("check", "portal/pay/check.html", page)
    sent = replace(page, email="i…@atelier-moreau.example", is_sent=True)
    yield Story("check-sent", "portal/pay/check.html", sent)
    wrong = replace(sent, error=_("This is not the code, or it is too old. Nothing was charged."))
    yield Story("check-wrong", "portal/pay/check.html", wrong)

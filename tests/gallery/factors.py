"""Stories of second factors, passkeys, devices, and of proving oneself again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterfoil.surfaces.entrance.pages import (
    AddressPage,
    NumberPage,
    OpenSession,
    Passkey,
    SecurityPage,
    StepUpPage,
    Ways,
)
from counterfoil.surfaces.ui.shell import FormState

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ASKED = {"publicKey": {"challenge": "AAAA", "allowCredentials": [{"id": "AAAA"}]}}


class CodeForm(forms.Form):
    """Fields as allauth names them."""

    code = forms.CharField()
    hint = _("From your authenticator app.")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class NameForm(forms.Form):
    """Fields as allauth names them."""

    name = forms.CharField(initial="Firefox, Windows")


class PasskeyForm(NameForm):
    """Fields as allauth names them."""

    credential = forms.CharField()


class EmailForm(forms.Form):
    """Fields as allauth names them."""

    email = forms.EmailField()


class PasswordForm(forms.Form):
    """Fields as allauth names them."""

    oldpassword = forms.CharField()
    password1 = forms.CharField()


def pages() -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Name, template, page and what else the template is given."""
    none = Ways(passkey=False, code=False, password=True, mail=True)
    both = Ways(passkey=True, code=True, password=False, mail=False, code_hint=CodeForm.hint)
    what = _("Change of your mail address")
    yield "step-up", "account/step_up.html", StepUpPage(what, "/", none), {}
    mailed = StepUpPage(
        what,
        "/",
        none,
        mailed_to="ines@atelier.example",
        error=_("Incorrect code."),
        by="mailed",
    )
    yield "step-up-mailed", "account/step_up.html", mailed, {}
    asked = StepUpPage(what, "/", both, options=ASKED)
    yield "step-up-factors", "account/step_up.html", asked, {}
    for failed in (False, True):
        name = f"sign-in-link{'-old' if failed else ''}"
        yield name, "account/sign_in_link.html", None, {"failed": failed}
    address = AddressPage("ines@atelier.example", FormState())
    yield "address", "account/email_change.html", address, {}
    sent = AddressPage("ines@atelier.example", FormState(), sent_to="new@atelier.example")
    yield "address-code", "account/email_change.html", sent, {}
    for name in ("change", "set"):
        yield f"password-{name}", f"account/password_{name}.html", None, {"form": PasswordForm()}
    yield from _texts(none)
    yield from _factors()


def _texts(none: Ways) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """The same where text messages are sent."""
    known = {"takes_texts": True, "email": "ines@atelier.example", "can_resend": False}
    asked = {
        "form": EmailForm(),
        "login_url": "/sign-in/",
        "request_login_code_url": "/code/",
        "redirect_field": "",
    }
    yield "texts-request", "account/request_login_code.html", None, known | asked
    for name, by_text in (("texts-sent", True), ("texts-mailed", False)):
        more = known | {"verify_form": CodeForm(), "by_text": by_text}
        yield name, "account/confirm_login_code.html", None, more
    ways = replace(none, text="123")
    what = _("Change of your mail address")
    yield "step-up-text", "account/step_up.html", StepUpPage(what, "/", ways), {}
    texted = StepUpPage(what, "/", ways, texted=True, error=_("Incorrect code."), by="mailed")
    yield "step-up-texted", "account/step_up.html", texted, {}
    only = StepUpPage(what, "/", replace(ways, password=False), by="text", error=_("Try again."))
    yield "step-up-text-only", "account/step_up.html", only, {}
    yield "number", "account/number.html", NumberPage("", FormState()), {}
    wrong = FormState({"number": "0171"}, {"number": [_("Enter a mobile number.")]})
    yield "number-wrong", "account/number.html", NumberPage("", wrong), {}
    number = "+491711234567"
    yield "number-set", "account/number.html", NumberPage(number, FormState()), {}
    sent = NumberPage("", FormState(), sent_to=number)
    yield "number-code", "account/number.html", sent, {}


def _factors() -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    key = Passkey("Firefox, Windows", AT, AT, "/rename", "/remove")
    here = OpenSession("Firefox, Windows", "192.0.2.7", False, AT, AT, "")
    there = OpenSession("Safari, iPhone", "2001:db8::7", True, AT, AT, "/end")
    full = SecurityPage("ines@atelier.example", True, (key,), True, 7, (here, there))
    yield "security", "mfa/index.html", full, {}
    bare = SecurityPage("ines@atelier.example", False, (), False, None, (here,))
    yield (
        "security-number",
        "mfa/index.html",
        replace(bare, takes_texts=True, number="+491711234567"),
        {},
    )
    yield "security-no-number", "mfa/index.html", replace(bare, takes_texts=True), {}
    yield "security-bare", "mfa/index.html", bare, {}
    question = {"js_data": {"request_options": ASKED}, "webauthn_form": PasskeyForm()}
    yield "second", "mfa/authenticate.html", None, {"form": CodeForm(), **question}
    yield "second-app", "mfa/authenticate.html", None, {"form": CodeForm()}
    picture = {"totp_svg_data_uri": "data:image/svg+xml;base64,PHN2Zy8+"}
    yield "app", "mfa/totp/activate_form.html", None, {"form": CodeForm(), **picture}
    yield "app-off", "mfa/totp/deactivate_form.html", None, {"form": forms.Form()}
    add = {"form": PasskeyForm(), "js_data": {"creation_options": ASKED}}
    yield "passkey-add", "mfa/webauthn/add_form.html", None, add
    yield "passkey-name", "mfa/webauthn/edit_form.html", None, {"form": NameForm()}
    removed = "mfa/webauthn/authenticator_confirm_delete.html"
    yield "passkey-remove", removed, None, {"object": "Firefox, Windows"}
    codes = {"unused_codes": ["12345678"] * 10, "total_count": 10, "can_download_codes": True}
    yield "codes", "mfa/recovery_codes/index.html", None, codes
    new = {"form": forms.Form(), "unused_code_count": 7}
    yield "codes-new", "mfa/recovery_codes/generate.html", None, new

"""Stories of second factors, passkeys, devices, and of proving oneself again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterfoil.surfaces.entrance.pages import (
    AddressPage,
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
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class NameForm(forms.Form):
    """Fields as allauth names them."""

    name = forms.CharField(initial="Firefox, Windows")


class PasskeyForm(NameForm):
    """Fields as allauth names them."""

    credential = forms.CharField()


class PasswordForm(forms.Form):
    """Fields as allauth names them."""

    oldpassword = forms.CharField()
    password1 = forms.CharField()


def pages() -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Name, template, page and what else the template is given."""
    none = Ways(passkey=False, code=False, password=True, mail=True)
    both = Ways(passkey=True, code=True, password=False, mail=False)
    what = "Change of your mail address"
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
    yield from _factors()


def _factors() -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    key = Passkey("Firefox, Windows", AT, AT, "/rename", "/remove")
    here = OpenSession("Firefox, Windows", "192.0.2.7", False, AT, AT, "")
    there = OpenSession("Safari, iPhone", "2001:db8::7", True, AT, AT, "/end")
    full = SecurityPage("ines@atelier.example", True, (key,), True, 7, (here, there))
    yield "security", "mfa/index.html", full, {}
    bare = SecurityPage("ines@atelier.example", False, (), False, None, (here,))
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

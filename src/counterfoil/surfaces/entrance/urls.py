"""The addresses of signing in, for one door: allauth's names, behind that door's own guard."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_lazy as _

from counterfoil.infra.http.unhurried import unhurried
from counterfoil.surfaces.entrance import address, passkeys, proving, security
from counterfoil.surfaces.entrance.adapter import answered
from counterfoil.surfaces.entrance.arriving import clearing, letting_go
from counterfoil.surfaces.entrance.mails import asking, linking, number
from counterfoil.surfaces.entrance.mails.asking import told_of_texts
from counterfoil.surfaces.entrance.sign_on.urls import addresses as sign_on_addresses
from counterfoil.surfaces.entrance.sign_on.views import captured, offering, own_only
from counterfoil.surfaces.ui.step_up import step_up

View = Callable[..., Any]


def addresses(
    guard: Callable[[View], View], *, sign_in: str = "sign-in/", sign_out: str = "sign-out/"
) -> list[URLPattern]:
    """All of them; `guard` lets in who is signed in at this door."""
    return [*_before(sign_in, sign_out), *sign_on_addresses(), *_behind(guard)]


def _before(sign_in: str, sign_out: str) -> list[URLPattern]:
    """Before the door: for everybody."""
    pages: list[tuple[str, View, str]] = [
        (sign_in, letting_go(told_of_texts(offering(captured(account.login)))), "account_login"),
        (sign_out, clearing(account.logout), "account_logout"),
        ("sign-in/code/", unhurried(captured(asking.ask)), "account_request_login_code"),
        ("sign-in/code/confirm/", asking.confirm, "account_confirm_login_code"),
        ("sign-in/link/", linking.follow, "sign_in_link"),
        ("sign-in/passkey/", passkeys.sign_in, "mfa_login_webauthn"),
        ("sign-in/second/", factors.authenticate, "mfa_authenticate"),
        ("password/reset/", unhurried(account.password_reset), "account_reset_password"),
        ("password/reset/sent/", account.password_reset_done, "account_reset_password_done"),
        (
            "password/reset/done/",
            account.password_reset_from_key_done,
            "account_reset_password_from_key_done",
        ),
        ("account/inactive/", account.account_inactive, "account_inactive"),
        ("sign-up/", account.signup, "account_signup"),
    ]
    by_mail = re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",  # a key has dashes too
        answered(account.password_reset_from_key),
        name="account_reset_password_from_key",
    )
    return [by_mail, *(path(where, answered(view), name=name) for where, view, name in pages)]


def _behind(guard: Callable[[View], View]) -> list[URLPattern]:
    """Behind the door: for who is signed in, and for changes of factors, who just proved it."""

    def careful(what: Any) -> Callable[[View], View]:
        def both(view: View) -> View:
            return answered(guard(own_only(step_up(what, also_looking=True)(view))))

        return both

    factor, key = (
        careful(_("Change of your second factor")),
        careful(_("Change of your passkeys")),
    )
    password = careful(_("Change of your password"))
    phone = careful(_("Change of your mobile number"))
    codes, mail = careful(_("Your recovery codes")), careful(_("Change of your mail address"))
    plain: Callable[[View], View] = lambda view: answered(guard(view))  # noqa: E731
    return [
        path("security/", plain(security.show), name="mfa_index"),
        path("security/confirm/", plain(proving.prove), name="step_up"),
        path("security/sessions/<str:name>/end/", plain(security.end), name="session_end"),
        path("security/sessions/end/", plain(security.end_others), name="sessions_end"),
        path(
            "security/password/", password(account.password_change), name="account_change_password"
        ),
        path("security/password/set/", password(account.password_set), name="account_set_password"),
        path("security/address/", mail(address.change), name="account_email"),
        path("security/number/", phone(number.change), name="account_number"),
        path("security/app/", factor(totp.activate_totp), name="mfa_activate_totp"),
        path("security/app/off/", factor(totp.deactivate_totp), name="mfa_deactivate_totp"),
        path("security/passkeys/", plain(security.show), name="mfa_list_webauthn"),
        path("security/passkeys/add/", key(passkeys.add), name="mfa_add_webauthn"),
        path(
            "security/passkeys/<int:pk>/name/",
            key(webauthn.edit_webauthn),
            name="mfa_edit_webauthn",
        ),
        path(
            "security/passkeys/<int:pk>/remove/",
            key(webauthn.remove_webauthn),
            name="mfa_remove_webauthn",
        ),
        path(
            "security/codes/", codes(recovery.view_recovery_codes), name="mfa_view_recovery_codes"
        ),
        path(
            "security/codes/new/",
            codes(recovery.generate_recovery_codes),
            name="mfa_generate_recovery_codes",
        ),
        path(
            "security/codes/file/",
            codes(recovery.download_recovery_codes),
            name="mfa_download_recovery_codes",
        ),
    ]

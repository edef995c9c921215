"""Every page around signing in, at the portal's door and at the staff's, in the product's own words
of each language: what people with a keyboard or a screen reader meet first."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.utils import timezone, translation
from jinja2 import FileSystemLoader

from counterfoil.domain.identity.roles import Right
from counterfoil.surfaces.backoffice.frame import Desk, Entry
from counterfoil.surfaces.backoffice.settings.staff.joining import JoinPage
from counterfoil.surfaces.portal.ways.values import CardFields
from counterfoil.surfaces.ui.shell import FormState
from gallery import samples as s
from gallery.drawing import PACKAGE, TEMPLATES, ZONE, make_environment
from gallery.serving import Gallery
from gallery.stories import LoginForm, Story, stories

NO_CARD = CardFields("https://gateway.example/card.js", "Gateway.mount", {})
BEFORE = (
    "account-login-wrong", "account-code-request", "account-code-wrong", "account-reset",
    "account-reset-done", "account-reset-key", "account-reset-key-done",
    "account-inactive", "account-signup-closed", "account-logout", "sign-in-link", "texts-request",
    "texts-sent", "second", "sign-on-lead-offered", "sign-on-company-unknown", "sign-on-refused",
)  # fmt: skip
BEHIND = (
    "security", "step-up-factors", "step-up-mailed", "step-up-texted", "address-code",
    "password-change", "password-set", "number-wrong", "number-code", "app", "app-off",
    "passkey-add", "passkey-name", "passkey-remove", "codes", "codes-new", "sign-on-tried",
)  # fmt: skip
PORTAL = ("join", "register-errors", "register-code", "register-waiting")
_EVERYTHING = {
    "login_url": "/sign-in/", "request_login_code_url": "/code/", "redirect_field": "",
    "redirect_field_value": "", "LOGIN_BY_CODE_ENABLED": True, "PASSKEY_LOGIN_ENABLED": True,
    "takes_texts": True,
}  # fmt: skip
_DESK = Desk(
    entries=(
        Entry("Work list", "/backoffice/", is_current=False, count=3),
        Entry("Customers", "/backoffice/customers/", is_current=False),
    ),
    rights=frozenset({Right.SEE.value}),
    person_name="Olga Owner",
    role="Owner",
    sign_out_url="/backoffice/sign-out",
)


def pages() -> Iterator[Story]:
    """One of each template at each door, and those states of it that have other controls."""
    known = {one.name: one for one in stories(NO_CARD)}
    at_work = SimpleNamespace(id="1", name="Atelier Sign-in")
    extra = _EVERYTHING | {
        "form": LoginForm(),
        "sign_ons": SimpleNamespace(has_any=True, buttons=(at_work,)),
        "request": SimpleNamespace(business=SimpleNamespace(takes_registrations=True)),
    }
    login = Story("login", "account/login.html", None, replace(s.GUEST, sign_in_url=""), extra)
    yield login
    for name in (*BEFORE, *PORTAL):
        yield known[name]
    for name in BEHIND:
        yield replace(known[name], shell=s.at("profile"))
    yield at_staff_door(login)
    for name in BEFORE:
        yield at_staff_door(known[name])
    for name in BEHIND:
        yield at_staff_door(known[name], desk=_DESK)
    asked = JoinPage(
        "Harrow Water", "eve@harrow.example", "Olga Owner", "Read only", True,
        FormState({"name": ""}, {"name": ["This is needed."]}),
    )  # fmt: skip
    join = Story("join", "backoffice/settings/staff/join.html", asked)
    yield at_staff_door(join, extra={"desk": None})


def at_staff_door(story: Story, desk: Desk | None = None, extra: Any = None) -> Story:
    """The same page of the backoffice: alone before the door, in its frame behind it."""
    shell = replace(s.GUEST, sign_in_url="", at_staff=True)
    business = SimpleNamespace(takes_registrations=False)
    request = SimpleNamespace(business=business, **({"desk": desk} if desk else {}))
    framed = {"desk": desk} if desk else {}
    more = {**story.extra, "request": request, **framed, **(extra or {})}
    return replace(story, name=f"staff-{story.name}", shell=shell, extra=more)


class Entrance(Gallery):
    """Serves them, drawn in the words of the catalogues."""

    def __init__(self) -> None:
        super().__init__()
        self.stories = {story.name: story for story in pages()}
        self._environment = make_environment()
        office = PACKAGE / "surfaces/backoffice/jinja2"
        self._environment.loader = FileSystemLoader([*TEMPLATES, office])

    def draw(self, story: Story, language: str = "en") -> str:
        """The page's HTML."""
        context = story.context()
        direction = "rtl" if language == "ar" else "ltr"
        shell: Any = story.shell
        context["shell"] = replace(shell, locale=language, direction=direction)
        with translation.override(language), timezone.override(ZONE):
            return self._environment.get_template(story.template).render(context)

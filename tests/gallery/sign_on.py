"""The pages of single sign-on, as the gallery shows them."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.surfaces.entrance.sign_on.pages import LeadPage, RefusedPage, Told, TriedPage

_TOLD = (
    Told("subject", "00u1a2b3c4d5e6f7"),
    Told("email", "ines@atelier.example"),
    Told("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "x" * 200),
)


def pages() -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Name, template, page and what else it is drawn with."""
    name = "Atelier Sign-in"
    for story, lead in (
        ("required", LeadPage(name, "/sso/1/", for_owners=False, other_url="")),
        ("offered", LeadPage(name, "/sso/1/", for_owners=False, other_url="/sign-in/")),
        ("staff", LeadPage(name, "/sso/1/", for_owners=True, other_url="/sign-in/")),
    ):
        yield f"sign-on-lead-{story}", "sign_on/lead.html", lead, {}
    for story, email, is_unknown in (("empty", "", False), ("unknown", "x@b.example", True)):
        said = {"email": email, "is_unknown": is_unknown, "onward": "/invoices/"}
        yield f"sign-on-company-{story}", "sign_on/company.html", None, said
    words = _("Your mail address there does not belong to the company.")
    refused = RefusedPage(words, "/sign-in/", "req_01jd4x8e6hf8")
    yield "sign-on-refused", "sign_on/refused.html", refused, {}
    good = TriedPage(name, "", "", _TOLD, is_good=True, back_url="/backoffice/settings/sign-on")
    yield "sign-on-tried", "sign_on/tried.html", good, {}
    detail = "By our clock the token was made in the future."
    bad = TriedPage(name, "The clocks differ too much.", detail, (), is_good=False, back_url="/")
    yield "sign-on-tried-wrong", "sign_on/tried.html", bad, {}

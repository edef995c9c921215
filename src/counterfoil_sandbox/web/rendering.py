"""How the pages of the gateway are made: templates, words, and what each page may load."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from counterfoil_sandbox.web.texts import Texts, choose

BRANDS = {"visa": "Visa", "mastercard": "Mastercard"}
_THEMES = ("auto", "light", "dark")
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def csp(*, ancestors: Sequence[str] = (), form_to: Sequence[str] = ()) -> str:
    """Own files only; `ancestors` may frame the page, forms may go (and be sent on) to `form_to`.

    Browsers hold a form's redirect against form-action too, so it names the return address.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action " + (" ".join(form_to) or "'none'"),
            "frame-ancestors " + (" ".join(ancestors) or "'none'"),
        )
    )


def page(template: str, status: int, policy: str, **values: object) -> Response:
    """A page from its template, under its policy."""
    html = _PAGES.get_template(template).render(**values)
    return HTMLResponse(html, status, headers={"Content-Security-Policy": policy})


def texts_for(request: Request, locale: str = "") -> Texts:
    """The words of the language that the address, the charge or the browser asks for."""
    wanted = request.query_params.get("locale") or locale
    return choose(wanted, request.headers.get("accept-language", ""))


def theme_of(request: Request) -> str:
    """`?theme=`, or `auto`."""
    theme = request.query_params.get("theme", "auto")
    return theme if theme in _THEMES else "auto"


def message(request: Request, status: int, name: str) -> Response:
    """A plain page with a title and a sentence out of the words."""
    texts = texts_for(request)
    title, lead = texts.words[f"{name}_title"], texts.words[f"{name}_lead"]
    return page("message.html", status, csp(), texts=texts, title=title, lead=lead)

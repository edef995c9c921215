"""The pages of the gateway: card fields in a frame, the bank's 3-D Secure page, the front page."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from counterfoil_sandbox.cards import SANDBOX_CARDS
from counterfoil_sandbox.errors import GatewayError, not_found
from counterfoil_sandbox.resources.charges import Challenge
from counterfoil_sandbox.web.colours import DARK_PAPER, LIGHT_PAPER, is_hex, readable
from counterfoil_sandbox.web.guards import engine_of
from counterfoil_sandbox.web.texts import Texts, choose, format_amount

_HERE = Path(__file__).parent
_PAGES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_ASSETS = {path.name: path.read_bytes() for path in (_HERE / "assets").iterdir()}
_THEMES = ("auto", "light", "dark")
_ACCENT = "#0f5c4c"
_DARK_ACCENT = "#5cc9ac"
_BRANDS = {"visa": "Visa", "mastercard": "Mastercard"}


def _csp(*, ancestors: Sequence[str] = (), form_to: Sequence[str] = ()) -> str:
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


def _page(name: str, status: int, csp: str, **values: object) -> Response:
    html = _PAGES.get_template(name).render(**values)
    return HTMLResponse(html, status, headers={"Content-Security-Policy": csp})


def _texts(request: Request, locale: str = "") -> Texts:
    wanted = request.query_params.get("locale") or locale
    return choose(wanted, request.headers.get("accept-language", ""))


def _message(request: Request, status: int, name: str) -> Response:
    texts = _texts(request)
    title, lead = texts.words[f"{name}_title"], texts.words[f"{name}_lead"]
    return _page("message.html", status, _csp(), texts=texts, title=title, lead=lead)


async def front(_request: Request) -> Response:
    """What this is, and the cards that work here."""
    cards = [
        {"number": " ".join(_groups(card.number)), "brand": _BRANDS[card.brand], "what": card.what}
        for card in SANDBOX_CARDS
    ]
    return _page("front.html", 200, _csp(), cards=cards)


def _groups(number: str) -> list[str]:
    return [number[start : start + 4] for start in range(0, len(number), 4)]


async def card_fields(request: Request) -> Response:
    """The card fields, for a frame in a page of one of the account's origins."""
    query = request.query_params
    try:
        account = engine_of(request).accounts.by_publishable_key(query.get("account", ""))
    except GatewayError:
        return _message(request, 404, "missing")
    origin = query.get("origin", "")
    if origin not in account.origins:
        return _message(request, 403, "refused")
    texts = _texts(request)
    theme = query.get("theme", "auto")
    accent = query.get("accent", "")
    light, dark = (accent, accent) if is_hex(accent) else (_ACCENT, _DARK_ACCENT)
    return _page(
        "card.html",
        200,
        _csp(ancestors=account.origins),
        texts=texts,
        account=account.publishable_key,
        origin=origin,
        month=engine_of(request).clock.stamp()[:7],
        theme=theme if theme in _THEMES else "auto",
        accent_light=readable(light, LIGHT_PAPER),
        accent_dark=readable(dark, DARK_PAPER),
        messages=json.dumps(texts.words, ensure_ascii=False),
    )


async def bank_page(request: Request) -> Response:
    """The bank asks the payer; once answered or expired, it sends the payer back."""
    challenge = _challenge(request)
    if challenge is None:
        return _message(request, 404, "missing")
    if challenge.status != "requires_action":
        return _back(request, challenge)
    texts = _texts(request, challenge.locale)
    parts = urlsplit(challenge.return_url)
    home = [f"{parts.scheme}://{parts.netloc}"] if challenge.return_url else []
    theme = request.query_params.get("theme", "auto")
    brand = _BRANDS[challenge.brand]
    return _page(
        "bank.html",
        200,
        _csp(form_to=("'self'", *home)),
        texts=texts,
        theme=theme if theme in _THEMES else "auto",
        challenge=challenge,
        amount=format_amount(challenge.amount, challenge.currency, texts.language),
        card=texts.words["card_ending"].format(brand=brand, last4=challenge.last4),
        here=f"/3ds/{request.path_params['secret']}",
    )


async def bank_approved(request: Request) -> Response:
    """The payer approves; the unguessable address is what protects it from other pages."""
    return _answer(request, approve=True)


async def bank_declined(request: Request) -> Response:
    """The payer declines."""
    return _answer(request, approve=False)


def _answer(request: Request, *, approve: bool) -> Response:
    challenge = _challenge(request)
    if challenge is None:
        return _message(request, 404, "missing")
    charges = engine_of(request).charges
    charges.answer_challenge(request.path_params["secret"], approve=approve)
    request.app.state.wake()
    return _back(request, charges.challenge(request.path_params["secret"]))


def _challenge(request: Request) -> Challenge | None:
    try:
        return engine_of(request).charges.challenge(request.path_params["secret"])
    except GatewayError:
        return None


def _back(request: Request, challenge: Challenge) -> Response:
    """Back to where the charge said, with its id; a plain page if it said nothing."""
    if challenge.return_url:
        parts = urlsplit(challenge.return_url)
        kept = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode([*kept, ("charge", challenge.charge_id)])
        return RedirectResponse(urlunsplit(parts._replace(query=query)), 303)
    texts = _texts(request, challenge.locale)
    lead = texts.words[f"closed_{challenge.status}"]
    title = texts.words["closed_title"]
    return _page("message.html", 200, _csp(), texts=texts, title=title, lead=lead)


async def asset(request: Request) -> Response:
    """A style sheet, script or picture of these pages."""
    return _asset(request, request.path_params["name"])


async def card_script(request: Request) -> Response:
    """The script that portals load; it may be embedded by any origin."""
    response = _asset(request, "card.js")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _asset(request: Request, name: str) -> Response:
    content = _ASSETS.get(name)
    if content is None:
        raise not_found()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_KINDS[Path(name).suffix])


ROUTES = [
    Route("/", front, methods=["GET"]),
    Route("/elements/card", card_fields, methods=["GET"]),
    Route("/elements/v1/card.js", card_script, methods=["GET"]),
    Route("/3ds/{secret}", bank_page, methods=["GET"]),
    Route("/3ds/{secret}/approve", bank_approved, methods=["POST"]),
    Route("/3ds/{secret}/decline", bank_declined, methods=["POST"]),
    Route("/assets/{name}", asset, methods=["GET"]),
]

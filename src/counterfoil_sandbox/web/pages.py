"""The pages of the gateway: the bank's 3-D Secure page, the front page, and the files of all."""

import hashlib
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from counterfoil_sandbox.errors import GatewayError, not_found
from counterfoil_sandbox.instruments.banks import SANDBOX_ACCOUNTS, BankAccount
from counterfoil_sandbox.instruments.cards import SANDBOX_CARDS
from counterfoil_sandbox.resources.challenges import Challenge
from counterfoil_sandbox.resources.pages import Page
from counterfoil_sandbox.web.guards import engine_of
from counterfoil_sandbox.web.rendering import BRANDS, csp, message, page, texts_for, theme_of
from counterfoil_sandbox.web.texts import format_amount

_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_ASSETS = {path.name: path.read_bytes() for path in (Path(__file__).parent / "assets").iterdir()}
_SCHEME_NAMES = {"sepa": "SEPA", "ach": "ACH", "bacs": "Bacs"}


async def front(_request: Request) -> Response:
    """What this is, and the cards and accounts that work here."""
    cards = [
        {"number": _groups(card.number), "brand": BRANDS[card.brand], "what": card.what}
        for card in SANDBOX_CARDS
    ]
    accounts = [
        {
            "number": _account_number(account),
            "scheme": _SCHEME_NAMES[account.scheme],
            "what": account.what,
        }
        for account in SANDBOX_ACCOUNTS
    ]
    return page("front.html", 200, csp(), cards=cards, accounts=accounts)


def _groups(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _account_number(account: BankAccount) -> str:
    if account.scheme == "sepa":
        return _groups(account.number)
    return account.number.replace(" ", " + ")


async def bank_page(request: Request) -> Response:
    """The bank asks the payer; once answered or expired, it sends the payer back."""
    challenge = _challenge(request)
    if challenge is None:
        return message(request, 404, "missing")
    if challenge.status != "requires_action":
        return back(request, challenge)
    texts = texts_for(request, challenge.locale)
    brand = BRANDS[challenge.brand]
    return page(
        "bank.html",
        200,
        csp(form_to=("'self'", *home_of(challenge.return_url))),
        texts=texts,
        theme=theme_of(request),
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
        return message(request, 404, "missing")
    challenges = engine_of(request).challenges
    challenges.answer(request.path_params["secret"], approve=approve)
    request.app.state.wake()
    return back(request, challenges.get(request.path_params["secret"]))


def home_of(url: str) -> list[str]:
    """The origin of a return address, if there is one: a page's form may be sent on to it."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if url else []


def _challenge(request: Request) -> Challenge | None:
    engine = engine_of(request)
    engine.catch_up()
    try:
        return engine.challenges.get(request.path_params["secret"])
    except GatewayError:
        return None


def back(request: Request, left: Challenge | Page) -> Response:
    """Back to where the charge said, with its id; a plain page if it said nothing."""
    if left.return_url:
        parts = urlsplit(left.return_url)
        kept = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode([*kept, ("charge", left.charge_id)])
        return RedirectResponse(urlunsplit(parts._replace(query=query)), 303)
    texts = texts_for(request, left.locale)
    lead = texts.words[f"closed_{left.status}"]
    title = texts.words["closed_title"]
    return page("message.html", 200, csp(), texts=texts, title=title, lead=lead)


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
    Route("/elements/v1/card.js", card_script, methods=["GET"]),
    Route("/3ds/{secret}", bank_page, methods=["GET"]),
    Route("/3ds/{secret}/approve", bank_approved, methods=["POST"]),
    Route("/3ds/{secret}/decline", bank_declined, methods=["POST"]),
    Route("/assets/{name}", asset, methods=["GET"]),
]

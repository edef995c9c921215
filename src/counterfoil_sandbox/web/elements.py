"""The hosted fields: card, bank account and wallet, each a page for a frame of a payment page."""

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.instruments.banks import IBAN_LENGTHS
from counterfoil_sandbox.instruments.wallets import WALLET_CARDS, WALLET_NAMES, wallet_card
from counterfoil_sandbox.requests import AMOUNT_MAX, known_currency
from counterfoil_sandbox.resources.accounts import Account
from counterfoil_sandbox.web.colours import DARK_PAPER, LIGHT_PAPER, is_hex, readable
from counterfoil_sandbox.web.guards import engine_of
from counterfoil_sandbox.web.rendering import BRANDS, csp, message, page, texts_for, theme_of
from counterfoil_sandbox.web.texts import Texts, format_amount

_ACCENT = "#0f5c4c"
_DARK_ACCENT = "#5cc9ac"
_SCHEMES = ("sepa", "ach", "bacs")


async def card_fields(request: Request) -> Response:
    """The card fields, for a frame in a page of one of the account's origins."""
    month = engine_of(request).clock.stamp()[:7]
    return _element(request, "card", "fields.js", month=month)


async def bank_fields(request: Request) -> Response:
    """The bank fields: IBAN, US or UK account, by `?scheme=`."""
    scheme = request.query_params.get("scheme", "")
    return _element(
        request,
        "bank_debit",
        "bank.js",
        scheme=scheme if scheme in _SCHEMES else _SCHEMES[0],
        iban_lengths=json.dumps(IBAN_LENGTHS),
    )


async def wallet_sheet(request: Request) -> Response:
    """The wallet's button with its sheet, by `?wallet=`, `?amount=` and `?currency=`."""
    query = request.query_params
    wallet = query.get("wallet", "")
    texts = texts_for(request)
    known = wallet if wallet in WALLET_NAMES else "google_pay"
    return _element(
        request,
        "wallet",
        "wallet.js",
        wallet=known,
        wallet_name=WALLET_NAMES[known],
        amount=_amount(query.get("amount", ""), query.get("currency", ""), texts),
        cards=[{"name": name, "shown": _shown(name, texts)} for name in WALLET_CARDS],
    )


def _element(request: Request, name: str, script: str, **facts: object) -> Response:
    """One of the elements, for a page of an origin that its account has registered."""
    query = request.query_params
    try:
        account: Account = engine_of(request).accounts.by_publishable_key(query.get("account", ""))
    except GatewayError:
        return message(request, 404, "missing")
    if query.get("origin", "") not in account.origins:
        return message(request, 403, "refused")
    texts = texts_for(request)
    accent = query.get("accent", "")
    light, dark = (accent, accent) if is_hex(accent) else (_ACCENT, _DARK_ACCENT)
    return page(
        f"{name}.html",
        200,
        csp(ancestors=account.origins),
        name=name,
        script=script,
        texts=texts,
        account=account.publishable_key,
        payee=account.name,
        origin=query["origin"],
        theme=theme_of(request),
        accent_light=readable(light, LIGHT_PAPER),
        accent_dark=readable(dark, DARK_PAPER),
        messages=json.dumps(texts.words, ensure_ascii=False),
        **facts,
    )


def _amount(minor: str, currency: str, texts: Texts) -> str:
    """The amount as the payer reads it; nothing if the page named none that is one."""
    try:
        known = known_currency(currency)
    except ValueError:
        return ""
    is_amount = minor.isascii() and minor.isdigit() and int(minor[:14]) <= AMOUNT_MAX
    return format_amount(int(minor[:14]), known, texts.language) if is_amount else ""


def _shown(name: str, texts: Texts) -> str:
    card = wallet_card(name)
    return texts.words["card_ending"].format(brand=BRANDS[card.brand], last4=card.number[-4:])


ROUTES = [
    Route("/elements/card", card_fields, methods=["GET"]),
    Route("/elements/bank", bank_fields, methods=["GET"]),
    Route("/elements/wallet", wallet_sheet, methods=["GET"]),
]

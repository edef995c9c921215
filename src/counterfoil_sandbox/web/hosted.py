"""The gateway's own pages: online banking, and digital currency, whose amount is the payer's."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from counterfoil_sandbox.errors import GatewayError
from counterfoil_sandbox.resources.pages import Page, Pages
from counterfoil_sandbox.web.bodies import read_bytes
from counterfoil_sandbox.web.guards import engine_of
from counterfoil_sandbox.web.pages import back, home_of
from counterfoil_sandbox.web.rendering import csp, message, page, texts_for, theme_of
from counterfoil_sandbox.web.texts import format_amount, plain_amount, read_amount

_UNREADABLE = 422


async def hosted_page(request: Request) -> Response:
    """The payer is asked to pay; once they have, or have left, it sends them back. Digital currency
    can still be sent when it is too late."""
    found = _found(request)
    if found is None:
        return message(request, 404, "missing")
    if found.status != "requires_action" and not found.is_late:
        return back(request, found)
    return _shown(request, found)


async def hosted_paid(request: Request) -> Response:
    """The payer pays; an amount that can't be read is asked for again. The unguessable address is
    what protects it from other pages."""
    found = _found(request)
    if found is None:
        return message(request, 404, "missing")
    amount = None
    if found.is_open:
        form = parse_qs((await read_bytes(request)).decode("utf-8", "replace"))
        typed = form.get("amount", [""])[0]
        amount = read_amount(typed, found.currency)
        if amount is None:
            return _shown(request, found, wrong=typed)
    _pages(request).pay(_secret(request), amount=amount)
    return _gone(request)


async def hosted_left(request: Request) -> Response:
    """The payer goes without paying."""
    if _found(request) is None:
        return message(request, 404, "missing")
    _pages(request).leave(_secret(request))
    return _gone(request)


def _gone(request: Request) -> Response:
    request.app.state.wake()
    return back(request, _pages(request).get(_secret(request)))


def _shown(request: Request, found: Page, *, wrong: str | None = None) -> Response:
    """The page; with what was typed there and is no amount, if anything was."""
    is_wrong = wrong is not None
    typed = plain_amount(found.amount, found.currency) if wrong is None else wrong
    texts = texts_for(request, found.locale)
    return page(
        "hosted.html",
        _UNREADABLE if is_wrong else 200,
        csp(form_to=("'self'", *home_of(found.return_url))),
        texts=texts,
        theme=theme_of(request),
        found=found,
        title=texts.words[f"{found.kind}_title"],
        lead=texts.words[f"{found.kind}_lead"],
        amount=format_amount(found.amount, found.currency, texts.language),
        typed=typed,
        is_wrong=is_wrong,
        here=f"/pay/{_secret(request)}",
    )


def _found(request: Request) -> Page | None:
    engine_of(request).catch_up()
    try:
        return _pages(request).get(_secret(request))
    except GatewayError:
        return None


def _pages(request: Request) -> Pages:
    return engine_of(request).pages


def _secret(request: Request) -> str:
    return str(request.path_params["secret"])


ROUTES = [
    Route("/pay/{secret}", hosted_page, methods=["GET"]),
    Route("/pay/{secret}/pay", hosted_paid, methods=["POST"]),
    Route("/pay/{secret}/leave", hosted_left, methods=["POST"]),
]

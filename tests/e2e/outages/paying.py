"""A payer without a browser: the page of a link, its form, and the button."""

import secrets
from dataclasses import dataclass

import httpx

from e2e.stack import Payer, Stack

PATIENCE_SECONDS = 40


@dataclass(frozen=True)
class Form:
    """The form of a link's page as it stands in front of a payer, filled in; each request has a
    connection of its own, as behind a proxy."""

    browser: httpx.Client
    address: str
    fields: dict[str, str]

    def send(self) -> httpx.Response:
        """Presses the button."""
        return self.browser.post(self.address, data=self.fields)


class Front(httpx.BaseTransport):
    """What a proxy does in front of several servers: each request goes to the one that it names
    now."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._wire = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hands the request on; the host that it asks for stays."""
        request.url = request.url.copy_with(port=self.port)
        return self._wire.handle_request(request)


def opened(stack: Stack, payer: Payer, front: Front | None = None) -> Form:
    """The page of the payer's link, straight from the server or through what stands in front."""
    browser = httpx.Client(
        base_url=payer.business.url,
        headers={"Connection": "close"},
        timeout=PATIENCE_SECONDS,
        transport=front,
    )
    path = payer.link.removeprefix(payer.business.url)
    page = browser.get(path)
    assert page.status_code == 200, page.text[:300]
    fields = {
        "csrfmiddlewaretoken": page.text.split('csrfmiddlewaretoken" value="')[1].split('"')[0],
        "form_key": secrets.token_hex(8),
        "source": stack.sandbox.token(),
    }
    return Form(browser, f"{path}/pay", fields)

"""The road of a payer over a gateway's own page: from ours to the gateway's and back, and what it
pushes meanwhile."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from adapters.gateways.contract.counterpart import Counterpart, Push

JSON = {"accept": "application/json"}


class Road:
    """A gateway that Harrow Water is paid by, and its payers on their way."""

    def __init__(self, business: Any, there: Counterpart, portal: Callable[[], Any]) -> None:
        from counterfoil.flows.setting_up.open_business import connect_gateway

        self.there: Any = there
        self._portal = portal
        held = there.account(there.url)
        self.account = connect_gateway(
            business,
            kind=there.name,
            name=held.name,
            settings=held.settings,
            secrets=held.secrets,
            at=datetime.now(UTC),
        )

    def leave(self, browser: Any, here: str, way: str) -> str:
        """Chooses this way on a page; gives the address that the browser goes on to."""
        page = browser.get(here).content.decode()
        assert f'value="{way}"' in page
        key = re.search(r'name="form_key" value="([^"]+)"', page)
        assert key
        sent = browser.post(f"{here}/pay", {"form_key": key.group(1), "way": way}, headers=JSON)
        return str(sent.json()["go"])

    def push(self, push: Push) -> None:
        """The gateway pushes, and the worker does what follows of it."""
        from counterfoil.kernel.ids import encode
        from factories.worker import work

        headers = {name: value for name, value in push.headers.items() if name != "Content-Type"}
        path = f"/hooks/harrow/{encode('gwa', self.account)}"
        sent = self._portal().post(
            path, push.body, content_type="application/json", headers=headers
        )
        assert sent.status_code == 200, sent.content
        work()


def words(answer: Any) -> str:
    """What a page says."""
    return " ".join(unescape(answer.content.decode()).split())


def printed(answer: Any) -> str:
    """What a receipt says on paper."""
    from domain.documents.printed import sheets

    return " ".join(one.words for page in sheets(answer.content) for one in page.texts)


def path_of(address: str) -> str:
    """Where at our own host an address leads."""
    return urlsplit(address).path

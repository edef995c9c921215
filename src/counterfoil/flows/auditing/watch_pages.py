"""The watch over the pay page (PCI DSS 11.6.1): what the web really serves at each host of a
business is received over HTTP and compared with the inventory of the program."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.hosts import Door
from counterfoil.domain.payments import queries as payments
from counterfoil.infra.db import outside_transaction, reading
from counterfoil.infra.http.session import outgoing_session
from counterfoil.infra.scripts.inventory import integrity, scripts
from counterfoil.infra.scripts.received import Origins, look_at, origins_of
from counterfoil.kernel.ids import BusinessId

LIFE_SECONDS = 120
NO_ANSWER = "no answer"
_SIGNER = TimestampSigner(salt="counterfoil.watch")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is not as it should be at a host, in a few plain words; `NO_ANSWER` where nothing could
    be looked at."""

    host: str
    what: str


class _Silent(Exception):
    """Nothing was received."""


def specimen_path(business_id: BusinessId) -> str:
    """Where the pay page is shown to the watch, of nobody's invoice; good for two minutes."""
    return f"/pay-page/{_SIGNER.sign(business_id.hex)}"


def is_watch(business_id: BusinessId, token: str) -> bool:
    """Whether the watch of this business asks, and just now."""
    try:
        return _SIGNER.unsign(token, max_age=LIFE_SECONDS) == business_id.hex
    except BadSignature:
        return False


@outside_transaction
def faults_of(business_id: BusinessId) -> list[Fault]:
    """Looks at the pay page at each host where customers come in, and at every script that it
    loads, as a browser would receive them."""
    with reading(business_id):
        accounts = payments.active_accounts(business_id)
    allowed = origins_of((one.kind, one.opened.settings) for one in accounts)
    hosts = [one.host for one in businesses.hosts(business_id) if one.door is not Door.STAFF]
    return [Fault(host, what) for host in hosts for what in _looked(business_id, host, allowed)]


def _looked(business_id: BusinessId, host: str, allowed: Origins) -> list[str]:
    site = f"{'http' if settings.INSECURE_LOOPBACK else 'https'}://{host}"
    with outgoing_session() as session:
        try:
            page = _received(session, site + specimen_path(business_id))
            if page.status_code != requests.codes.ok:
                return [f"answer {page.status_code}"]
            looked = look_at(
                page.content.decode("utf-8", "replace"),
                page.headers,
                allowed,
                is_secure=site.startswith("https"),
            )
            faults = list(looked.faults)
            for one in looked.loaded:
                answer = _received(session, site + one.address)
                if integrity(answer.content) != scripts()[one.name].integrity:
                    faults.append(f"content of {one.name}")
        except _Silent:
            return [NO_ANSWER]
    return faults


def _received(session: requests.Session, url: str) -> requests.Response:
    """One answer, from that very host."""
    assert urlsplit(url).netloc
    try:
        answer = session.get(url, allow_redirects=False)
    except requests.exceptions.RequestException as problem:
        raise _Silent from problem
    if answer.status_code in (502, 503, 504):
        raise _Silent
    return answer

"""A `requests` session for libraries that bring their own calls: each goes to a judged address, and
so does every redirect."""

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from counterfoil.infra.http.targets import Target, TargetRefused, TargetUnknown, target

DEADLINE_SECONDS = 5.0
ANSWER_BYTES_MAX = 2_000_000
REDIRECTS_MAX = 3


class _Pinned(HTTPAdapter):
    """Connects to the address that was judged; the certificate is asked for the host's name."""

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Sends one request (`requests` comes here for each hop of a redirect)."""
        try:
            found = target(request.url or "")
        except (TargetRefused, TargetUnknown) as problem:
            raise requests.exceptions.InvalidURL(problem.message, request=request) from problem
        request.target = found  # type: ignore[attr-defined]
        request.headers["Host"] = found.authority
        ends = time.monotonic() + DEADLINE_SECONDS
        kwargs |= {"timeout": DEADLINE_SECONDS, "proxies": {}, "stream": True}
        response = super().send(request, *args, **kwargs)
        body = bytearray()
        for chunk in response.iter_content(65536):
            body += chunk
            if len(body) > ANSWER_BYTES_MAX or time.monotonic() > ends:
                response.close()
                raise requests.exceptions.ReadTimeout("too long or too slow", request=request)
        response._content = bytes(body)
        return response

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The vetted address in the place of the name, which stays for the certificate."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        found: Target = request.target
        host["host"] = found.addresses[0]
        if host["scheme"] == "https":
            pool |= {"server_hostname": found.host, "assert_hostname": found.host}
        return host, pool


def outgoing_session() -> requests.Session:
    """A session that calls nothing but what may be called, and trusts no proxy of the
    environment."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = REDIRECTS_MAX
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Pinned())
    return session

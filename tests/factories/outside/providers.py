"""Sign-in providers as processes: two that strangers wrote, and one of ours that can lie."""

import html
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from factories.sandbox_process import free_port

START_SECONDS_MAX = 20
_OURS = Path(__file__).with_name("identity_provider.py")
_PYSAML2 = Path(__file__).with_name("saml_provider.py")
_POSTED = re.compile(r'<form action="([^"]+)".*name="SAMLResponse" value="([^"]+)"', re.DOTALL)


class Process:
    """A provider on loopback."""

    probe = "/metadata"

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=20, trust_env=False)
        self.log = folder / f"{type(self).__name__}.log"
        self._start()

    def _start(self) -> None:
        with self.log.open("ab") as log:
            environment = os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"}
            self.process = subprocess.Popen(
                [sys.executable, *self.command()], stdout=log, stderr=log, env=environment
            )
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.http.get(self.probe).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"the provider did not start: {self.log.read_text()[-2000:]}")

    def starts_again(self) -> None:
        """As after a restart: at the same address, with new keys, and with nothing that it knew."""
        self._end()
        self._start()

    def _end(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def command(self) -> list[str]:
        """How it is started."""
        return [str(_OURS), str(self.port)]

    def stop(self) -> None:
        """Ends the process."""
        self.http.close()
        self._end()


class Liar(Process):
    """Ours: SAML and OpenID Connect, true or false as it is told."""

    def says(self, **told: Any) -> None:
        """Whom it names from now on, and its fault."""
        self.http.post("/next", json=told).raise_for_status()

    def answer(self, address: str) -> dict[str, str]:
        """What its page would post to us, and where to."""
        told: dict[str, str] = self.http.get(address).json()
        return told

    def seen(self) -> dict[str, Any]:
        """What it was asked."""
        told: dict[str, Any] = self.http.get("/seen").json()
        return told


class Saml(Process):
    """`pysaml2`: a SAML provider that others wrote, set up as it is told."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("xmlsec1") is None:
            pytest.skip("pysaml2 signs by xmlsec1: install it (Debian, Ubuntu: xmlsec1)")
        super().__init__(folder)

    def command(self) -> list[str]:
        """How it is started."""
        return [str(_PYSAML2), str(self.port), str(self.folder)]

    def serves(self, metadata: str) -> None:
        """Who asks it from now on, by their metadata."""
        self.http.post("/service", content=metadata).raise_for_status()

    def says(self, **told: Any) -> None:
        """Whom it names from now on, and how it is set up."""
        self.http.post("/next", json=told).raise_for_status()

    def answer(self, address: str) -> dict[str, str]:
        """What its page would post to us, and where to."""
        page = self.http.get(address).text
        form = _POSTED.search(page)
        assert form, page
        url, response = map(html.unescape, form.groups())
        return {"url": url, "SAMLResponse": response}


class OpenId(Process):
    """`oidc-provider-mock`: an OpenID provider that others wrote."""

    probe = "/.well-known/openid-configuration"

    def command(self) -> list[str]:
        """How it is started."""
        return ["-m", "oidc_provider_mock", "--port", str(self.port)]

    def knows(self, subject: str, **claims: Any) -> None:
        """Somebody who can sign in there."""
        self.http.put(f"/users/{subject}", json=claims).raise_for_status()

    def signs_in(self, address: str, subject: str) -> str:
        """Somebody signs in at the provider's own page; returns where they are sent back to."""
        answer = self.http.post(address, data={"sub": subject})
        assert answer.status_code in (302, 303), answer.text[-2000:]
        return answer.headers["location"]


def path_of(address: str) -> str:
    """The path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def asked(address: str) -> dict[str, str]:
    """What an address asks."""
    return dict(parse_qsl(urlsplit(address).query))

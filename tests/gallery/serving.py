"""Serves the drawn gallery on loopback under the product's strict content policy."""

import json
import mimetypes
import re
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from counterfoil.surfaces.portal.ways.values import CardFields
from counterfoil.surfaces.ui.brand import brand_css
from gallery.drawing import STATICS, make_environment, reading
from gallery.stories import Story, stories

AXE = Path(__file__).parents[1] / "e2e/vendor/axe.min.js"
GOES_ON = re.compile(rb"<script[^>]*go_on[^>]*></script>")
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "connect-src 'self'; font-src 'self'; img-src 'self' data:; style-src 'self'; "
    "script-src 'self' {gateway}; frame-src {gateway}"
)


class Gallery:
    """One server: `/NAME?language=de` draws a story when it is asked for, `de!` in the
    words of the catalogue."""

    def __init__(self, gateway: str = "", key: str = "", port: int = 0) -> None:
        script = f"{gateway}/elements/v1/card.js"
        self.card = CardFields(script, "CounterfoilSandbox.mount", {"account": key})
        self.policy = POLICY.format(gateway=gateway or "'self'")
        self.stories = {story.name: story for story in stories(self.card)}
        self.sent: list[bytes] = []
        self._environment = make_environment()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> "Gallery":
        """Serves in the background."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()

    def close_unserved(self) -> None:
        """Gives the port back without ever having served."""
        self._server.server_close()

    def draw(self, story: Story, language: str = "en") -> str:
        """The page's HTML."""
        context = story.context()
        if story.shell is not None:
            plain = language.removesuffix("!")
            given: dict[str, Any] = {"locale": plain}
            given["direction"] = "rtl" if plain == "ar" else "ltr"
            context["shell"] = replace(story.shell, **given)
        with reading(language):
            return self._environment.get_template(story.template).render(context)

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        name = path.strip("/")
        if path.startswith("/static/"):
            places = [folder / path.removeprefix("/static/") for folder in STATICS]
            file = next((place for place in places if place.is_file()), places[0])
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return (200, kind, file.read_bytes()) if file.is_file() else (404, kind, b"")
        if path == "/axe.js":
            return 200, "text/javascript", AXE.read_bytes()
        if path == "/brand.css":
            return 200, "text/css", brand_css(query.get("accent", ["0f5c4c"])[0]).encode()
        if name in self.stories:
            drawn = self.draw(self.stories[name], query.get("language", ["en"])[0])
            return 200, "text/html; charset=utf-8", drawn.encode()
        if path == "/poll":
            return 204, "text/html", b""
        return 404, "text/plain", b"not in the gallery"

    def pay(self, body: bytes) -> dict[str, object]:
        """What the portal would answer: the first token is declined, the second one pays."""
        self.sent.append(body)
        if len(self.sent) == 1:
            words = ["The card has expired.", "No money was taken."]
            return {"title": "Payment declined", "words": words, "form_key": "key_2"}
        return {"go": "/result-received"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gallery = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                status, kind, body = gallery.answer(parts.path, parse_qs(parts.query))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Security-Policy", gallery.policy)
                if parts.path.startswith("/static/") or parts.path == "/axe.js":
                    self.send_header("Cache-Control", "max-age=3600")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                if "text/html" in self.headers.get("Accept", ""):
                    self._stay()
                    return
                length = int(self.headers.get("Content-Length", 0))
                body = json.dumps(gallery.pay(self.rfile.read(length))).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _stay(self) -> None:
                """A form that goes on by itself comes to its own page, which then stays."""
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = parse_qs(urlsplit(self.headers.get("Referer", "")).query)
                _, kind, body = gallery.answer(self.path, asked)
                body = GOES_ON.sub(b"", body)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Security-Policy", gallery.policy)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_facts: object) -> None:
                """Quiet."""

        return Handler

"""A plain payment page on another origin, with a strict CSP, that pays through the card fields."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from factories.sandbox_process import AccountAtSandbox, Sandbox, free_port

HTML = """<!doctype html>
<html lang="{locale}" dir="{direction}" data-theme="{theme}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pay</title><link rel="stylesheet" href="/page.css">
<script src="{gateway}/elements/v1/card.js" defer></script><script src="/page.js" defer></script>
</head><body><main><p>Amount due</p><h1>EUR 203.55</h1>
<div id="fields" data-account="{account}" data-locale="{locale}" data-theme="{theme}"
 data-accent="{accent}"></div>
<button id="pay">Pay EUR 203.55</button><p id="result" role="status"></p></main></body></html>"""

CSS = """:root{color-scheme:light dark;--paper:#fff;--desk:#f3f5f2;--ink:#16211d;--a:#0f5c4c;
--on:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#18211d;--desk:#0f1613;--ink:#eaf0ec;--a:#5cc9ac;
--on:#0f1613}}
[data-theme=dark]{color-scheme:dark;--paper:#18211d;--desk:#0f1613;--ink:#eaf0ec;--a:#5cc9ac;
--on:#0f1613}
body{margin:0;padding:24px 16px;background:var(--desk);color:var(--ink);font:16px/24px Inter,
system-ui,sans-serif}main{max-width:324px;margin:auto;padding:32px;background:var(--paper);
border-radius:14px}h1{margin:0 0 20px;font-size:44px;line-height:52px}p{margin:0}
button{width:100%;height:48px;margin-top:18px;border:0;border-radius:10px;background:var(--a);
color:var(--on);font:600 16px Inter,system-ui,sans-serif}"""

JS = """"use strict";
const box = document.getElementById("fields");
const result = document.getElementById("result");
const card = CounterfoilSandbox.mount(box, { ...box.dataset, title: "Card details" });
window.card = card;
window.seen = [];
for (const name of ["ready", "change", "height", "submit", "error"]) {
  card.on(name, (facts) => window.seen.push({ name, ...facts }));
}
async function pay() {
  try {
    const { token, brand, last4 } = await card.tokenize();
    const answer = await fetch("/pay", { method: "POST", body: JSON.stringify({ token }) });
    const charge = await answer.json();
    if (charge.next_action) window.location.assign(charge.next_action.url);
    result.textContent = `${charge.status} ${brand} ${last4}`;
  } catch (error) {
    result.textContent = `refused ${error.field}: ${error.message}`;
  }
}
document.getElementById("pay").addEventListener("click", pay);
card.on("submit", pay);
"""


class PaymentPage:
    """Serves the page and charges the tokens that it sends."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox = sandbox
        self.account: AccountAtSandbox = sandbox.open_account(origins=[self.url])
        self.sent: list[bytes] = []
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()

    def html(self, query: dict[str, list[str]]) -> str:
        """The page as its address asks for it."""
        locale = query.get("locale", ["en"])[0]
        return HTML.format(
            locale=locale,
            direction="rtl" if locale == "ar" else "ltr",
            theme=query.get("theme", ["auto"])[0],
            accent=query.get("accent", ["#0f5c4c"])[0],
            gateway=self.sandbox.url,
            account=query.get("account", [self.account.body["publishable_key"]])[0],
        )

    def pay(self, body: bytes) -> dict[str, Any]:
        """Charges the token, as a portal's server does."""
        self.sent.append(body)
        request = self.account.request(
            source=json.loads(body)["token"],
            return_url=f"{self.url}/back?invoice=7",
            description="Invoice HW-2026-00418",
        )
        charge: dict[str, Any] = self.account.post_charge(request).json()
        return charge

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                page.requests.append(self.path)
                files = {"/page.css": ("text/css", CSS), "/page.js": ("text/javascript", JS)}
                back = ("text/html", "<!doctype html><title>Back</title><h1>Back</h1>")
                if parts.path in files:
                    self.answer(*files[parts.path])
                elif parts.path == "/back":
                    self.answer(*back)
                else:
                    self.answer("text/html", page.html(parse_qs(parts.query)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.answer("application/json", json.dumps(page.pay(body)))

            def answer(self, kind: str, text: str) -> None:
                body = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header(
                    "Content-Security-Policy",
                    f"default-src 'none'; script-src 'self' {page.sandbox.url};"
                    f" frame-src {page.sandbox.url}; style-src 'self'; connect-src 'self';"
                    " img-src 'self'; base-uri 'none'; form-action 'none';"
                    " require-trusted-types-for 'script'; frame-ancestors 'none'",
                )
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_values: object) -> None:
                """Quiet."""

        return Handler

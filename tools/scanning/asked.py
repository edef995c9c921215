"""Writes down what a scanner is to ask of a demo: every query, form, body and id, once a route.

    python tools/scanning/asked.py DEMO_FOLDER OUT_FOLDER MAIL_ADDRESS
    python tools/scanning/asked.py DEMO_FOLDER OUT_FOLDER anybody
    python tools/scanning/asked.py DEMO_FOLDER OUT_FOLDER api

The first signs in and walks through the pages of the person's door; the second walks through those
before the doors, and those of a guest link; the third reads the API's description. OUT_FOLDER
gets `requests/`, one HTTP request a file, with a `*` behind each id in its address; of a person
also `cookies.txt` and `urls.txt`, one page a route.
"""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
from made import ANYBODY, CUSTOMER, STAFF, Step

ROOT = Path(__file__).resolve().parents[2]
DESCRIPTION = ROOT / "src/counterfoil/surfaces/api/openapi.json"
AN_ID = re.compile(
    r"(?<=/)(?:[a-z]{2,4}_[0-9a-z]{26}|[0-9a-f-]{36}|[A-Z]+-[A-Z0-9-]+|[\w.-]{40,}|\d+)(?=/|$)"
)
A_ROW = re.compile(r"(?<=[.-])(?:[0-9a-f-]{36}|[A-Z]+-[A-Z0-9-]+)$")  # in the name of a field
IN_MAILS = re.compile(r'http://[^\s"<>]+/(?:b|i|join)/[\w.-]{26,}')
ENDS_THE_WALK = re.compile(r"sign-out|/see$|/leave|/sessions/")
SHUTS_OUT = re.compile(
    r"/people|/contacts/|/erase|/remove|/revoke|/rotate|sign-on|/gateways/"
    r"|security/(password|address|number)"
)
"""What may take the scanner's own rights away is asked last."""
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  a name
PAGES_OF_ROUTE = 12
"""They differ by what can be done in them: a draft, what waits, what came back."""
STAFF_STARTS = (
    *("", "invoices/?status=draft", "settings/", "payments/", "invoices/", "customers/", "bank/"),
    *("bank/?status=aside", "approvals/", "registrations/", "erasures", "payments/?status=unknown"),
    *("settings/sign-on", "security/password/", "security/address/", "security/number/"),
)
CUSTOMER_STARTS = (
    *("", "profile/", "people/", "methods/", "mandates/", "planned/", "links/", "security/"),
    *("genuine/", "pay", "pay/check", "switch/", "register/"),
    *("security/password/", "security/address/", "security/number/"),
)
DOORS = (
    *("/sign-in/", "/sign-in/code/", "/register/", "/password/reset/", "/genuine/"),
    *("/sign-in/company/", "/sign-in/link/", "/register/confirm/", "/password/reset/sent/"),
    *("/backoffice/sign-in", "/backoffice/sign-in/code/", "/backoffice/sign-in/company/"),
)
BESIDE_A_GUEST_LINK = ("", "/check", "/confirm", "/pay")
FILLED = {"email": "somebody@example.com", "login": "somebody@example.com"}
VALUES = {"limit": "1", "q": "HW", "at": "2026-10-01", "status": "open"}
IN_PATHS = {
    "customer_id": "customers",
    "invoice_id": "invoices",
    "credit_note_id": "credit-notes",
    "payment_id": "payments",
    "mandate_id": "mandates",
}


class Page(HTMLParser):
    """The links of a page, and its forms: method, action and fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self._fields: dict[str, str] = {}
        self._named: dict[str, dict[str, str]] = {}
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes what links, begins a form, or stands in one."""
        at = {name: value or "" for name, value in attrs}
        if tag != "link":
            self.links += [at[name] for name in ("href", "hx-get") if name in at]
        if tag == "form":
            self._fields = self._named.setdefault(at.get("id") or str(len(self.forms)), {})
            self.forms.append((at.get("method", "get").upper(), at.get("action", ""), self._fields))
        for also in {"formaction", "hx-post"} & set(at):
            its = self._named.setdefault(at["form"], {}) if at.get("form") else self._fields
            self.forms.append(("POST", at[also], its))
        name, value = at.get("name", ""), at.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in at:
                self._fields[self._select] = value
            self._fields.setdefault(self._select, value)
        elif name and tag in ("input", "textarea", "button"):
            if at.get("type") in ("checkbox", "radio") and "checked" not in at:
                self._fields.setdefault(name, value or "on")
            else:
                self._fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        """Ends a form or a choice."""
        if tag == "form":
            self._fields = {}
        if tag == "select":
            self._select = ""


def route_of(path: str) -> str:
    """The path with its ids blotted out; the same for every chosen customer."""
    return re.sub(r"^/c/\*/(?=.)", "/", AN_ID.sub("*", path))


def starred(path: str) -> str:
    """The path with a mark behind each id."""
    return AN_ID.sub(lambda found: f"{found[0]}*", path)


def _last_words(one: tuple[tuple[str, str, str], tuple[str, str, str]]) -> tuple[bool, Any]:
    (kind, route, _), _ = one
    return kind.startswith("POST") and bool(SHUTS_OUT.search(route)), one


@dataclass
class Asked:
    """What is to be asked, once a route and set of names."""

    headers: list[str]
    found: dict[tuple[str, str, str], tuple[str, str, str]] = field(default_factory=dict)

    def add(
        self, method: str, path: str, names: list[str], *, query: str = "", body: str = ""
    ) -> None:
        """One request for its query or body, and one for the ids in its address."""
        route = route_of(path)
        is_form = bool(body) and not body.startswith("{")
        if query or (body and set(names) != {TOKEN}):
            whole = f"{path}?{query}" if query else path
            kinds = ",".join(sorted({A_ROW.sub("*", one) for one in names}))
            self.found.setdefault((method, route, kinds), (method, whole, body))
        if starred(path) != path:
            proof = "&".join(part for part in body.split("&") if part.startswith(TOKEN))
            alone = proof if is_form else body  # its fields are asked by the other request
            self.found.setdefault((f"{method}-ID", route, ""), (method, starred(path), alone))

    def write(self, out: Path) -> None:
        """One request a file."""
        (out / "requests").mkdir(parents=True, exist_ok=True)
        for number, ((kind, _, _), (method, path, body)) in enumerate(
            sorted(self.found.items(), key=_last_words)
        ):
            kind_of_body = "json" if body.startswith("{") else "x-www-form-urlencoded"
            lines = [f"{method} {path} HTTP/1.1", *self.headers]
            lines += [f"Content-Type: application/{kind_of_body}"] if body else []
            text = "\r\n".join([*lines, "", body])
            (out / f"requests/{number:03}-{kind}.txt").write_text(text, encoding="utf-8")
        names = Counter(kind for kind, _, _ in self.found)
        print(len(self.found), "requests:", dict(names))


class Walk:
    """One person's way through the pages of their door."""

    def __init__(self, demo: dict[str, Any], address: str) -> None:
        stranger = {"email": "", "business": demo["businesses"][0]["slug"]}
        people = [*demo["staff"], *demo["customers"], stranger]
        self.person = next(one for one in people if one["email"] == address)
        business = self.person["business"]
        self.site = next(one for one in demo["businesses"] if one["slug"] == business)["portal_url"]
        self.is_staff = "role" in self.person
        self.root = "/backoffice/" if self.is_staff else "/"
        self.client = httpx.Client(base_url=self.site, follow_redirects=True, timeout=30)
        self.cookies = ""
        self.pages: list[str] = []
        self._count: Counter[str] = Counter()
        self._seen: set[str] = set()

    def sign_in(self) -> None:
        """Goes through the door."""
        door = self.root + ("sign-in" if self.is_staff else "sign-in/")
        forms = Page(self.client.get(door).text).forms
        _, _, fields = next(form for form in forms if "password" in form[2])
        fields |= {"login": self.person["email"], "password": self.person["password"]}
        answer = self.client.post(door, data=fields, headers={"Referer": self.site + door})
        if answer.url.path == door:
            raise SystemExit(f"{self.person['email']} can't sign in (any more)")

    def headers(self) -> list[str]:
        """Gives the headers that every request of this person has."""
        self.cookies = "; ".join(f"{one.name}={one.value}" for one in self.client.cookies.jar)
        host = urlsplit(self.site).netloc
        return [
            f"Host: {host}",
            f"Cookie: {self.cookies}",
            f"Origin: {self.site}",
            f"Referer: {self.site}/",
        ]

    def make(self, step: Step) -> httpx.Response | None:
        """Sends the step's form; None if the page has none of it (any more)."""
        answer = self.client.get(self.root + step.start)
        for words in step.by:
            links = [urljoin(str(answer.url), link) for link in Page(answer.text).links]
            answer = self.client.get(next((link for link in links if words in link), self.root))
        for method, action, fields in Page(answer.text).forms:
            where = urljoin(str(answer.url), action)
            if method == "POST" and urlsplit(where).path.endswith(step.form):
                upload = {"file": ("scanned", step.upload)} if step.upload else None
                kept = {name: value for name, value in fields.items() if name != "file"}
                headers = {"Referer": self.site + "/"}
                made = self.client.post(where, data=kept | step.sent, files=upload, headers=headers)
                print(made.status_code, "made by", urlsplit(where).path)
                return made
        print("none of", step.start, step.form)
        return None

    def note(self, asked: Asked, answer: httpx.Response) -> list[str]:
        """Takes down what the forms of a page ask; gives its links."""
        page, here = Page(answer.text), str(answer.url)
        for method, action, fields in page.forms:
            where = urljoin(here, action or here)
            if fields and where.startswith(self.site) and not ENDS_THE_WALK.search(where):
                filled = urlencode(
                    {name: value or FILLED.get(name, "1") for name, value in fields.items()}
                )
                part = {"query" if method == "GET" else "body": filled}
                asked.add(method, urlsplit(where).path, list(fields), **part)
        return [urljoin(here, link) for link in page.links]

    def through(self, asked: Asked, starts: list[str]) -> None:
        """Follows every link, and notes what each page asks."""
        queue = list(starts)
        while queue:
            target = urlsplit(urljoin(self.site, queue.pop(0)))
            if not self._is_wanted(target):
                continue
            path, query = target.path, target.query
            names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
            asked.add("GET", path, names, query=query)
            answer = self.client.get(f"{path}?{query}" if query else path)
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            queue += self.note(asked, answer)

    def _is_wanted(self, target: Any) -> bool:
        whole = f"{target.path}?{target.query}"
        ours = f"{target.scheme}://{target.netloc}" == self.site
        at_door = target.path.startswith("/backoffice") == self.is_staff or not self.person["email"]
        left_out = ENDS_THE_WALK.search(target.path) or target.path.startswith("/static/")
        if not ours or not at_door or left_out or whole in self._seen:
            return False
        self._seen.add(whole)
        names = sorted(name for name, _ in parse_qsl(target.query, keep_blank_values=True))
        route = f"{route_of(target.path)}?{','.join(names)}"
        self._count[route] += 1
        if self._count[route] == 1:
            self.pages.append(urljoin(self.site, target.path))
        return self._count[route] <= PAGES_OF_ROUTE


def of_person(demo: dict[str, Any], address: str, out: Path) -> None:
    """Everything that a person's pages ask."""
    walk = Walk(demo, address)
    if address:
        walk.sign_in()
        starts = [walk.root + one for one in (STAFF_STARTS if walk.is_staff else CUSTOMER_STARTS)]
        steps = STAFF if walk.is_staff else CUSTOMER
    else:
        walk.client.get(DOORS[0])
        starts = [*DOORS, *(demo["guest_invoice_url"] + one for one in BESIDE_A_GUEST_LINK)]
        starts += _mailed(demo, walk.site)
        steps = ANYBODY
    machines = {} if address else _machines(demo)
    answers = [walk.make(one) for one in steps]
    asked = Asked(walk.headers())
    made = [walk.note(asked, answer) for answer in answers if answer is not None]
    for where, body in machines.items():
        asked.add("POST", where, list(body), body=json.dumps(body))
    walk.through(asked, starts)
    walk.through(asked, [link for links in made for link in links])
    asked.write(out)
    (out / "cookies.txt").write_text(walk.cookies, encoding="utf-8")
    (out / "urls.txt").write_text("\n".join(dict.fromkeys(walk.pages)), encoding="utf-8")


def _mailed(demo: dict[str, Any], site: str) -> list[str]:
    """The last address of each kind that somebody was mailed: guests', and invitations."""
    kinds: dict[str, str] = {}
    for path in sorted(Path(demo["mailbox_dir"]).glob("*.eml")):
        body = message_from_bytes(path.read_bytes(), policy=default).get_body(("plain", "html"))
        for link in IN_MAILS.findall(body.get_content() if body else ""):
            if link.startswith(f"{site}/"):
                kinds[route_of(urlsplit(link).path)] = link
    checks = [f"{link}/check" for link in kinds.values() if "/b/" in link]
    return [*kinds.values(), *checks]


def _machines(demo: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What browsers and gateways send by themselves, each with where it goes."""
    key = {"Authorization": f"Bearer {demo['api_key']}"}
    accounts = httpx.get(f"{demo['api_url']}/gateways", headers=key, timeout=30).json()["data"]
    slug = demo["businesses"][0]["slug"]
    refused = {"document-uri": demo["guest_invoice_url"], "blocked-uri": "inline"}
    return {
        "/csp-report": {"csp-report": refused | {"effective-directive": "script-src"}},
        f"/hooks/{slug}/{accounts[0]['id']}": {"id": "evt_1", "type": "charge.updated"},
    }


def of_api(demo: dict[str, Any], out: Path) -> None:
    """Everything that the API's description names: queries, bodies and ids."""
    site, key = demo["portal_url"], demo["api_key"]
    headers = {"Authorization": f"Bearer {key}"}
    api = httpx.Client(base_url=demo["api_url"], headers=headers, timeout=30)
    real = {one: api.get(f"/{what}").json()["data"][0]["id"] for one, what in IN_PATHS.items()}
    payments = api.get("/payments", params={"limit": 200}).json()["data"]
    refunded = next(one["id"] for one in payments if one["refunded"])
    refund = api.get(f"/payments/{refunded}/refunds").json()["data"][0]["id"]
    described = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    asked = Asked([f"Host: {urlsplit(site).netloc}", f"Authorization: Bearer {key}"])
    for template, operations in described["paths"].items():
        ids = real | (
            {"payment_id": refunded, "refund_id": refund} if "refunds" in template else {}
        )
        path = template.format(**ids)
        for method, operation in operations.items():
            query = _query(api, path, operation, ids) if method == "get" else {}
            body = json.dumps(_example(described, operation, ids)) if method != "get" else ""
            asked.add(method.upper(), path, list(query), query=urlencode(query), body=body)
    asked.write(out)


def _query(
    api: httpx.Client, path: str, operation: dict[str, Any], ids: dict[str, str]
) -> dict[str, str]:
    """A value for each name that is good enough to be looked for; no cursor on a last page."""
    filled = {"customer": ids["customer_id"], "invoice": ids["invoice_id"]} | VALUES
    asked = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    for one in asked:
        words = [kind["enum"][-1] for kind in one["schema"].get("anyOf", []) if "enum" in kind]
        filled |= {one["name"]: words[0]} if words else {}
    if any(one["name"] == "cursor" for one in asked):
        first = api.get(path.removeprefix("/api/v1"), params={"limit": 1}).json()
        filled |= {"cursor": first["next_cursor"]} if first["next_cursor"] else {}
    return {one["name"]: filled[one["name"]] for one in asked if one["name"] in filled}


def _example(described: dict[str, Any], operation: dict[str, Any], ids: dict[str, str]) -> Any:
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    example = (described["components"]["schemas"].get(name, {}).get("examples") or [{}])[0]
    text = json.dumps(example)
    for one in ids.values():
        text = re.sub(rf'"{one.partition("_")[0]}_[0-9a-z]{{26}}"', f'"{one}"', text)
    return json.loads(text)


def main() -> None:
    """What the command line asks for."""
    folder, out, who = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    demo = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    if who == "api":
        of_api(demo, out)
    else:
        of_person(demo, "" if who == "anybody" else who, out)


if __name__ == "__main__":
    main()

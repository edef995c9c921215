"""Writes the inventory of scripts (for the program, and docs/security/scripts.md for people) and
docs/security/sbom.json: what runs in browsers, and of whose software the product is made."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from counterfoil.infra.scripts.inventory import FILE, integrity

ROOT = Path(__file__).resolve().parents[1]
SURFACES = ROOT / "src/counterfoil/surfaces"
SCRIPTS_PAGE = ROOT / "docs/security/scripts.md"
SBOM_FILE = ROOT / "docs/security/sbom.json"
PAY_FLOW = (
    "ui/pay.js",
    "ui/gateways/proof.js",
    "ui/gateways/stripe.js",
    "ui/vendor/htmx/htmx.min.js",
    "history/unkept.js",
    "ui/copy.js",
    "ui/choose.js",
)
_APPROVAL = "the maintainers, with the review of the change that brought this hash"
_BY_ACCOUNT = "the business, by connecting the gateway"
OUTSIDE: tuple[dict[str, Any], ...] = (
    {
        "gateway": "stripe",
        "origin": "https://js.stripe.com",
        "also": ["https://api.stripe.com", "https://hooks.stripe.com", "https://m.stripe.network"],
        "is_at_account": False,
        "reason": "card fields, wallets, and the bank's own confirmation",
        "owner": "Stripe",
        "approval": _BY_ACCOUNT,
    },
    {
        "gateway": "sandbox",
        "origin": "",
        "also": [],
        "is_at_account": True,
        "reason": "card fields of the trial; never in earnest",
        "owner": "Counterfoil",
        "approval": _BY_ACCOUNT,
    },
)
PAGE: dict[str, Any] = {
    "headers": {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(self)",
    },
    "policy": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
        "report-uri": ["/csp-report"],
        "report-to": ["refused"],
    },
}
_NAMED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
_HEAD = """# Scripts in our pages

Drawn by `python tools/inventory.py` from the inventory that is installed with the program
(`src/counterfoil/infra/scripts/inventory.json`); a test keeps both current. Every script is a file
of our own origin, loaded by `<script src>` with the hash below as its `integrity`: a browser runs
nothing else under that address. The Content-Security-Policy of each page refuses inline scripts,
`eval` and every other origin; what a page refused is reported to `/csp-report` and stands on the
work list. Every ten minutes (`watch_pages`), and by `counterfoil doctor`, the files that are served
and the pay page as it is received are compared with this inventory.

"Pay flow" marks what may load on a page where somebody pays (PCI DSS 6.4.3: each is there for the
reason beside it, and nothing else is). The hash is SHA-384 of the file as it is installed.

| script | pay flow | why it is there | whose | approved by | SHA-384 |
| --- | --- | --- | --- | --- | --- |
"""
_TAIL = """
## Scripts of others on a page where somebody pays

On the step of one gateway, and only there, that gateway's own script is allowed by its exact
origin; it draws the fields for the card in a frame of that origin, so that no card number ever
reaches our page. Its content is the gateway's to watch (it is not pinned: gateways change it
without notice, and ask not to).

| gateway | script from | why it is there | whose | approved by |
| --- | --- | --- | --- | --- |
{outside}| Adyen, Mollie, GoCardless, BTCPay | none | paid on the gateway's own page | - | - |

## What protects the page around them

| header | as it is received |
| --- | --- |
{headers}"""


def scripts() -> dict[str, Path]:
    """Every script of the product by the name that it is served under."""
    found = {}
    for folder in sorted(SURFACES.glob("*/static")):
        for path in sorted(folder.rglob("*.js")):
            found[path.relative_to(folder).as_posix()] = path
    return found


def inventory() -> dict[str, Any]:
    """The inventory as it is installed with the program."""
    return {
        "scripts": [
            {
                "name": name,
                "pay_flow": name in PAY_FLOW,
                "reason": _why(path),
                "owner": "the htmx project" if "vendor" in path.parts else "Counterfoil",
                "approval": _APPROVAL,
                "integrity": integrity(path.read_bytes()),
            }
            for name, path in scripts().items()
        ],
        "outside": OUTSIDE,
        "page": PAGE,
    }


def inventory_text() -> str:
    """The same as a file."""
    return json.dumps(inventory(), indent=1, ensure_ascii=False) + "\n"


def scripts_page() -> str:
    """The inventory for people."""
    rows = [
        f"| `{one['name']}` | {'yes' if one['pay_flow'] else ''} | {one['reason']} | "
        f"{one['owner']} | {one['approval']} | `{one['integrity']}` |\n"
        for one in inventory()["scripts"]
    ]
    others = [_outside_row(one) for one in OUTSIDE]
    policy = "; ".join(f"{name} {' '.join(words)}" for name, words in PAGE["policy"].items())
    told = PAGE["headers"] | {"Content-Security-Policy": policy}
    headers = [f"| {name} | `{words}` |\n" for name, words in told.items()]
    tail = _TAIL.format(outside="".join(others), headers="".join(headers))
    return _HEAD + "".join(rows) + tail


def _outside_row(one: dict[str, Any]) -> str:
    where = f"`{one['origin']}`" if one["origin"] else "the address of the gateway account"
    said = [one["gateway"].capitalize(), where, one["reason"], one["owner"], one["approval"]]
    return f"| {' | '.join(said)} |\n"


def _why(path: Path) -> str:
    """The first sentence of its own comment."""
    if "vendor" in path.parts:
        return "htmx, as it was published: loads parts of pages anew"
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("//"):
            break
        lines.append(line.removeprefix("//").strip())
    sentence = re.split(r"(?<=[.:]) ", " ".join(lines), maxsplit=1)[0]
    return sentence.rstrip(":.").replace("|", "/")


@dataclass(frozen=True)
class Package:
    """One line of the lock: what it is, where it runs, and who wants it."""

    name: str
    version: str
    marker: str
    wanted_by: tuple[str, ...]

    @property
    def ref(self) -> str:
        """Its package address."""
        return f"pkg:pypi/{self.name}@{self.version}"


def packages() -> list[Package]:
    """Everything in the lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    starts = list(_NAMED.finditer(text))
    ends = [*(one.start() for one in starts[1:]), len(text)]
    found: list[Package] = []
    for start, end in zip(starts, ends, strict=True):
        part = text[start.start() : end]
        head = part.partition("\\")[0]
        marker = head.partition(";")[2].strip()
        via = re.findall(r"^ +#(?: via)? +([^\n]+)$", part, re.MULTILINE)
        wanted = tuple(one.strip() for one in via if one.strip() != "via")
        one = Package(start[1].lower(), start[2], marker, wanted)
        if found and (found[-1].name, found[-1].version) == (one.name, one.version):
            one = replace(one, marker="", wanted_by=found.pop().wanted_by + wanted)
        found.append(one)
    return found


def used(found: list[Package]) -> set[str]:
    """What runs in an installation: all but what only the tests and tools of developers want."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"]["embedded"]]
    seen: set[str] = set()
    waiting = {re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0].lower() for text in texts}
    while waiting:
        seen |= waiting
        waiting = {one.name for one in found if seen & set(one.wanted_by)} - seen
    return seen


def sbom() -> str:
    """The bill of materials as CycloneDX 1.6."""
    found = packages()
    running = used(found)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ref = f"pkg:pypi/counterfoil@{project['version']}"
    components = [_component(one, one.name in running) for one in found]
    components.append(_htmx())
    tops = [one.ref for one in found if any("counterfoil" in by for by in one.wanted_by)]
    dependencies = [{"ref": ref, "dependsOn": sorted([*tops, components[-1]["bom-ref"]])}]
    for one in found:
        children = sorted(other.ref for other in found if one.name in other.wanted_by)
        dependencies.append({"ref": one.ref, "dependsOn": children})
    made = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": ref,
                "name": "counterfoil",
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": components,
        "dependencies": dependencies,
    }
    return json.dumps(made, indent=1) + "\n"


def _component(one: Package, is_used: bool) -> dict[str, Any]:  # noqa: FBT001  a plain fact
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": one.ref,
        "name": one.name,
        "version": one.version,
        "purl": one.ref,
        "scope": "required" if is_used else "excluded",
    }
    if one.marker:
        made["properties"] = [{"name": "counterfoil:marker", "value": one.marker}]
    return made


def _htmx() -> dict[str, Any]:
    path = SURFACES / "ui/static/ui/vendor/htmx/htmx.min.js"
    content = path.read_bytes()
    version = re.search(rb'version:"([0-9.]+)"', content)
    assert version is not None
    number = version[1].decode()
    ref = f"pkg:npm/htmx.org@{number}"
    return {
        "type": "library",
        "bom-ref": ref,
        "name": "htmx.org",
        "version": number,
        "purl": ref,
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}],
    }


if __name__ == "__main__":
    FILE.write_text(inventory_text(), encoding="utf-8")
    SCRIPTS_PAGE.write_text(scripts_page(), encoding="utf-8")
    SBOM_FILE.write_text(sbom(), encoding="utf-8")

"""Says where the demo is and how to sign in: for scripts in demo.json, for people in a terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HOSTS = ("localhost", "127.0.0.1")
CARD = "4242 4242 4242 4242"


def published(
    facts: Mapping[str, Any], mailbox: Path, port: int, sandbox_url: str
) -> dict[str, Any]:
    """Joins what seeding wrote down with the addresses of this run.

    The first business answers at localhost, the second at 127.0.0.1: two host names, so that
    their cookies stay apart without any set-up.
    """
    businesses = [
        dict(business) | {"portal_url": f"http://{host}:{port}"}
        for host, business in zip(HOSTS, facts["businesses"], strict=True)
    ]
    first = businesses[0]
    guest = urlsplit(facts["guest_invoice_url"])
    return {
        "portal_url": first["portal_url"],
        "backoffice_url": f"{first['portal_url']}/backoffice/",
        "api_url": f"{first['portal_url']}/api/v1",
        "api_key": first["api_key"],
        "sandbox_url": sandbox_url,
        "mailbox_dir": str(mailbox),
        "guest_invoice_url": first["portal_url"] + guest._replace(scheme="", netloc="").geturl(),
        "staff": facts["staff"],
        "customers": facts["customers"],
        "businesses": businesses,
    }


def sign_ins(published_facts: Mapping[str, Any], folder: Path) -> str:
    """Gives the text that a person reads once everything is ready."""
    lines: list[str] = []
    for business in published_facts["businesses"]:
        lines += [
            f"  {business['name']}",
            f"    customers   {business['portal_url']}/",
            *people(published_facts["customers"], business, "name"),
            f"    staff       {business['portal_url']}/backoffice/",
            *people(published_facts["staff"], business, "role"),
            "",
        ]
    lines += [
        f"  Without signing in  {published_facts['guest_invoice_url']}",
        f"  Card for paying     {CARD}, any date to come, any CVC",
        f"  Sent mail           {published_facts['mailbox_dir']}",
        f"  For scripts         {folder / 'demo.json'}",
        "",
        "  Ctrl-C stops everything and keeps the data; --fresh starts anew.",
        "",
    ]
    return "\n".join(lines)


def people(everyone: list[Mapping[str, Any]], business: Mapping[str, Any], says: str) -> list[str]:
    """Gives one line a person who can sign in at this business."""
    known = (business["slug"], business["name"])
    return [
        f"                {person['email']:<34} {person['password']:<22} {person[says]}"
        for person in everyone
        if person["business"] in known
    ]

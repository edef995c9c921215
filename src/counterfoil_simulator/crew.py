"""The crew: processes that each live seeds on a database of their own. Nothing here loads Django
before its address is known."""

import gc
import importlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from counterfoil.cli.environment import outside_environment
from counterfoil.cli.postgres import Addresses

_SECRET_KEY = "a-key-of-a-simulation-that-guards-nothing-at-all"  # noqa: S105  it says so


_SELDOM = 50_000


@dataclass(frozen=True, slots=True)
class Lived:
    """How one seed's life went, as it is handed to another process."""

    seed: int
    breaches: tuple[str, ...]
    story: str
    steps: int
    tally: dict[str, int]
    without: tuple[str, ...] = ()  # the kinds of fault that it does not need to break


class Results(Protocol):
    """Where results go; closed when there are no more from here."""

    def send(self, one: Lived, /) -> None:
        """Hands one over."""


def environment(addresses: Addresses, folder: Path) -> dict[str, str]:
    """What a process of the application is told; the owner's address is not among it."""
    return {
        "DJANGO_SETTINGS_MODULE": "counterfoil.config.settings",
        "DATABASE_URL": addresses.app_url,
        "COUNTERFOIL_SECRET_KEY": _SECRET_KEY,
        "COUNTERFOIL_DATA": str(folder),
        "COUNTERFOIL_DEMO": "1",
        "PYTHONHASHSEED": "0",
    }


def prepare(addresses: Addresses, folder: Path, count: int) -> list[Addresses]:
    """Migrates the database, and copies it for every member of the crew."""
    told = environment(addresses, folder) | {
        "DATABASE_OWNER_URL": addresses.owner_url,
        "COUNTERFOIL_AS_OWNER": "1",
    }
    subprocess.run(
        [sys.executable, "-m", "counterfoil.cli.main", "migrate"],
        env=outside_environment() | told,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    first = urlsplit(addresses.owner_url).path.lstrip("/")
    role = unquote(urlsplit(addresses.app_url).username or "")
    copies = [f"{first}_{number}" for number in range(1, count)]
    elsewhere = _renamed(addresses.owner_url, "postgres")
    with psycopg.connect(elsewhere, autocommit=True) as owner:
        for name in copies:
            names = {
                "name": sql.Identifier(name),
                "first": sql.Identifier(first),
                "role": sql.Identifier(role),
            }
            owner.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {first}").format(**names))
            owner.execute(sql.SQL("GRANT CONNECT ON DATABASE {name} TO {role}").format(**names))
    return [
        Addresses(_renamed(addresses.app_url, name), _renamed(addresses.owner_url, name))
        for name in (first, *copies)
    ]


def _renamed(address: str, database: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{database}"))


def work(
    addresses: Addresses,
    folder: Path,
    seeds: Sequence[int],
    without: Sequence[str],
    results: Results,
) -> None:
    """One member of the crew: lives its seeds, one after the other; a broken one is shrunk."""
    os.environ.update(environment(addresses, folder))
    importlib.import_module("counterfoil.cli.django_setup").load_django()
    importlib.import_module("logging").disable()  # what goes wrong is told in the stories
    lives: Any = importlib.import_module("counterfoil_simulator.life")
    site: Any = importlib.import_module("counterfoil_simulator.site")
    gc.freeze()  # what is loaded now stays: nothing of it is looked through again
    gc.set_threshold(_SELDOM)
    with site.Site(addresses.app_url, addresses.owner_url).open() as place:
        for seed in seeds:
            lived, absent = lives.live(seed, place, without), list(without)
            if lived.breaches:
                lived, absent = lives.shrunk(lived, place, without)
            breaches = tuple(one.text for one in lived.breaches)
            tally = dict(lived.tally)
            made = Lived(seed, breaches, lived.story, lived.steps, tally, tuple(absent))
            results.send(made)

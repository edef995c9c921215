"""How the database is reached: as its address says, and to another machine only where nobody in
between can read along or answer in its place."""

from typing import Any

from psycopg import ProgrammingError, pq
from psycopg.conninfo import conninfo_to_dict

from counterfoil.kernel.hosts import is_loopback

CHECKED = ("verify-full", "verify-ca")
"""The modes in which libpq looks whether the server's certificate is by an authority that it was
told of. `require` encrypts to whoever answers: libpq checks nothing then, or with a file of
authorities at hand as `verify-ca` does, which its manual asks nobody to rely on."""
_OPTIONS = "-c timezone=UTC -c lock_timeout=10000"


class BadAddress(ValueError):
    """An address of a database that can't be read, or that leads away without a certificate."""


def described(address: str, *, allows_plain: bool, prepares: bool) -> dict[str, Any]:
    """Django's description of a `postgresql://` address; what it asks beyond the place is handed to
    libpq. Refuses (`BadAddress`) one to another machine that checks no certificate, unless
    `allows_plain`."""
    try:
        told = conninfo_to_dict(address)
    except ProgrammingError as error:
        message = "can't be read: write it like postgresql://role:password@host:5432/database"
        raise BadAddress(message) from error  # the reason might repeat a password
    if not allows_plain:
        _refuse_plain(told)
    place = {name: str(told.pop(name, "")) for name in ("host", "port", "user", "password")}
    theirs = {"options": f"{_OPTIONS} {told.pop('options', '')}".strip()}
    return {
        "ENGINE": "counterfoil.infra.postgres",
        "HOST": place["host"],
        "PORT": place["port"] or "5432",
        "USER": place["user"],
        "PASSWORD": place["password"],
        "NAME": str(told.pop("dbname", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "server_side_binding": True,
            "prepare_threshold": 3 if prepares else None,
            **told,
            **theirs,
        },
    }


def _refuse_plain(told: dict[str, Any]) -> None:
    """What an address leaves out libpq takes from the environment (`PGHOST`, `PGSSLMODE`)."""
    known = {one.keyword: one.val for one in pq.Conninfo.get_defaults() if one.val}
    said = {name.decode(): value.decode() for name, value in known.items()} | told
    places = [str(said.get(name, "")) for name in ("hostaddr", "host")]
    away = [one for place in places for one in place.split(",") if not _is_here(one)]
    if said.get("service"):
        away.append(f"service {said['service']}")
    mode = str(said["sslmode"])
    if said.get("sslrootcert") == "system" and "sslmode" not in told:
        mode = "verify-full"  # libpq takes no other then
    if away and mode not in CHECKED:
        raise BadAddress(
            f"leads to {away[0]} with sslmode={mode}, which checks no certificate: add "
            "?sslmode=verify-full&sslrootcert=FILE (its authority; or system), or set "
            "COUNTERFOIL_PLAIN_DATABASE=1 where the network between is yours alone"
        )


def _is_here(host: str) -> bool:
    """Whether nothing leaves this machine: a Unix socket (none said is one too), or loopback."""
    return not host or host.startswith(("/", "@")) or is_loopback(host)

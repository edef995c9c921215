"""`counterfoil keys new`: a new data key, also where there is no installation yet."""

import os

import typer

from counterfoil.cli.environment import Powers, read_environment
from counterfoil.cli.errors import OperatorError
from counterfoil.cli.options import Data
from counterfoil.infra.secrets.keys import BadKey, keys_of, new_key
from counterfoil.kernel import clock

NAMED = "COUNTERFOIL_DATA_KEYS"

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def keys_alone(_data: Data = None) -> None:
    """Data keys: what they still seal, a new one, and sealing everything anew with the newest."""


@app.command("new")
def new(data: Data = None) -> None:
    """Make a key: put it first in COUNTERFOIL_DATA_KEYS, restart everything, then rotate."""
    kept = read_environment(data, Powers.APP) if data else {}
    try:
        known = keys_of(kept.get(NAMED) or os.environ.get(NAMED, ""), [])
    except BadKey as trouble:
        raise OperatorError(f"{NAMED}: {trouble}") from None
    typer.echo(new_key(known, year=clock.now().year))

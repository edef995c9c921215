"""`counterfoil keys`: which data keys seal what, sealing everything with the newest, a new key."""

from collections import Counter

import typer
from django.conf import settings

from counterfoil.cli.businesses import businesses_named
from counterfoil.cli.data.new_key import new
from counterfoil.cli.options import Business, Data
from counterfoil.infra import files
from counterfoil.infra.secrets.box import newest
from counterfoil.infra.secrets.keys import DataKey
from counterfoil.infra.secrets.rotation import counted, rotate, unknown_keys

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def keys_all(_data: Data = None) -> None:
    """Data keys: what they still seal, a new one, and sealing everything anew with the newest."""


@app.command("list")
def list_keys(business: Business = None, _data: Data = None) -> None:
    """Say each key by its id, and how many values it still seals; exit 1 where a key is missing."""
    ids = [one.id for one in businesses_named(business)]
    by_place = counted(ids, with_global=business is None)
    if business is None:
        by_place[files.TOLD] = files.counted()
    keys: tuple[DataKey, ...] = settings.SEALING_KEYS
    for key in keys:
        counts = {place: one[key.id] for place, one in by_place.items() if one[key.id]}
        source = "COUNTERFOIL_DATA_KEYS" if key.is_named else "the secret key"
        seals = ", seals" if key == newest() else ""
        typer.echo(f"{key.id:<22} {sum(counts.values()):>7,}  from {source}{seals}")
        for place, count in counts.items():
            typer.echo(f"{'':<22} {count:>7,}  {place}")
    for key_id in sorted(settings.LOST_KEYS):
        lost = sum(one[key_id] for one in by_place.values())
        typer.echo(f"{key_id:<22} {lost:>7,}  lost, as COUNTERFOIL_LOST_KEYS says")
    unknown = unknown_keys(by_place)
    for key_id, count in sorted(unknown.items()):
        typer.echo(f"{key_id:<22} {count:>7,}  NOT KNOWN HERE: name this key, or they stay shut")
    if unknown:
        raise typer.Exit(1)


@app.command("rotate")
def rotate_keys(business: Business = None, _data: Data = None) -> None:
    """Seal everything with the newest key: safe while serving, and to repeat; exit 1 where
    something can't be opened."""
    typer.echo(f"sealing with {newest().id}")
    resealed: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    ids = [one.id for one in businesses_named(business)]
    of_files = (files.rotate(),) if business is None else ()
    for done in (*rotate(ids, with_global=business is None), *of_files):
        resealed[done.place] += done.resealed
        broken[done.place] += done.broken
    for place, count in resealed.items():
        typer.echo(f"  {count:>7,}  {place}")
        if broken[place]:
            typer.echo(f"  {broken[place]:>7,}  {place}: no key opens them, left as they are")
    if any(broken.values()):
        raise typer.Exit(1)


app.command("new")(new)

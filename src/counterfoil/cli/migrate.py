"""`counterfoil migrate`: brings the database to this version and renews the app's rights."""

import typer
from django.conf import settings
from django.core.management import call_command

from counterfoil.cli.options import Data
from counterfoil.infra.postgres import home
from counterfoil.infra.postgres.grants import grant_to_app
from counterfoil.kernel import clock


def migrate(_data: Data = None) -> None:
    """Bring the database to this version, as its owner. Safe to repeat. Says so where it was
    restored and `counterfoil recover` has not followed."""
    call_command("migrate", interactive=False, verbosity=1)
    call_command("createcachetable", verbosity=0)
    grant_to_app(settings.APP_ROLE)
    home.note_first(at=clock.now())
    typer.echo(f"The database is ready for {settings.APP_ROLE}.")
    if home.has_moved():
        typer.echo(f"But {home.MOVED}.")

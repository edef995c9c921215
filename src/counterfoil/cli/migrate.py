"""`counterfoil migrate`: brings the database to this version and renews the app's rights."""

import typer
from django.conf import settings
from django.core.management import call_command

from counterfoil.cli.options import Data
from counterfoil.infra.postgres.grants import grant_to_app


def migrate(_data: Data = None) -> None:
    """Bring the database to this version, as its owner. Safe to repeat."""
    call_command("migrate", interactive=False, verbosity=1)
    call_command("createcachetable", verbosity=0)
    grant_to_app(settings.APP_ROLE)
    typer.echo(f"The database is ready for {settings.APP_ROLE}.")

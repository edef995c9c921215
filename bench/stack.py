"""A durable PostgreSQL of its own with the product's schema, and Django over it."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from counterfoil.cli.postgres import Addresses, Cluster

MIGRATE = """
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
from counterfoil.infra.postgres.grants import grant_to_app
call_command("migrate", verbosity=0, skip_checks=True)
grant_to_app(str(settings.APP_ROLE))
"""


@dataclass(frozen=True)
class Stack:
    """What a bench needs: addresses, the programs of PostgreSQL, a folder, the environment."""

    addresses: Addresses
    cluster: Cluster
    folder: Path
    environment: dict[str, str]

    def psql(self, sql: str) -> str:
        """Runs SQL as the owner and gives what it printed."""
        command = [self.cluster.bin("psql"), "-qAtX", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*map(str, command), self.addresses.owner_url],
            input=sql, text=True, capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout


@contextmanager
def stack() -> Iterator[Stack]:
    """Starts and migrates it; sets the environment of this process and loads Django."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Cluster(folder / "pg", shared_buffers="512MB") as cluster:
            addresses = cluster.address
            environment = {
                "DATABASE_URL": addresses.app_url,
                "COUNTERFOIL_DATA": str(folder),
                "COUNTERFOIL_SECRET_KEY": secrets.token_hex(32),
                "COUNTERFOIL_DEMO": "1",
                "DJANGO_SETTINGS_MODULE": "counterfoil.config.settings",
            }
            owner = {"DATABASE_OWNER_URL": addresses.owner_url, "COUNTERFOIL_AS_OWNER": "1"}
            whole = {**os.environ, **environment}
            subprocess.run([sys.executable, "-c", MIGRATE], env={**whole, **owner}, check=True)
            os.environ.update(environment)
            yield Stack(addresses, cluster, folder, whole)

"""Gives each process the variables that it may hold: the application's, and apart the owner's."""

import json
import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from counterfoil.cli.errors import OperatorError
from counterfoil.cli.folders import write_private

FILE_NAME = "env.json"
NEEDED = ("DATABASE_URL", "COUNTERFOIL_SECRET_KEY", "COUNTERFOIL_DATA")
OWNER_URL = "DATABASE_OWNER_URL"
OURS = ("DATABASE_", "COUNTERFOIL_", "DJANGO_")


class Powers(StrEnum):
    """Which database role a command works as."""

    NONE = "none"
    APP = "app"
    OWNER = "owner"


def write_environment(data_dir: Path, app: Mapping[str, str], owner: Mapping[str, str]) -> None:
    """Keeps an installation's variables in its data folder, readable by its user alone."""
    text = json.dumps({"app": dict(app), "owner": dict(owner)}, indent=2)
    write_private(data_dir / FILE_NAME, text + "\n")


def read_environment(data_dir: Path, powers: Powers) -> dict[str, str]:
    """Gives the variables that a data folder keeps for these powers; empty if it keeps none."""
    file = data_dir / FILE_NAME
    if not file.is_file() or powers is Powers.NONE:
        return {}
    kept = json.loads(file.read_text())
    variables: dict[str, str] = dict(kept["app"])
    if powers is Powers.OWNER:
        variables |= kept["owner"] | {"COUNTERFOIL_AS_OWNER": "1"}
    return variables


def outside_environment() -> dict[str, str]:
    """Gives our own variables without any that concern Counterfoil: what a stranger may see."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def enter(powers: Powers, data_dir: Path | None) -> None:
    """Prepares this process for a command that loads Django.

    `--data DIR` is said on purpose, so what DIR keeps wins over exported variables. Refuses, in
    one line, variables that are missing, and the owner's address where it must not be.
    """
    if data_dir is not None:
        if not data_dir.is_dir():
            raise OperatorError(f"there is no folder {data_dir}")
        kept = read_environment(data_dir, powers)
        if kept:
            for name in (OWNER_URL, "COUNTERFOIL_AS_OWNER"):
                os.environ.pop(name, None)
        os.environ.update(kept or {"COUNTERFOIL_DATA": str(data_dir.absolute())})
    if powers is Powers.OWNER:
        os.environ["COUNTERFOIL_AS_OWNER"] = "1"
    missing = missing_variables(powers)
    if missing:
        raise OperatorError(f"not set: {', '.join(missing)} (or name a demo's folder with --data)")
    if powers is Powers.APP and os.environ.get(OWNER_URL):
        raise OperatorError(f"{OWNER_URL} is set: this command holds DATABASE_URL only, unset it")


def missing_variables(powers: Powers) -> list[str]:
    """Names what the environment must say for these powers and does not say."""
    needed = [*NEEDED, OWNER_URL] if powers is Powers.OWNER else list(NEEDED)
    return [name for name in needed if not os.environ.get(name)]

"""The `counterfoil` command: finds the module of the asked command and loads that one alone.

To add a command, write `cli/<name>.py` with a typer function (or a `typer.Typer` for one with
commands below it) and a line in COMMANDS. Its `--data` is read here, before Django is loaded.
"""

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from counterfoil.cli.environment import Powers, enter, missing_variables
from counterfoil.cli.errors import OperatorError

Loaded = Callable[..., None] | typer.Typer
UNAVAILABLE = 69  # sysexits(3)


@dataclass(frozen=True)
class Command:
    """Where a command lives, what it is for, and as which database role it loads Django."""

    target: str
    summary: str
    powers: Powers = Powers.NONE
    alone: tuple[str, str] = ("", "")  # by what another target is asked for, without installation

    def asked(self, arguments: Sequence[str]) -> "Command":
        """The command as these words ask for it: by its option `alone`, or by the command below of
        this name, another one."""
        name, target = self.alone
        told = arguments if name.startswith("-") else arguments[1:2]
        is_alone = name and any(one.partition("=")[0] == name for one in told)
        return Command(target, self.summary) if is_alone else self

    def load(self) -> Loaded:
        """Imports the command's module and gives its function or its typer application."""
        module, _, attribute = self.target.partition(":")
        loaded: Loaded = getattr(importlib.import_module(module), attribute)
        return loaded


COMMANDS = {
    "demo": Command(
        "counterfoil.cli.demo:demo", "Run everything on this machine with two made-up businesses."
    ),
    "serve": Command("counterfoil.cli.serve:serve", "Serve the pages and the API.", Powers.APP),
    "worker": Command("counterfoil.cli.worker:worker", "Run the background jobs.", Powers.APP),
    "migrate": Command(
        "counterfoil.cli.migrate:migrate",
        "Bring the database to this version, as its owner.",
        Powers.OWNER,
    ),
    "doctor": Command(
        "counterfoil.cli.doctor:doctor",
        "Check everything that an installation needs; exit 1 where something fails.",
        Powers.APP,
    ),
    "business": Command(
        "counterfoil.cli.data.businesses:app",
        "Found a business with its owner and its addresses; list those there are.",
        Powers.APP,
    ),
    "import": Command(
        "counterfoil.cli.data.imports:app",
        "Bring invoices or customers in from a file (CSV, XLSX, XLS, ODS).",
        Powers.APP,
    ),
    "export": Command(
        "counterfoil.cli.data.export:app",
        "Write out everything that is held on a person or a customer.",
        Powers.APP,
    ),
    "recover": Command(
        "counterfoil.cli.data.recover:recover",
        "After a backup was restored, before anything starts: find what was lost, number anew.",
        Powers.APP,
    ),
    "keys": Command(
        "counterfoil.cli.data.keys:app",
        "Say which data keys seal what, seal everything with the newest, make a new one.",
        Powers.APP,
        ("new", "counterfoil.cli.data.new_key:app"),
    ),
    "verify": Command(
        "counterfoil.cli.proving.verify:verify",
        "Prove the books, documents, states and guards; exit 1 where a proof fails.",
        Powers.OWNER,
        ("--proof", "counterfoil.cli.proving.proofs:verify_proof"),
    ),
    "simulate": Command(
        "counterfoil.cli.simulate:simulate",
        "Try to break the payment engine with seeded faults; exit 1 where it breaks.",
    ),
}


def not_loaded() -> None:
    """Stands in the list of commands for one that was not asked for."""


def data_option(arguments: Sequence[str]) -> Path | None:
    """Finds `--data DIR` or `--data=DIR` among a command's arguments."""
    for position, argument in enumerate(arguments):
        if argument == "--data" and position + 1 < len(arguments):
            return Path(arguments[position + 1])
        if argument.startswith("--data="):
            return Path(argument.removeprefix("--data="))
    return None


def load(command: Command, arguments: Sequence[str]) -> Loaded:
    """Prepares the process for the command and gives it; `--help` needs no installation."""
    if command.powers is not Powers.NONE:
        if "--help" in arguments:
            stand_in = "postgresql://localhost/help"  # one that nothing is wrong with
            os.environ.update(dict.fromkeys(missing_variables(command.powers), stand_in))
        else:
            enter(command.powers, data_option(arguments))
        importlib.import_module("counterfoil.cli.django_setup").load_django()
    return command.load()


def application(arguments: Sequence[str]) -> typer.Typer:
    """Gives the typer application in which the asked command, and no other, is loaded."""
    app = typer.Typer(
        name="counterfoil",
        help="The open-source, self-hosted customer payment portal.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    asked = arguments[0] if arguments else ""
    for name, command in COMMANDS.items():
        target = load(command.asked(arguments), arguments[1:]) if name == asked else None
        if isinstance(target, typer.Typer):
            app.add_typer(target, name=name, help=command.summary)
        else:
            app.command(name, help=command.summary)(target or not_loaded)
    return app


def main() -> None:
    """Runs the command line; what the operator can mend is told in one line, with exit code 1, and
    a database that is not there with 69, so that nobody takes it for a proof that failed."""
    arguments = sys.argv[1:]
    try:
        application(arguments)(arguments, prog_name="counterfoil")
    except OperatorError as problem:
        typer.echo(f"counterfoil: {problem}", err=True)
        raise SystemExit(1) from None
    except Exception as error:
        if not is_away(error):
            raise
        why = str(error).strip().partition("\n")[0]
        typer.echo(f"counterfoil: the database can't be reached: {why}", err=True)
        typer.echo("Start it (a demo's folder has it while its demo runs), then again.", err=True)
        raise SystemExit(UNAVAILABLE) from None


def is_away(error: BaseException | None) -> bool:
    """Whether it comes from a database that can't be reached: by its name, for the libraries that
    know it are loaded only where they are needed."""
    while error is not None:
        kinds = [f"{one.__module__}.{one.__name__}" for one in type(error).__mro__]
        if "psycopg.OperationalError" in kinds and getattr(error, "sqlstate", None) is None:
            return True
        error = error.__cause__
    return False


if __name__ == "__main__":
    main()

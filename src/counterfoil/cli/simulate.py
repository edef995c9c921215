"""`counterfoil simulate`: starts the machine that tries to break the payment engine, as a stranger
in a process of its own."""

import subprocess
import sys
from typing import Annotated

import typer

from counterfoil.cli.environment import outside_environment
from counterfoil.cli.options import Data

MODULE = "counterfoil_simulator"

Seeds = Annotated[int, typer.Option("--seeds", min=1, metavar="N", help="How many lives.")]
First = Annotated[int, typer.Option("--from", metavar="SEED", help="The first seed.")]
Story = Annotated[bool, typer.Option("--story", help="Tell what happened in each life.")]
Without = Annotated[
    str,
    typer.Option(
        "--without", metavar="KINDS", help="Kinds of fault to leave out, as a seed names them."
    ),
]
GoOn = Annotated[bool, typer.Option("--go-on", help="Go on after a broken invariant.")]
Processes = Annotated[
    int | None, typer.Option("--processes", min=1, metavar="N", help="How many at once.")
]


def simulate(  # noqa: PLR0913 RUF100  each is an option
    seeds: Seeds = 300,
    first: First = 1,
    story: Story = False,  # noqa: FBT002  typer reads the default
    go_on: GoOn = False,  # noqa: FBT002
    without: Without = "",
    processes: Processes = None,
    _data: Data = None,
) -> None:
    """Live whole lives of payments on a database of their own while everything around them breaks;
    exit 1 where an invariant breaks. The same seed always lives the same life."""
    asked = ["--seeds", str(seeds), "--from", str(first)]
    asked += ["--story"] * story + ["--go-on"] * go_on
    asked += ["--without", without] if without else []
    asked += ["--processes", str(processes)] if processes else []
    done = subprocess.run(
        [sys.executable, "-m", MODULE, *asked],
        env=outside_environment() | {"PYTHONHASHSEED": "0"},
        check=False,
    )
    raise typer.Exit(1 if done.returncode else 0)

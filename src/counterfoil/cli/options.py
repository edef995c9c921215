"""Options that many commands share, so that they read the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder of an installation, such as a demo's."),
]

Business = Annotated[
    str | None, typer.Option("--business", metavar="SLUG", help="One business; all if left out.")
]

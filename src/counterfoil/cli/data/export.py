"""`counterfoil export`: everything that is held on a person or a customer, as one file."""

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.businesses import businesses_named, the_business
from counterfoil.cli.errors import OperatorError
from counterfoil.cli.folders import write_private
from counterfoil.cli.options import Business, Data
from counterfoil.domain.privacy.rows import Subject
from counterfoil.flows.people.privacy import export
from counterfoil.kernel import clock
from counterfoil.kernel.errors import NotFound
from counterfoil.kernel.ids import decode, encode

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Out = Annotated[
    Path, typer.Option("--out", metavar="FOLDER", help="Where the files go; made if need be.")
]


@app.callback()
def exporting_all(_data: Data = None) -> None:
    """Write out everything that is held on a person or a customer."""


@app.command("person")
def person(
    email: Annotated[str, typer.Argument(metavar="ADDRESS", help="The person's mail address.")],
    out: Out = Path(),
    business: Business = None,
    _data: Data = None,
) -> None:
    """Write out what is held on a person: a ZIP for each customer that they act for."""
    found = [
        subject
        for one in businesses_named(business)
        for subject in export.subjects_of(one.id, email)
    ]
    if not found:
        raise OperatorError(f"nobody has the address {email} here")
    for subject in found:
        _write(subject, out)


@app.command("customer")
def customer(
    customer_id: Annotated[str, typer.Argument(metavar="cus_…", help="The customer's id.")],
    out: Out = Path(),
    business: Business = None,
    _data: Data = None,
) -> None:
    """Write out what is held on a customer and all its people, with their documents."""
    try:
        _write(Subject(the_business(business).id, decode("cus", customer_id)), out)
    except NotFound:
        raise OperatorError(f"there is no customer {customer_id} here") from None


def _write(subject: Subject, out: Path) -> None:
    content = export.write_out(subject, at=clock.now())
    out.mkdir(parents=True, exist_ok=True)
    whose = encode("cus", subject.customer_id)
    if subject.contact_id is not None:
        whose += "-" + encode("con", subject.contact_id)[-8:]
    file = out / f"personal-data-{whose}.zip"
    write_private(file, content)
    typer.echo(f"{file}  {len(content):,} bytes, not sealed: readable by you alone")

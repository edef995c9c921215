"""`counterfoil business`: founding one on this installation, and which ones there are."""

import re
import zoneinfo
from typing import Annotated

import typer
from django.conf import settings

from counterfoil.cli.errors import OperatorError
from counterfoil.cli.options import Data
from counterfoil.domain.business import queries
from counterfoil.domain.business.hosts import HostTaken, checked_host
from counterfoil.domain.business.operations import SlugTaken
from counterfoil.domain.business.rows import NewBusiness
from counterfoil.domain.customers.checks import is_email, one_line
from counterfoil.flows.addresses import base_url, staff_url
from counterfoil.flows.setting_up.open_business import Owner, found_business
from counterfoil.kernel import clock
from counterfoil.kernel.errors import FieldProblem
from counterfoil.kernel.money import UnknownCurrency, exponent

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
NAME_MAX = 120


@app.callback()
def business_all(_data: Data = None) -> None:
    """Businesses: founding one, and which there are."""


@app.command("list")
def list_businesses(_data: Data = None) -> None:
    """Say each business with its short name, currency, and where customers and staff come in."""
    for one in queries.every():
        doors = ", ".join(f"{row.host} ({row.door})" for row in queries.hosts(one.id))
        typer.echo(f"{one.slug:<20} {one.currency}  {one.name}  {doors or 'no address'}")


@app.command("found")
def found(  # noqa: PLR0913  what a business can't be without, each an option
    slug: Annotated[str, typer.Argument(help="Short name for commands: small letters, digits, -.")],
    *,
    name: Annotated[str, typer.Option(help="As customers know it.")],
    currency: Annotated[str, typer.Option(help="Of its books, like EUR.")],
    host: Annotated[str, typer.Option(help="Where customers come in, like pay.example.com.")],
    owner_email: Annotated[str, typer.Option(help="Who may do everything.")],
    owner_name: Annotated[str, typer.Option(help="The owner's name.")],
    staff_host: Annotated[str, typer.Option(help="Where staff come in, if not there too.")] = "",
    country: Annotated[str, typer.Option(help="Two letters, like DE.")] = "",
    locale: Annotated[str, typer.Option(help="Language of its documents.")] = "en",
    timezone: Annotated[str, typer.Option(help="Like Europe/Berlin.")] = "UTC",
    _data: Data = None,
) -> None:
    """Found a business: its books, number series, addresses and owner, all of it or nothing. The
    owner then signs in with a mailed code and does the rest under Settings."""
    new = NewBusiness(
        slug=slug,
        name=one_line(name),
        currency=currency.upper(),
        hosts=(_host("--host", host),),
        staff_host=_host("--staff-host", staff_host) if staff_host else "",
        address={"country": country.upper()} if country else {},
        email=owner_email.strip().lower(),
        locale=locale,
        timezone=timezone,
    )
    _check(new)
    owner = Owner(new.email, one_line(owner_name))
    try:
        business_id = found_business(new, at=clock.now(), owner=owner)
    except (SlugTaken, HostTaken) as problem:
        raise OperatorError(f"{problem.message} Nothing was founded.") from None
    typer.echo(f"{new.name} is founded.")
    typer.echo(f"customers  {base_url(business_id)}/")
    typer.echo(f"staff      {staff_url(business_id)}/backoffice/")
    typer.echo(f"{owner.email} signs in there with a mailed code (`counterfoil doctor` tries the")
    typer.echo("mail) and then fills in Settings: brand, bank accounts, gateways, people.")


def _host(option: str, text: str) -> str:
    try:
        return checked_host(text)
    except FieldProblem as problem:
        raise OperatorError(f"{option}: {problem.message}") from None


def _check(new: NewBusiness) -> None:
    """Refuses what no business can have, in a line that says what to write."""
    if not _SLUG.fullmatch(new.slug):
        raise OperatorError("the short name takes small letters, digits and hyphens, 60 at most")
    if not 0 < len(new.name) <= NAME_MAX:
        raise OperatorError(f"--name takes 1 to {NAME_MAX} letters")
    try:
        exponent(new.currency)
    except UnknownCurrency:
        raise OperatorError("--currency takes the three letters of ISO 4217, like EUR") from None
    if not is_email(new.email):
        raise OperatorError("--owner-email is no mail address")
    if new.locale not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise OperatorError(f"--locale takes one of {known}")
    if new.timezone not in zoneinfo.available_timezones():
        raise OperatorError("--timezone takes a name like Europe/Berlin")
    if new.staff_host in new.hosts:
        raise OperatorError("--staff-host is for a host of its own; leave it out for the same one")

"""Makes the two businesses: founds them, lives two years with them, and says how to sign in."""

import json
import secrets
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import typer
from django.conf import settings

from counterfoil.demo import doubts, harrow, limmat, turns
from counterfoil.demo.agenda import Agenda
from counterfoil.demo.cast import Cast
from counterfoil.demo.connection import connected, hosts, listen
from counterfoil.demo.moments import Standing, foresee, stand
from counterfoil.demo.payers import Payers
from counterfoil.demo.people import circles, customer_sign_ins, staff_sign_ins
from counterfoil.demo.rare import endings
from counterfoil.demo.sandbox import Sandbox
from counterfoil.demo.story import DAYS_A_MONTH, LAST_RUN_DAYS_AGO, MONTHS, Story
from counterfoil.domain.business import operations as business_operations
from counterfoil.domain.business import queries as businesses
from counterfoil.domain.business.debits import checked_debits
from counterfoil.domain.identity import operations as identity
from counterfoil.flows.banking.accounts import add_bank_account
from counterfoil.flows.setting_up.open_business import found_business
from counterfoil.infra.db import execute
from counterfoil.kernel import clock

SEED = 20_455
CASTS = (harrow.CAST, limmat.CAST)
CLOCK_SLACK = timedelta(hours=1)
FACTS = "demo-facts.json"
HISTORY = timedelta(days=MONTHS * DAYS_A_MONTH + LAST_RUN_DAYS_AGO)


def main() -> None:
    """Seeds an empty installation; refuses one that has a business."""
    if businesses.every():
        raise SystemExit("counterfoil: this installation has businesses already")
    began = time.monotonic()
    execute("SET synchronous_commit TO off")  # a half-made demo is made anew, so nothing is lost
    now = clock.now()
    sandbox = Sandbox(settings.SANDBOX_URL)
    stories = make(sandbox, now)
    facts = publish_facts(stories, now)
    sandbox.close()
    write_facts(settings.DATA / FACTS, facts)
    typer.echo(f"counterfoil: two years in {time.monotonic() - began:.0f} s")


def make(sandbox: Sandbox, now: datetime) -> list[tuple[Story, Standing]]:
    """Founds both businesses and lives their two years up to `now`, in step with the gateway."""
    agenda = Agenda(now - timedelta(hours=2))
    stories = [
        found(cast, host, sandbox, agenda, now - HISTORY)
        for cast, host in zip(CASTS, hosts(), strict=True)
    ]
    for story in stories:
        story.begin(now - HISTORY)
        foresee(story, loses_an_answer=story is stories[0])
        turns.foresee(story)
        endings.foresee(story)
        doubts.foresee(story, has_a_counter=story is not stories[0])
    said = Said(stories)

    def before(at: datetime) -> None:
        sandbox.move_clock_to(at, slack=CLOCK_SLACK)
        said.tell(at)

    agenda.run(before)
    sandbox.move_clock_to(now)
    stood = [(story, stand(story, now - timedelta(minutes=2))) for story in stories]
    for story in stories:
        turns.stand(story, now - timedelta(minutes=2))
        doubts.stand(story, now - timedelta(minutes=2))
        endings.stand(story, now - timedelta(minutes=2))
    for story in stories:
        listen(sandbox, story.business_id)
    return stood


def found(cast: Cast, host: str, sandbox: Sandbox, agenda: Agenda, at: datetime) -> Story:
    """Founds one business with its staff, its gateway account and an empty history."""
    new = replace(cast.business, hosts=(host,))
    business_id = found_business(new, at=at, numbering=cast.numbering)
    for bank in cast.banks:
        add_bank_account(business_id, bank, at=at)
    business_operations.change(business_id, checked_debits(**cast.debits))
    connected(sandbox, business_id, at=at)
    by = staff_sign_ins(business_id, cast, at=at)
    payers = Payers(business_id, sandbox, f"http://{host}")
    return Story(business_id, cast, agenda, payers, by, Random(SEED))  # noqa: S311


class Said:
    """Says how far the history has come, twice a year."""

    def __init__(self, stories: list[Story]) -> None:
        self._stories = stories
        self._half = ""

    def tell(self, at: datetime) -> None:
        """A line at the first moment of each half-year."""
        half = f"{at.year}, {'first' if at.month <= 6 else 'second'} half"  # noqa: PLR2004  June
        if half == self._half:
            return
        self._half = half
        invoices = sum(story.invoices for story in self._stories)
        payments = sum(story.payers.payments for story in self._stories)
        typer.echo(f"counterfoil: {half}: {invoices} invoices, {payments} payments so far")


def publish_facts(stories: list[tuple[Story, Standing]], now: datetime) -> dict[str, Any]:
    """What a person or a script needs to begin: keys, sign-ins and a guest link."""
    facts: dict[str, Any] = {"businesses": [], "staff": [], "customers": []}
    for story, _ in stories:
        cast, business = story.cast, story.cast.business
        key = identity.make_api_key(story.business_id, name="Demo", at=now)
        facts["businesses"].append({"name": business.name, "slug": business.slug, "api_key": key})
        facts["staff"] += [
            {
                "email": one.email,
                "password": cast.password,
                "role": role,
                "business": business.slug,
            }
            for role, one in cast.staff.items()
        ]
        facts["customers"] += customer_sign_ins(story)
        circles(story, at=now)
    first, standing = stories[0]
    token = identity.make_guest_link(
        first.business_id,
        standing.friendly.id,
        standing.friendly.customer_id,
        sent_to=first.payers.contact(first.cast.lead.key).email,
        at=now,
    )
    return facts | {"guest_invoice_url": f"{first.payers.origin}/i/{token}"}


def write_facts(file: Path, facts: dict[str, Any]) -> None:
    """Writes the facts, whole or not at all, for their owner's eyes alone."""
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    unfinished.replace(file)

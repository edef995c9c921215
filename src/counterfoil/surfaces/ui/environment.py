"""Builds the Jinja2 environment that Django's Jinja2 backend draws every page with."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import (
    get_language,
    get_language_bidi,
    gettext,
    ngettext,
    npgettext,
    pgettext,
)
from jinja2 import Environment, StrictUndefined

from counterfoil.domain.notifications import rendering as mails
from counterfoil.domain.notifications import words as payment_words
from counterfoil.domain.payments.mandate_texts import scheme_name
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.surfaces.ui import formatting, leaves, words

OURS = frozenset({"autoescape", "undefined", "trim_blocks", "lstrip_blocks", "extensions"})


def environment(**options: Any) -> Environment:
    """For `OPTIONS["environment"]`: strict about unknown names, trimmed translations."""
    given = {name: value for name, value in options.items() if name not in OURS}
    env = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        **given,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]  # put there by the extension
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(
        static=static,
        url=reverse,
        leaves=leaves,
        due_words=words.due_words,
        invoice_pill=words.invoice_pill,
        payment_pill=words.payment_pill,
        decline_reason=payment_words.decline_reason,
        plan_ended=payment_words.plan_ended,
        decline_advice=payment_words.decline_advice,
        method_name=payment_words.method_name,
        scheme_name=scheme_name,
        letterhead=letterhead_of,
        active_language=get_language,
        active_is_rtl=get_language_bidi,
    )
    env.filters.update(
        money=formatting.money,
        unit_price=formatting.unit_price,
        quantity=formatting.quantity,
        number=formatting.number,
        percent=formatting.percent,
        day=formatting.day,
        day_long=formatting.day_long,
        day_short=formatting.day_short,
        clock_time=formatting.clock_time,
        moment=formatting.moment,
        moment_day=formatting.moment_day,
        machine_time=formatting.machine_time,
        mjml=mails.to_html,
        mail_line=mails.clean,
    )
    return env

"""Builds the Jinja2 environments that every page is drawn with: one for each language."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import (
    get_language,
    get_language_bidi,
    gettext,
    ngettext,
    npgettext,
    override,
    pgettext,
)
from jinja2 import Environment, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from counterfoil.domain.notifications import rendering as mails
from counterfoil.domain.notifications import words as payment_words
from counterfoil.domain.payments.mandate_texts import scheme_name
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.surfaces.ui import formatting, leaves, words

OURS = frozenset({"autoescape", "undefined", "trim_blocks", "lstrip_blocks", "extensions"})
LANGUAGE = "counterfoil.language"
_LOOK_UPS: dict[str, Callable[..., str]] = {"_": gettext, "gettext": gettext, "pgettext": pgettext}


class Pages(Jinja2):
    """Django's Jinja2 backend with an environment for each language: its templates are compiled
    with its words in them. A page has some hundred; to look them up anew was a tenth of its time.
    """

    @property
    def env(self) -> Environment:
        """That of the active language."""
        return self._by_language.get(get_language() or "", self._for_any)

    @env.setter
    def env(self, made: Environment) -> None:
        self._for_any = made
        self._by_language = {code: made.overlay() for code, _ in settings.LANGUAGES}
        for code, own in self._by_language.items():
            own.policies = made.policies | {LANGUAGE: code}


class WordsInside(Environment):
    """Where it has a language, words that need nothing filled in are put in as it compiles."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        language = self.policies.get(LANGUAGE)
        if language:
            with override(language):
                _Translation().visit(tree)
        return tree


class _Translation(NodeTransformer):
    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802  named by the visitor
        self.generic_visit(call)
        look_up = _LOOK_UPS.get(getattr(call.node, "name", ""))
        given = [one.value for one in call.args if isinstance(one, nodes.Const)]
        if look_up is None or call.kwargs or len(given) != len(call.args):
            return call
        words = Markup(look_up(*given)) % {}  # noqa: S704  the catalogue is ours
        return nodes.Const(words, lineno=call.lineno)


def environment(**options: Any) -> WordsInside:
    """For `OPTIONS["environment"]`: strict about unknown names, trimmed translations."""
    given = {name: value for name, value in options.items() if name not in OURS}
    env = WordsInside(
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

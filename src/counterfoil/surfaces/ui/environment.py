"""Builds the Jinja2 environments that every page is drawn with: one for each language."""

import re
from collections.abc import Callable, Mapping, MutableMapping
from copy import copy
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, cast

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
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from counterfoil.domain.notifications import rendering as mails
from counterfoil.domain.notifications import waiting
from counterfoil.domain.notifications import words as payment_words
from counterfoil.domain.payments.mandate_texts import scheme_name
from counterfoil.flows.letters.letterheads import letterhead_of
from counterfoil.infra.scripts.inventory import integrity_of
from counterfoil.kernel.ports.gateways.outcomes import is_known_by_day
from counterfoil.surfaces.ui import formatting, leaves, words

OURS = frozenset({"autoescape", "undefined", "trim_blocks", "lstrip_blocks", "extensions"})
LANGUAGE = "counterfoil.language"
_SPECIAL = re.compile("[&<>'\"]").search
_PLAIN = frozenset({FunctionType, MethodType, BuiltinFunctionType, partial})
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
            own.globals = _spoken(made.globals, code)
            own.filters = _spoken(made.filters, code)


def script(name: str) -> Markup:
    """The element that loads one of our scripts; the browser runs it only if it holds what the
    inventory says."""
    return Markup('<script src="{}" integrity="{}" defer></script>').format(
        static(name), integrity_of(name)
    )


_FILES: dict[str, Callable[..., str]] = {"static": static, "script": script}


def _spoken(names: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        name: one.of(language) if isinstance(one, formatting.Remembered) else one
        for name, one in names.items()
    }


class PlainCalls(Context):
    """Calls a function at once that wants nothing of the page: most are of that kind, and to find
    out costs more than the call."""

    def call(self, wanted: Any, *args: Any, **named: Any) -> Any:  # type: ignore[override]
        """What it returns."""
        kind = type(wanted)
        if kind is Macro or (kind in _PLAIN and not hasattr(wanted, "jinja_pass_arg")):
            return wanted(*args, **named)
        return super().call(wanted, *args, **named)


class Shown(CodeGenerator):
    """Escapes by `shown`, and hands no call the variables of loops around it, which no function of
    ours looks into."""

    def visit_Call(  # noqa: N802  named by the visitor
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Writes the call as if no loop were around it."""
        outside = copy(frame)
        outside.loop_frame = outside.block_frame = False
        super().visit_Call(node, outside, forward_caller=forward_caller)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and not finalize.src:
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


def shown(value: Any) -> str:
    """`escape` for what stands on a page, where most values have nothing to escape."""
    kind = type(value)
    if kind is Markup or (kind is str and not _SPECIAL(value)):
        return cast("str", value)
    return escape(value)


class WordsInside(Environment):
    """Where it has a language, words are put in as it compiles, and so are addresses of files."""

    code_generator_class = Shown
    context_class = PlainCalls
    shown = staticmethod(shown)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary for all templates: two that are chained are slow to compare, and every
        import compares them."""
        return super().make_globals(d) if d else self.globals

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        language = self.policies.get(LANGUAGE)
        if language:
            with override(language):
                _Translation().visit(tree)
        return tree


class _Translation(NodeTransformer):
    def visit_Output(self, output: nodes.Output) -> nodes.Node:  # noqa: N802
        self.generic_visit(output)
        output.nodes = [part for one in output.nodes for part in _parts(one)]
        return output

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802  named by the visitor
        self.generic_visit(call)
        name = getattr(call.node, "name", "")
        given = [one.value for one in call.args if isinstance(one, nodes.Const)]
        if len(given) != len(call.args) or call.dyn_args or call.dyn_kwargs:
            return call
        if name in _FILES and not call.kwargs:
            return nodes.Const(_FILES[name](*given), lineno=call.lineno)
        look_up = _LOOK_UPS.get(name)
        return _filled_in(call, look_up(*given)) if look_up else call


def _parts(one: nodes.Expr) -> list[nodes.Expr]:
    """What is joined only to be put out is put out by itself."""
    return one.nodes if isinstance(one, nodes.Concat) else [one]


def _filled_in(call: nodes.Call, words: str) -> nodes.Node:
    """The words with what stands in them, as `words % named` would give it."""
    named = {one.key: one.value for one in call.kwargs}
    *pairs, last = re.split(r"%\((\w+)\)s", words)
    texts, names = [*pairs[::2], last], pairs[1::2]
    if any("%" in text.replace("%%", "") for text in texts) or not named.keys() >= set(names):
        return call
    parts: list[nodes.Expr] = [_text(texts[0], call.lineno)]
    for name, text in zip(names, texts[1:], strict=True):
        parts += [named[name], _text(text, call.lineno)]
    return nodes.Concat(parts, lineno=call.lineno) if names else parts[0]


def _text(words: str, lineno: int) -> nodes.Const:
    return nodes.Const(Markup(words.replace("%%", "%")), lineno=lineno)  # noqa: S704  our catalogue


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
        script=script,
        url=reverse,
        money_leaf=leaves.money,
        date_leaf=leaves.date,
        pill_leaf=leaves.pill,
        due_words=words.due_words,
        invoice_pill=words.invoice_pill,
        payment_pill=words.payment_pill,
        decline_reason=payment_words.decline_reason,
        preset_words=payment_words.preset_words,
        preset_meaning=payment_words.preset_meaning,
        plan_ended=payment_words.plan_ended,
        decline_advice=payment_words.decline_advice,
        method_name=payment_words.method_name,
        payer_words=waiting.payer_words,
        processing_words=waiting.processing_words,
        scheme_name=scheme_name,
        letterhead=letterhead_of,
        active_language=get_language,
        active_is_rtl=get_language_bidi,
    )
    env.tests["known_by_day"] = is_known_by_day
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
        moment_day_long=formatting.moment_day_long,
        machine_time=formatting.machine_time,
        unbroken=leaves.unbroken,
        mjml=mails.to_html,
        mail_line=mails.clean,
    )
    return env

"""What staff type in of a connection: out of the form, into the form, and what is wrong with it."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from counterfoil.domain.customers.rights import (
    RIGHTS,
    Preset,
    Rights,
    preset_of,
    presets_of,
    read,
)
from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.sign_on.rows import SignOnForm, SignOnKind, SignOnRow
from counterfoil.kernel.errors import FieldProblem, Problem
from counterfoil.kernel.ports.sign_on import Why
from counterfoil.surfaces.backoffice.forms import field_problems, texts, with_problem
from counterfoil.surfaces.backoffice.settings.sign_on.pages import Box
from counterfoil.surfaces.backoffice.words import role_words
from counterfoil.surfaces.entrance.sign_on.words import trouble_words
from counterfoil.surfaces.ui.shell import Choice, FormState
from counterfoil.surfaces.ui.words import problem_words

FIELDS = ("name", "customer", "domains", "level", "strong_contexts")
BOXES = (
    "makes_people", "brings_back", "is_required", "is_shown", "covers_second_factor",
    "vouches_for_mail", "allows_unasked",
)  # fmt: skip
_LEVEL = {"role": "level", "rights": "level"}


def form_of(post: Mapping[str, str], *, for_staff: bool) -> SignOnForm:
    """What was sent."""
    values = texts(post, FIELDS)
    level = values["level"]
    rights = RIGHTS[Preset(level)] if not for_staff and level in set(Preset) else frozenset()
    return SignOnForm(
        name=values["name"],
        domains=tuple(values["domains"].replace(",", " ").split()),
        role=level if for_staff else "",
        rights=tuple(right.value for right in rights),
        strong_contexts=tuple(values["strong_contexts"].split()),
        **{name: name in post for name in BOXES},
    )


def state_of(one: SignOnRow) -> FormState:
    """The form as the connection is."""
    level = one.role if one.for_staff else preset_of(read(one.rights)).value
    lists = {"domains": one.domains, "strong_contexts": one.strong_contexts}
    lines = {name: "\n".join(values) for name, values in lists.items()}
    return FormState({"name": one.name, "level": level} | lines)


def levels(*, for_staff: bool, within: Rights, now: str = "") -> tuple[Choice, ...]:
    """What new people can be: of a customer, what its reader may give (`within`), or is already
    (`now`)."""
    if for_staff:
        return tuple(Choice(role.value, role_words(role)) for role in reversed(Role))
    words = {
        Preset.SEES: _("See invoices and payments"),
        Preset.PAYS: _("See and pay"),
        Preset.MANAGES: _("Everything, other people included"),
        Preset.STATEMENTS: _("Statements only"),
    }
    offered = presets_of(within, now)
    return tuple(Choice(one.value, said) for one, said in words.items() if one in offered)


def boxes(ticked: Sequence[str], kind: SignOnKind, *, for_staff: bool) -> tuple[Box, ...]:
    """What can be ticked, each with what it means."""
    words = {
        "makes_people": (
            _("Let in people who are new here"),
            _("Otherwise only those who have access already."),
        ),
        "brings_back": (
            _("Let in people again who were taken out"),
            _("Otherwise they stay out until somebody invites them."),
        ),
        "is_required": (
            _("People of these domains must sign in this way"),
            _("Owners can always sign in without it, so that nobody is locked out.")
            if for_staff
            else _("Then a password or a mailed code of theirs is not enough."),
        ),
        "is_shown": (
            _("Show a button on the sign-in page"),
            _("Everybody sees its name there. Otherwise people type their mail address."),
        ),
        "covers_second_factor": (
            _("The provider asks for a second factor"),
            _("Then we do not ask for another one."),
        ),
        "vouches_for_mail": (
            _("The provider's mail addresses can be relied on"),
            _("Needed if it does not say itself that it has checked them, as with SAML."),
        ),
        "allows_unasked": (
            _("Let people begin at the provider's own page"),
            _("Less safe: whoever tricks somebody can sign them in as another person."),
        ),
    }
    names = [name for name in BOXES if name != "allows_unasked" or kind == SignOnKind.SAML]
    return tuple(Box(name, *words[name], is_ticked=name in ticked) for name in names)


def ticked(one: SignOnRow) -> list[str]:
    """What is ticked of a connection."""
    return [name for name in BOXES if getattr(one, name)]


def with_trouble(values: Mapping[str, str], problem: Problem) -> FormState:
    """The form again, with what is wrong in words."""
    problems = field_problems(problem)
    if not problems:
        return with_problem(values, problem)
    errors: dict[str, list[str]] = {}
    for one in problems:
        errors.setdefault(_LEVEL.get(one.field, one.field), []).append(_words(one))
    return FormState(values, errors)


def _words(problem: FieldProblem) -> str:
    if problem.code.startswith("sign_on_"):
        why = Why(problem.code.removeprefix("sign_on_"))
        return f"{trouble_words(why)} {problem.message}"
    domain = {"domain": problem.facts.get("domain", "")}
    context = {"context": problem.facts.get("context", "")}
    known = {
        "not_a_domain": _("“%(domain)s” is no domain. Write it like acme.example.") % domain,
        "public_domain": _("Anybody can have an address at %(domain)s.") % domain,
        "domain_taken": _("%(domain)s belongs to another connection.") % domain,
        "not_a_context": _("“%(context)s” is nothing that a provider says.") % context,
        "too_many_contexts": _("These are too many words for one connection."),
        "too_many": _("These are too many domains for one connection."),
        "no_level": _("Choose what new people may do."),
        "unknown": _("There is no such customer, or there are several. Type more of the name."),
    }
    return known.get(problem.code) or problem_words(problem)

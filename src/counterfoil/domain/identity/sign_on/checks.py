"""What a connection must be, before it is kept (pure)."""

import re
import unicodedata
from collections.abc import Iterable

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.sign_on.rows import SignOnForm, SignOnKind
from counterfoil.kernel.errors import FieldProblem

NAME_MAX = 60
DOMAINS_MAX = 50
CONTEXTS_MAX = 20
_CONTEXT = re.compile(r"[!-~]{1,200}")
BY_METHOD = "amr="
"""Before a word that OpenID providers list in `amr` (RFC 8176); any other is one of `acr`."""
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
PUBLIC_MAIL = frozenset(
    {
        "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com",
        "live.com", "mail.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me",
        "protonmail.com", "qq.com", "t-online.de", "web.de", "yahoo.com", "yandex.ru", "163.com",
    }
)  # fmt: skip
"""Where anybody has an address: no company speaks for these."""


def domain_of(email: str) -> str:
    """The domain of a mail address as it is compared; empty for what is none."""
    local, at, domain = email.strip().rpartition("@")
    return plain_domain(domain) if at and local else ""


def plain_domain(text: str) -> str:
    """A domain in one spelling: lower case, letters of other scripts as ASCII; empty if that can't
    be."""
    text = unicodedata.normalize("NFKC", text).strip().strip(".").lower()
    try:
        return text.encode("idna").decode("ascii") if text else ""
    except UnicodeError:
        return ""


def domains_of(typed: Iterable[str]) -> tuple[str, ...]:
    """The domains that were typed in, each once; one that is none stays as it was typed."""
    return tuple(dict.fromkeys(plain_domain(one.lstrip("@")) or one for one in typed if one))


def counts_as_one_factor(named: Iterable[str], told: Iterable[str]) -> bool:
    """Whether a sign-in was by one factor only, however strongly the provider puts it: the
    connection names what says two (`named`), and the provider said nothing of it (`told`)."""
    strong = frozenset(named)
    return bool(strong) and strong.isdisjoint(told)


def check(form: SignOnForm, kind: SignOnKind, *, for_staff: bool) -> list[FieldProblem]:
    """Everything that is wrong with what staff said of a connection."""
    problems = []
    if not form.name:
        problems.append(FieldProblem("name", "A name is needed.", code="required"))
    if len(form.name) > NAME_MAX:
        message = f"At most {NAME_MAX} characters."
        problems.append(FieldProblem("name", message, code="too_long", most=NAME_MAX))
    problems += _check_domains(form.domains) + _check_contexts(form.strong_contexts, kind)
    if for_staff and form.role not in set(Role):
        problems.append(FieldProblem("role", "Choose a role.", code="no_level"))
    return problems


def _check_contexts(contexts: tuple[str, ...], kind: SignOnKind) -> list[FieldProblem]:
    if len(contexts) > CONTEXTS_MAX:
        message = f"At most {CONTEXTS_MAX} of them."
        return [FieldProblem("strong_contexts", message, code="too_many_contexts")]
    for one in contexts:
        is_method = one.startswith(BY_METHOD)
        is_said = not is_method or (kind is SignOnKind.OIDC and one != BY_METHOD)
        if not _CONTEXT.fullmatch(one) or not is_said:
            message, facts = f"No word of a provider: {one}", {"context": one}
            return [FieldProblem("strong_contexts", message, code="not_a_context", **facts)]
    return []


def _check_domains(domains: tuple[str, ...]) -> list[FieldProblem]:
    if not domains:
        message = "Which mail domains are theirs?"
        return [FieldProblem("domains", message, code="required")]
    if len(domains) > DOMAINS_MAX:
        message = f"At most {DOMAINS_MAX} domains."
        return [FieldProblem("domains", message, code="too_many", most=DOMAINS_MAX)]
    for one in domains:
        if not _DOMAIN.fullmatch(one):
            return [FieldProblem("domains", f"No domain: {one}", code="not_a_domain", domain=one)]
        if one in PUBLIC_MAIL:
            message = f"Anybody can have an address at {one}."
            return [FieldProblem("domains", message, code="public_domain", domain=one)]
    return []

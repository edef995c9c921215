"""What a connection must be, before it is kept (pure)."""

import re
import unicodedata
from collections.abc import Iterable

from counterfoil.domain.identity.roles import Role
from counterfoil.domain.identity.sign_on.rows import SignOnForm
from counterfoil.kernel.errors import FieldProblem

NAME_MAX = 60
DOMAINS_MAX = 50
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


def check(form: SignOnForm, *, for_staff: bool) -> list[FieldProblem]:
    """Everything that is wrong with what staff said of a connection."""
    problems = []
    if not form.name:
        problems.append(FieldProblem("name", "A name is needed.", code="required"))
    if len(form.name) > NAME_MAX:
        message = f"At most {NAME_MAX} characters."
        problems.append(FieldProblem("name", message, code="too_long", most=NAME_MAX))
    problems += _check_domains(form.domains)
    if for_staff and form.role not in set(Role):
        problems.append(FieldProblem("role", "Choose a role.", code="no_level"))
    return problems


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

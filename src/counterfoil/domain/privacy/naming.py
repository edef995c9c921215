"""Where a mail address stands in a text: as a whole, and not as a part of a longer one."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from counterfoil.domain.privacy.rows import Subject
from counterfoil.infra.db import execute

_BEFORE = r"(?<![\w.+-])(?<!\w[!#$%&'*^`{|}~])"
_AFTER = r"(?![\w]|[.-]+\w)"
_PLAIN = r"replace(replace(lower({}), '\u0040', '@'), '\u002b', '+')"
_ESCAPES = r"""\\u00[0-7][0-9a-f]|\\[bfnrt"/\\]"""
_SPACED = r"""regexp_replace({}, '\\u00[0-7][0-9a-f]|\\[bfnrt"/\\]', ' ', 'g')"""


def pattern(mail: str) -> str:
    """What finds an address (in small letters) as a whole: a regular expression, of PostgreSQL and
    of Python. A dot after it may end a sentence."""
    return f"{_BEFORE}{re.escape(mail)}{_AFTER}"


def named_in(text: str) -> str:
    """SQL: whether one of `mails` stands as a whole in this text, which may be JSON, with what JSON
    escapes. It asks for `mails` and their `patterns`."""
    return f"""EXISTS (
      SELECT FROM (SELECT {_PLAIN.format(text)} AS said OFFSET 0) p
      CROSS JOIN unnest(%(mails)s::text[], %(patterns)s::text[]) AS m(mail, pattern)
      WHERE strpos(p.said, m.mail) > 0 AND {_SPACED.format("p.said")} ~ m.pattern)"""


def names(text: str, mails: Iterable[str]) -> bool:
    """The same of a text that is here."""
    plain = text.lower().replace(r"\u0040", "@").replace(r"\u002b", "+")
    said = ""
    for mail in mails:
        if mail in plain:
            said = said or re.sub(_ESCAPES, " ", plain)
            if re.search(pattern(mail), said):
                return True
    return False


def earlier(subject: Subject, contact_ids: Sequence[UUID]) -> set[str]:
    """The addresses that these contacts had, and for a whole customer those of the customer, as far
    as the trail knows; none that is somebody else's there today."""
    rows = execute(
        """
        SELECT DISTINCT lower(e.mail) FROM audit_record r
        JOIN audit_recordvalues v ON v.business_id = r.business_id AND v.id = r.id
        CROSS JOIN LATERAL (VALUES (v.before ->> 'email'), (v.after ->> 'email')) e(mail)
        WHERE r.business_id = %(business_id)s::uuid AND e.mail <> '' AND (
          r.source = 'customers_contact' AND r.object_id = ANY(%(contact_ids)s::uuid[])
          OR %(is_whole)s::boolean AND r.source = 'customers_customer'
            AND r.object_id = %(customer_id)s::uuid)
          AND NOT EXISTS (SELECT FROM customers_contact c
            WHERE c.business_id = %(business_id)s::uuid AND c.customer_id = %(customer_id)s::uuid
              AND lower(c.email) = lower(e.mail) AND c.id <> ALL(%(contact_ids)s::uuid[]))
        """,
        {
            "business_id": subject.business_id,
            "contact_ids": list(contact_ids),
            "customer_id": subject.customer_id,
            "is_whole": subject.contact_id is None,
        },
    )
    return {mail for (mail,) in rows}

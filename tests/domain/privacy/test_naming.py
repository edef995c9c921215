"""A text names somebody or not, whether the database looks or we do."""

import pytest

from counterfoil.domain.privacy import naming
from counterfoil.infra.db import execute, reading

MAIL = "b.ob+x@x.example"
TEXTS = [
    (f"For {MAIL}.", True),
    (f"For {MAIL.upper()}", True),
    (f"<{MAIL}>", True),
    (f'{{"email": "{MAIL}"}}', True),
    (r'{"email": "b.ob+x@x.example"}', True),
    (r"first\nb.ob+x@x.example\tlast", True),
    (r"\/b.ob+x@x.example", True),
    ("b.ob+x@x.example.org", False),
    ("ab.ob+x@x.example", False),
    ("c-b.ob+x@x.example", False),
    ("b.ob+x@x.example-two.org", False),
    ("bxob+x@x.example", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "is_named"), TEXTS)
def test_both_say_the_same(business, text, is_named):
    mails = ["nobody@x.example", MAIL]
    with reading(business):
        [(there,)] = execute(
            f"SELECT {naming.named_in('%(text)s::text')}",
            {
                "text": text,
                "mails": mails,
                "patterns": [naming.pattern(one) for one in mails],
            },
        )
    assert (naming.names(text, mails), there) == (is_named, is_named)

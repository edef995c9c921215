"""The code that a document carries: whoever holds it may ask whether the document is genuine.

It follows from the document and our secret, so that a file that is made anew carries the same one;
what is kept is its hash. 100 bits: nobody guesses one.
"""

import hashlib
import re
from uuid import UUID

from django.utils.crypto import salted_hmac

from counterfoil.kernel.ids import ALPHABET, BusinessId

LENGTH = 20
_GROUP = 5
_MISREAD = str.maketrans("oil", "011")
_PUNCTUATION = re.compile(r"[\s\-\u2010-\u2015\u2212\u00ad\u2066-\u2069\u200e\u200f]+")


def code_of(business_id: BusinessId, kind: str, source_id: UUID) -> str:
    """The code as it is printed: `7H2KQ-0M4XR-…`."""
    value = f"{business_id}:{kind}:{source_id}"
    number = int.from_bytes(salted_hmac("counterfoil.document", value, algorithm="sha256").digest())
    plain = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH)).upper()
    return "-".join(plain[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))


def plain_code(typed: str) -> str:
    """What somebody typed, as it is hashed: without blanks and dashes, and with the letters that
    are easily misread (Crockford); empty if it is no code at all."""
    text = _PUNCTUATION.sub("", typed[:100]).lower().translate(_MISREAD)
    return text if len(text) == LENGTH and set(text) <= set(ALPHABET) else ""


def hash_of(typed: str) -> str:
    """What is kept of a code, in hex; of what is no code a hash that no document has."""
    return hashlib.sha256(f"code:{plain_code(typed)}".encode()).hexdigest()

"""Sealing: AES-256-GCM with the key's id before it, bound to the place where it is stored.

`v1.<key id>.<nonce and ciphertext>`. The place (`table:column:row`) is authenticated along: a value
that was moved to another row or column is refused like one that was changed.

A long text has a mark after it, `….<mark>`: SHA-256 over a random salt, which lies in the box, and
the text. It says nothing of the text without the salt, can be of no other text, and stays the same
under every key: the trail and the seals are over the mark, so that a new key changes neither.
"""

import base64
import binascii
import hashlib
import hmac
import os
import zlib
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.conf import settings

from counterfoil.infra.secrets.keys import DataKey, cipher
from counterfoil.kernel.errors import Unavailable

VERSION = "v1"
_PACKED, _PLAIN = b"z", b"t"
_PACKED_FROM = 200
_NONCE_BYTES = 12  # NIST SP 800-38D: 96 bits, random, far below 2^32 values a key
_SALT_BYTES = 16
MARKED = r"^v1\.[^.]+\.[^.]+\.[^.]+$"
"""The form of a long text that is sealed, for PostgreSQL."""


class SealBroken(Unavailable):
    """What is stored can't be opened; nothing was started."""

    code = "seal_broken"
    message = (
        "What is stored was sealed with another key, or changed: name the old key in "
        "COUNTERFOIL_DATA_KEYS or COUNTERFOIL_OLD_SECRET_KEYS, or type the secrets in again."
    )


class KeyGone(SealBroken):
    """The key that a value names is not here; the value may be as it was."""


def place_of(table: str, column: str, row: UUID | str) -> str:
    """Where a value stands, as it is sealed along."""
    return f"{table}:{column}:{row}"


def newest() -> DataKey:
    """The key that seals now."""
    keys: tuple[DataKey, ...] = settings.SEALING_KEYS
    return keys[0]


def key_id_of(sealed: str) -> str:
    """The id of the key that a sealed text names; empty for a text of another form."""
    parts = sealed.split(".", 2)
    return parts[1] if len(parts) == 3 and parts[0] == VERSION else ""  # noqa: PLR2004


def is_lost(sealed: str) -> bool:
    """Whether a text names a key that is lost for good, as the operator says (`LOST_KEYS`)."""
    return key_id_of(sealed) in settings.LOST_KEYS


def seal_bytes(content: bytes, place: str) -> bytes:
    """Sealed with the newest key, for this place alone."""
    key, nonce = newest(), os.urandom(_NONCE_BYTES)
    head = f"{VERSION}.{key.id}."
    box = cipher(key.secret).encrypt(nonce, content, (head + place).encode())
    return head.encode() + nonce + box


def open_bytes(sealed: bytes, place: str) -> bytes:
    """Opened with the key that it names; `SealBroken` if that is not there, or anything of it or
    its place is another."""
    version, _, rest = sealed.partition(b".")
    key_id, _, box = rest.partition(b".")
    known = {one.id: one for one in settings.SEALING_KEYS}
    key = known.get(key_id.decode("ascii", "replace"))
    if version != VERSION.encode() or len(box) <= _NONCE_BYTES:
        raise SealBroken
    if key is None:
        raise KeyGone
    head = f"{VERSION}.{key.id}."
    nonce, text = box[:_NONCE_BYTES], box[_NONCE_BYTES:]
    try:
        return cipher(key.secret).decrypt(nonce, text, (head + place).encode())
    except InvalidTag:
        raise SealBroken from None


def seal_text(text: str, place: str) -> str:
    """The same for a column of text."""
    return _written(seal_bytes(text.encode(), place))


def open_text(sealed: str, place: str) -> str:
    """The same for a column of text."""
    return open_bytes(_bare(sealed), place).decode()


def seal_long(text: str, place: str) -> str:
    """The same for a text of any length, with its mark: a long one is packed before, for what is
    sealed can't be packed any more. What is empty stays empty."""
    if not text:
        return ""
    content, salt = text.encode(), os.urandom(_SALT_BYTES)
    is_packed = len(content) > _PACKED_FROM
    inside = _PACKED + zlib.compress(content) if is_packed else _PLAIN + content
    return f"{_written(seal_bytes(salt + inside, place))}.{mark_over(salt, content)}"


def open_long(sealed: str, place: str) -> str:
    """Opens what `seal_long` sealed; `SealBroken` also where the mark is that of another text."""
    return _looked_into(sealed, place)[1].decode() if sealed else ""


def salt_and_text(sealed: str, place: str) -> tuple[bytes, str]:
    """What the mark of a long text is over: for a proof of it that needs no key."""
    whole, content = _looked_into(sealed, place)
    return whole[:_SALT_BYTES], content.decode()


def resealed(sealed: str, place: str) -> str:
    """The same content under the newest key; a mark stays as it is."""
    if mark := mark_of_sealed(sealed):
        return f"{_written(seal_bytes(_looked_into(sealed, place)[0], place))}.{mark}"
    return _written(seal_bytes(open_bytes(_bare(sealed), place), place))


def mark_of_sealed(sealed: str) -> str:
    """The mark of a long text that is sealed; empty for what has none."""
    parts = sealed.split(".")
    return parts[3] if len(parts) == 4 else ""  # noqa: PLR2004


def _looked_into(sealed: str, place: str) -> tuple[bytes, bytes]:
    """What lies in the box of a long text, and the text; refuses what its mark is not of."""
    box, _, mark = sealed.rpartition(".")
    whole = open_bytes(_bare(box), place)
    salt, inside = whole[:_SALT_BYTES], whole[_SALT_BYTES:]
    content = zlib.decompress(inside[1:]) if inside[:1] == _PACKED else inside[1:]
    if not hmac.compare_digest(mark_over(salt, content).encode(), mark.encode()):
        raise SealBroken
    return whole, content


def mark_over(salt: bytes, content: bytes) -> str:
    """The mark of a text under its salt."""
    digest = hashlib.sha256(salt + content).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _written(sealed: bytes) -> str:
    """Sealed bytes as text."""
    version, key_id, box = sealed.split(b".", 2)
    return f"{version.decode()}.{key_id.decode()}.{base64.urlsafe_b64encode(box).decode()}"


def _bare(sealed: str) -> bytes:
    head, _, box = sealed.rpartition(".")
    try:
        return f"{head}.".encode() + base64.b64decode(box, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken from None

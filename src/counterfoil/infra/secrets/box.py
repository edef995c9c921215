"""Sealing: AES-256-GCM with the key's id before it, bound to the place where it is stored.

`v1.<key id>.<nonce and ciphertext>`. The place (`table:column:row`) is authenticated along: a value
that was moved to another row or column is refused like one that was changed.
"""

import base64
import binascii
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


class SealBroken(Unavailable):
    """What is stored can't be opened; nothing was started."""

    code = "seal_broken"
    message = (
        "What is stored was sealed with another key, or changed: name the old key in "
        "COUNTERFOIL_DATA_KEYS or COUNTERFOIL_OLD_SECRET_KEYS, or type the secrets in again."
    )


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
    if version != VERSION.encode() or key is None or len(box) <= _NONCE_BYTES:
        raise SealBroken
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
    """The same for a text of any length: a long one is packed before, for what is sealed can't be
    packed any more. What is empty stays empty."""
    if not text:
        return ""
    content = text.encode()
    is_packed = len(content) > _PACKED_FROM
    inside = _PACKED + zlib.compress(content) if is_packed else _PLAIN + content
    return _written(seal_bytes(inside, place))


def open_long(sealed: str, place: str) -> str:
    """Opens what `seal_long` sealed."""
    if not sealed:
        return ""
    inside = open_bytes(_bare(sealed), place)
    content = zlib.decompress(inside[1:]) if inside[:1] == _PACKED else inside[1:]
    return content.decode()


def resealed(sealed: str, place: str) -> str:
    """The same content under the newest key."""
    return _written(seal_bytes(open_bytes(_bare(sealed), place), place))


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

"""Merkle trees over hashes (RFC 6962, 2.1): one root for many leaves, and the path that proves one
of them."""

import hashlib
from collections.abc import Sequence

_OF_NOTHING = hashlib.sha256(b"").digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of leaves, in their order; that of no leaves is the hash of nothing.

    A last one without a neighbour goes up as it is, which makes the tree that RFC 6962 describes
    from the top: each left half is the largest full one.
    """
    level = list(leaves)
    while len(level) > 1:
        pairs = [_node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0] if level else _OF_NOTHING


def audit_path(leaves: Sequence[bytes], at: int) -> list[bytes]:
    """The hashes beside the way from the leaf at this place up to the root (RFC 6962, 2.1.1)."""
    level, found = list(leaves), []
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            found.append(level[beside])
        pairs = [_node(*level[one : one + 2]) for one in range(0, len(level) - 1, 2)]
        level, at = pairs + level[len(pairs) * 2 :], at >> 1
    return found


def root_by(leaf: bytes, at: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf at this place of `count` has by its path; None for a path that is not
    as long as it must be (RFC 9162, 2.1.3.2)."""
    if not 0 <= at < count:
        return None
    found, last, rest = leaf, count - 1, list(path)
    while last:
        if at % 2 or at < last:  # else it has no neighbour, and goes up as it is
            if not rest:
                return None
            beside = rest.pop(0)
            found = _node(beside, found) if at % 2 else _node(found, beside)
        at, last = at >> 1, last >> 1
    return None if rest else found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()

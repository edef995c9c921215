"""Every door, and which of them a method and an address lead to."""

from counterfoil_sandbox.doors import control, money, payments, saved
from counterfoil_sandbox.doors.door import Door
from counterfoil_sandbox.errors import GatewayError, not_found

DOORS = (*control.DOORS, *payments.DOORS, *saved.DOORS, *money.DOORS)
_PATTERNS = [(door, door.pattern()) for door in DOORS]
_FIXED = {(door.method, door.path): door for door in DOORS if "{" not in door.path}


def find(method: str, path: str) -> tuple[Door, dict[str, str]]:
    """The door and the parts of its address; 404 without one, 405 for another method."""
    fixed = _FIXED.get((method, path))
    if fixed is not None:
        return fixed, {}
    matches = [(door, found) for door, pattern in _PATTERNS if (found := pattern.fullmatch(path))]
    for door, found in matches:
        if door.method == method:
            return door, found.groupdict()
    if matches:
        raise GatewayError(405, "method_not_allowed", "Method Not Allowed.")
    raise not_found("Not Found.")

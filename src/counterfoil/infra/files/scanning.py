"""The one way a file is looked through for harm: by the scanner that the settings name, if any."""

import logging

from django.conf import settings

from counterfoil.infra.db import outside_transaction
from counterfoil.infra.registry import load
from counterfoil.kernel.ports.scanners import NotScanned, Scanner

_log = logging.getLogger("counterfoil.scanning")


@outside_transaction
def harm_in(content: bytes) -> str:
    """The name of what the scanner finds in a file; empty where it finds nothing, and where no
    scanner is named. What the operator has to know is in the log; the errors are the port's."""
    if not settings.CLAMD:
        return ""
    scanner: Scanner = load(settings.SCANNER)(settings.CLAMD)
    try:
        found = scanner.scan(content)
    except NotScanned as trouble:
        _log.error("a file was refused without a look into it: %s", trouble.message)
        raise
    if found:
        _log.warning("a file was refused: the scanner found %s in it", found)
    return found

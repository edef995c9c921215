"""Keeps the secrets that stand in addresses out of the logs: whoever reads a log opens nothing."""

import logging
import re

_SECRET = re.compile(r"(/i/|/b/|/back/|/password/reset/key/)[^\s/?\"']+")


class SecretsHidden(logging.Formatter):
    """Writes a line as usual, with `…` in the place of the secret of a guest's link (to an invoice
    or to what is owed), of a return address or of a reset link."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, its traceback too."""
        return _SECRET.sub(r"\1…", super().format(record))

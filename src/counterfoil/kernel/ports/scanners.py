"""The port to scanners: the bytes of a file go in, the name of the harm in them comes out."""

from typing import Protocol

from counterfoil.kernel.errors import Refused, Unavailable


class TooLargeToScan(Refused):
    """The scanner takes no file of this size. Trying again is vain."""

    code = "too_large_to_scan"
    message = "The scanner takes no file as large as this."


class NotScanned(Unavailable):
    """The scanner said nothing about the file, or nothing whole; the message says why."""

    code = "not_scanned"
    message = "The scanner does not answer."


class Scanner(Protocol):
    """The capability to look for harm in a file."""

    def scan(self, content: bytes) -> str:
        """The name of what was found in it; empty where the scanner says that there is nothing.

        `TooLargeToScan` and `NotScanned` where it was not, or not wholly, looked through.
        """

    def check(self) -> str:
        """Has the scanner look through a few bytes; says what it is, and where it is reached.

        `NotScanned` with the reason where it could not.
        """

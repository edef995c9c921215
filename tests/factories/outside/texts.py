"""Text messages to test with: the folder that they lie in, and a service that answers as told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.gateways.fake_service import FakeService

CODE = re.compile(r"#([0-9A-Z]{4}-[0-9A-Z]{4})$")


@dataclass(frozen=True, slots=True)
class Sent:
    """A text as it went out."""

    number: str
    text: str

    @property
    def code(self) -> str:
        """The code in its last line."""
        found = CODE.search(self.text)
        assert found is not None, self.text
        return found[1]


def sent(folder: Path) -> list[Sent]:
    """Every text in the folder, in the order of the file names."""
    found = []
    for file in sorted(folder.glob("*.txt")):
        head, _, text = file.read_text(encoding="utf-8").partition("\n\n")
        found.append(Sent(head.removeprefix("To: "), text.removesuffix("\n")))
    return found


@contextmanager
def service() -> Iterator[tuple[FakeService, str]]:
    """A service on loopback, and the setting that names it."""
    made = FakeService()
    host = made.url.removeprefix("http://")
    try:
        yield made, f"twilio://AC1:token@{host}?from=Harrow&tls=none"
    finally:
        made.close()

"""The heads of seals as they are kept outside the database: in the file store, a file a day."""

import re

from counterfoil.domain.audit.rows import SealRow
from counterfoil.infra import files
from counterfoil.kernel.ids import BusinessId

_LINE = re.compile(r"(\d+):([0-9a-f]{64}) .*")


def keep(business_id: BusinessId, seal: SealRow) -> None:
    """Adds the head of a seal to the file of its day; one sealer at a time writes."""
    key = f"{_folder(business_id)}/{seal.sealed_at:%Y-%m-%d}.txt"
    line = f"{seal.mark} {seal.count} rows {seal.sealed_at.isoformat(timespec='seconds')}\n"
    files.write_open(key, (files.read_open(key) or b"") + line.encode())


def kept(business_id: BusinessId) -> dict[int, str]:
    """The heads in the file store, by the numbers of their seals."""
    found = {}
    for key in files.keys(_folder(business_id)):
        for line in (files.read_open(key) or b"").decode().splitlines():
            mark = _LINE.fullmatch(line)
            if mark:
                found[int(mark.group(1))] = mark.group(2)
    return found


def _folder(business_id: BusinessId) -> str:
    return f"seals/{business_id}"

"""Where an upload waits between its preview and the import: one place for each member and kind."""

from counterfoil.infra import files
from counterfoil.kernel.errors import Conflict
from counterfoil.surfaces.backoffice.access import StaffRequest

KINDS = ("invoices", "customers")


class OtherFile(Conflict):
    """The file that was previewed is not the one that waits any more."""

    code = "other_file"
    message = "The file was replaced meanwhile. Upload it again."


def kind_of(text: str) -> str:
    """One of the kinds; invoices for anything else."""
    return text if text in KINDS else KINDS[0]


def _key(request: StaffRequest, kind: str) -> str:
    member = request.member.user_id.hex
    return f"uploads/{request.business.id.hex}/{member}-{kind}"


def keep(request: StaffRequest, kind: str, content: bytes) -> str:
    """Lets the upload wait, in the place of the one before; returns its fingerprint."""
    files.write(_key(request, kind), content)
    return files.sha256(content)


def waiting(request: StaffRequest, kind: str, fingerprint: str) -> bytes:
    """The upload that was previewed; refuses (`OtherFile`) any other, and none."""
    content = files.read(_key(request, kind))
    if content is None or files.sha256(content) != fingerprint:
        raise OtherFile
    return content


def forget(request: StaffRequest, kind: str) -> None:
    """The upload has done its work."""
    files.remove(_key(request, kind))

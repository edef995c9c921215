"""The one door by which files come in: a file is as large as it may be, and looked through for
harm, before anybody else reads a byte of it."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from counterfoil.infra.files.scanning import harm_in
from counterfoil.kernel.errors import FieldProblem, Problem, Unavailable
from counterfoil.kernel.ports.scanners import TooLargeToScan


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be read: its name as it was sent, and its bytes."""

    name: str
    content: bytes = field(repr=False)


def has_files(request: HttpRequest) -> bool:
    """Whether any file came along."""
    return bool(request.FILES)


def taken(
    request: HttpRequest, name: str, *, bytes_max: int, too_large: str = "file_too_large"
) -> Upload:
    """The file that was sent in this field. Never within a transaction, for a scanner may be asked.

    Refuses (`FieldProblem`): none was sent, it is larger than `bytes_max` (under the code
    `too_large`), harm was found in it, or the scanner takes none of its size. `Unavailable`: a
    scanner is named, and does not answer.
    """
    sent = _sent(request, name)
    if sent is None:
        raise FieldProblem(name, "Choose a file first.", code="file_missing")
    if (sent.size or 0) > bytes_max:
        raise FieldProblem(name, "The file is too large.", code=too_large)
    content = sent.read()
    try:
        found = harm_in(content)
    except TooLargeToScan as problem:
        raise FieldProblem(name, problem.message, code=problem.code) from None
    if found:
        message = f"The virus scanner found {found} in this file."
        raise FieldProblem(name, message, code="harm_found", found=found)
    return Upload(sent.name or "file", content)


def fingerprint(request: HttpRequest, name: str, *, bytes_max: int) -> str:
    """The SHA-256 of the file that was sent in this field, and nothing else of it: it is neither
    kept nor read, so no scanner is asked. Empty where none was sent; refuses (`FieldProblem`) one
    that is larger than `bytes_max`."""
    sent = _sent(request, name)
    if sent is None:
        return ""
    if (sent.size or 0) > bytes_max:
        raise FieldProblem(name, "The file is too large.", code="file_too_large")
    digest = hashlib.sha256()
    for chunk in sent.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def status_of_refusal(problem: Problem) -> int:
    """The status of a form that comes back with this problem beside its file."""
    return 503 if isinstance(problem, Unavailable) else 422


def _sent(request: HttpRequest, name: str) -> "UploadedFile[Any] | None":
    found = request.FILES.get(name)
    return found if isinstance(found, UploadedFile) else None

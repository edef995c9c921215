"""Files come in by one door: no view reads one by itself, past the scanner."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src/counterfoil"
DOOR = SOURCE / "surfaces/ui/files/uploads.py"
OF_FILES = {"FileField", "ImageField", "MultiPartParser", "UploadedFile", "upload_handlers"}


def read_here(text: str) -> Iterator[str]:
    """Every word that reads a file that was sent."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr == "FILES":
            if not (isinstance(node.value, ast.Name) and node.value.id == "settings"):
                yield f"{node.lineno}: .FILES"
        elif isinstance(node, ast.Name | ast.Attribute):
            word = node.id if isinstance(node, ast.Name) else node.attr
            if word in OF_FILES:
                yield f"{node.lineno}: {word}"
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.lineno}: {one.name}" for one in node.names if one.name in OF_FILES)


def test_every_file_that_is_sent_is_read_at_the_door():
    found = {
        str(path.relative_to(SOURCE)): words
        for path in SOURCE.rglob("*.py")
        if path != DOOR and (words := list(read_here(path.read_text(encoding="utf-8"))))
    }
    assert found == {}
    assert list(read_here(DOOR.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "request.FILES['file'].read()",
        "self.request.FILES",
        "class Form:\n    file = forms.FileField()",
        "from django.forms import ImageField",
        "from django.core.files.uploadedfile import UploadedFile",
    ],
)
def test_one_that_is_read_elsewhere_is_found(text):
    assert list(read_here(text))


def test_the_folder_of_the_settings_is_something_else():
    assert list(read_here("Path(settings.FILES)")) == []

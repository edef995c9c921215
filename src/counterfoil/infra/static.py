"""Static files under hashed names, compressed; plain names where nothing was collected yet."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names for good caching; a file missing from the manifest keeps its plain name."""

    manifest_strict = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002  Django's own
        """The address of a file; asked for a dozen times a page, so it is looked up once."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """A file that was not collected (a fresh checkout's tests) is named plainly."""
        try:
            hashed: str = super().hashed_name(name, content, filename)
        except ValueError:
            return name
        return hashed

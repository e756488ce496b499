"""Static files under hashed names once they are collected, under plain names before."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Let `make run` and tests serve straight from the sources: no manifest, no hashed names."""

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """The address of a file; worked out once, because each page asks for a dozen."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]

"""Static files under hashed names once they are collected, under plain names before."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Let `make run` and tests serve straight from the sources: no manifest, no hashed names."""

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name

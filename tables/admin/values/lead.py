"""A link of a value to another item."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from tables.admin.values.hidden_characters import marked


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a value leads, in what words; one `is_missing` that leads nowhere."""

    url: str
    text: str
    is_missing: bool = False

    @property
    def html(self) -> SafeString:
        """The words, what can't be seen in them marked."""
        return marked(self.text)

"""What the database remembers of how people use the pages."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class PagePreference(models.Model):
    """How one person wants to see one table's list.

    `columns` holds document paths as text, empty for the table's own; `page_size` is a number of
    items, None for the table's own.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    alias = models.CharField(max_length=64)
    columns = models.JSONField(default=list)
    page_size = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "alias"], name="one_preference_each"),
        ]

    def __str__(self) -> str:
        return self.alias


class RecentItem(models.Model):
    """An item that a person changed through the pages: its key token, none of what it holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    alias = models.CharField(max_length=64)
    key = models.TextField()
    action = models.CharField(max_length=8)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="recent_of_user")]

    def __str__(self) -> str:
        return self.alias

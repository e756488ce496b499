"""What the relational database keeps for signed-in people. Items never touch it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tables.records.jobs.models import Job, JobPart, ReportPage, Worker

__all__ = [
    "AccessKey",
    "Job",
    "JobPart",
    "PagePreference",
    "RecentItem",
    "ReportPage",
    "Worker",
]


class AccessKey(models.Model):
    """An access key that acts with its user's rights. The secret is kept encrypted only."""

    access_key_id = models.CharField(_("access key id"), max_length=20, unique=True)
    encrypted_secret = models.BinaryField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_keys"
    )
    label = models.CharField(_("name"), max_length=100)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    last_used = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        ordering = ("-created",)
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")

    def __str__(self) -> str:
        return f"{self.access_key_id} ({self.label})"


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

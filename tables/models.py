"""What the relational database keeps for signed-in people. Items never touch it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tables.records.jobs.models import (
    Job,
    JobOwner,
    JobPart,
    JobUpload,
    RemovedJobs,
    ReportPage,
    Worker,
)
from tables.records.people.models import PagePreference, RecentItem

__all__ = [
    "AccessKey",
    "Job",
    "JobOwner",
    "JobPart",
    "JobUpload",
    "PagePreference",
    "RecentItem",
    "RemovedJobs",
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

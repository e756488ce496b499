"""Refuse to start where a table's `version` names a key attribute, which no write can raise."""

import structlog
from django.core.exceptions import ImproperlyConfigured

from tables.configuration import description, registry
from tables.core.errors import TablesError
from tables.dynamodb.deadline import deadline

log = structlog.get_logger(__name__)

# An engine that is away must not hold a start: then every write of the table is refused.
_PATIENCE_SECONDS = 4


def require_plain_versions() -> None:
    """Raise ImproperlyConfigured for each such alias; only tables that have one are asked."""
    counted = [table for table in registry().tables.values() if table.version]
    try:
        with deadline(_PATIENCE_SECONDS):
            wrong = [t for t in counted if t.version in description(t).key_names]
    except TablesError as error:
        log.warning("versions_not_seen", reason=error.code)
        return
    if wrong:
        raise ImproperlyConfigured(
            "\n".join(
                f"tables.E004: [{t.alias}] version can't be {t.version!r}: it is a key attribute. "
                "Name the attribute that the table's programs count versions in."
                for t in wrong
            )
        )

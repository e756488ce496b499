"""The Django app that serves DynamoDB tables."""

from django.apps import AppConfig
from django.core.checks import register

from tables.access.checks import check_access_key_secrets, check_production, check_sign_in_urls
from tables.checks import (
    check_alias_map,
    check_discovery,
    check_key_patterns,
    check_kinds,
    check_links,
    check_types,
    check_types_of_keys,
)


class TablesConfig(AppConfig):
    name = "tables"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tables.jobs.hosts import check_hosts  # noqa: PLC0415 - models are there only now

        register(check_alias_map)
        register(check_types)
        register(check_kinds)
        register(check_types_of_keys, deploy=True)
        register(check_links, deploy=True)
        register(check_key_patterns, deploy=True)
        register(check_discovery, deploy=True)
        register(check_hosts, deploy=True)
        register(check_sign_in_urls)
        register(check_access_key_secrets)
        register(check_production, deploy=True)

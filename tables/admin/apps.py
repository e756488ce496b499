"""Makes our site the one that Django calls `admin.site`."""

from django.contrib.admin.apps import SimpleAdminConfig


class TablesAdminConfig(SimpleAdminConfig):
    default_site = "tables.admin.site.TablesSite"

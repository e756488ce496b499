"""The admin site: Django's own pages and habits, around tables instead of models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tables.access.callers import caller_of
from tables.access.rights import can
from tables.admin.environment import environment_badge
from tables.admin.index import index_context
from tables.admin.urls import TABLE_PAGES
from tables.configuration import registry

View = Callable[..., HttpResponseBase]


class TablesSite(AdminSite):
    """The site that staff see under `/admin/`."""

    site_title = gettext_lazy("Dynadmin")
    site_header = gettext_lazy("Dynadmin")
    index_title = gettext_lazy("Tables")
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the caller is signed in and in a group that may open the pages."""
        caller = caller_of(request)
        known = registry()
        return caller is not None and bool(
            caller.groups & (known.staff_groups | known.superuser_groups)
        )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Every page with and without its last slash, because a redirect would lose a POST."""
        pages: list[tuple[str, View, str]] = [
            ("logout", self.logout, "logout"),
            ("jsi18n", self.i18n_javascript, "jsi18n"),
            *TABLE_PAGES,
        ]
        patterns: list[URLPattern | URLResolver] = [
            path("", self.admin_view(self.index), name="index"),
            path("login/", self.login, name="login"),
            path("login", self.login),
        ]
        for route, view, name in pages:
            page = self.admin_view(view)
            patterns += [path(f"{route}/", page, name=name), path(route, page)]
        patterns.append(path("<path:url>", self.admin_view(self.catch_all_view)))
        return patterns

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """One entry for each table that the caller may view, in the alias map's order."""
        caller = caller_of(request)
        if caller is None:
            return []
        entries = []
        for table in registry().tables.values():
            if not can(caller, "view", table):
                continue
            rights = {action: can(caller, action, table) for action in ("add", "change", "delete")}
            url = reverse("admin:tables_changelist", args=[table.alias])
            entries.append(
                {
                    "name": table.label,
                    "object_name": table.alias,
                    "perms": {"view": True, **rights},
                    "admin_url": url,
                    "add_url": f"{url}add/" if rights["add"] else None,
                    "view_only": not rights["change"],
                }
            )
        if not entries:
            return []
        return [
            {
                "name": _("Tables"),
                "app_label": "tables",
                "app_url": reverse("admin:index"),
                "has_module_perms": True,
                "models": entries,
            }
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page shows around its content."""
        return {
            **super().each_context(request),
            "environment": environment_badge(settings.ENVIRONMENT_NAME),
            "read_only": settings.READ_ONLY,
        }

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The first page: tables with their counts, and what this person changed lately."""
        return super().index(request, {**index_context(request), **(extra_context or {})})

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On to the hosted sign-in, or a refusal for whoever is signed in and still not staff."""
        if self.has_permission(request):
            return HttpResponseRedirect(_next_page(request))
        if caller_of(request) is not None:
            raise PermissionDenied(
                _("Your account is in no group that may open these pages. Ask an administrator.")
            )
        query = urlencode({"next": _next_page(request)})
        return HttpResponseRedirect(f"{reverse('oidc_authentication_init')}?{query}")

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What `/oidc/logout/` does, under the admin's own name."""
        view = resolve(reverse("oidc_logout")).func
        answer: HttpResponse = view(request)
        return answer


def _next_page(request: HttpRequest) -> str:
    """Where to go after sign-in; anything that leaves this host becomes the first page."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("admin:index")


site = TablesSite(name="admin")

"""The admin site: Django's own pages and habits, around tables instead of models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tables.access.browser.failure_pages import failure_page
from tables.access.browser.token_page import token_page
from tables.access.rights import may_open_pages
from tables.access.users import caller_of_user
from tables.admin.access_keys import list_keys, revoke_key
from tables.admin.index import facts_page, index_context
from tables.admin.sidebar import app_list, find_tables, sidebar
from tables.admin.urls import TABLE_PAGES
from tables.configuration import registry
from tables.speed import fragment

View = Callable[..., HttpResponseBase]

# Django's own views take any method that they don't know for a GET.
_as_page = require_http_methods(["GET", "HEAD", "POST"])


class TablesSite(AdminSite):
    """The site that staff see under `/admin/`."""

    site_title = gettext_lazy("Dynadmin")
    site_header = gettext_lazy("Dynadmin")
    index_title = gettext_lazy("Tables")
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the caller is signed in and in a group that may open the pages."""
        return may_open_pages(caller_of_user(request.user), registry())

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Every page with and without its last slash, because a redirect would lose a POST."""
        pages: list[tuple[str, View, str]] = [
            ("login", self.login, "login"),
            ("logout", self.admin_view(self.logout), "logout"),
            ("jsi18n", self.admin_view(self.i18n_javascript, cacheable=True), "jsi18n"),
            ("token", self.admin_view(self.token), "token"),
            ("facts", self.admin_view(facts_page), "facts"),
            ("find", self.admin_view(find_tables), "find"),
            ("access-keys", self.admin_view(list_keys), "access_keys"),
            (
                "access-keys/<str:access_key_id>/revoke",
                self.admin_view(revoke_key),
                "access_key_revoke",
            ),
            *((route, self.admin_view(view), name) for route, view, name in TABLE_PAGES),
        ]
        patterns: list[URLPattern | URLResolver] = [
            path("", _as_page(self.admin_view(self.index)), name="index")
        ]
        for route, view, name in pages:
            page = _as_page(view)
            patterns += [path(f"{route}/", page, name=name), path(route, page)]
        return [*patterns, path("<path:url>", self.admin_view(self.catch_all_view))]

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """One app for each group of tables; of very many, those that the sidebar names."""
        return app_list(request, caller_of_user(request.user))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page shows around its content."""
        around = super().each_context(request)
        return {
            **around,
            "sidebar": sidebar(request, caller_of_user(request.user), around["available_apps"]),
            "keyboard_help": fragment("admin/keyboard_help.html"),
        }

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The first page: tables with their counts, and what this person changed lately.

        Not Django's own, which lists the tables twice.
        """
        context = {
            **self.each_context(request),
            "title": self.index_title,
            **index_context(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/index.html", context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On to the hosted sign-in, or a refusal for whoever is signed in and still not staff."""
        if self.has_permission(request):
            return HttpResponseRedirect(_next_page(request))
        if request.user.is_authenticated:
            return failure_page(request, "group")
        query = urlencode({"next": _next_page(request)})
        return HttpResponseRedirect(f"{reverse('oidc_authentication_init')}?{query}")

    def logout(  # type: ignore[override] # Django's shows a page; this one leads to the sign-in's
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What `/oidc/logout/` does, under the admin's own name."""
        view = resolve(reverse("oidc_logout")).func
        answer: HttpResponse = view(request)
        return answer

    def token(self, request: HttpRequest) -> HttpResponse:
        """The ID token of this session, for programs that call the APIs."""
        return token_page(request, **self.each_context(request))


def _next_page(request: HttpRequest) -> str:
    """Where to go after sign-in; anything that leaves this host becomes the first page."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("admin:index")


site = TablesSite(name="admin")

"""The pages where a person makes, lists and revokes their own access keys."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tables.access import access_keys
from tables.addresses import absolute_url, public_host
from tables.admin.errors import render_page
from tables.models import AccessKey

MAX_LABEL_CHARACTERS = 100
# Enough for every program of one person; more are a sign of keys that nobody revokes.
MAX_ACTIVE_KEYS = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def list_keys(request: HttpRequest) -> HttpResponse:
    """The person's keys, and a form for one more; its secret is on the answer and nowhere else."""
    user = _person(request)
    if request.method != "POST":
        return _page(request, user)
    label = request.POST.get("label", "").strip()
    error = _mistake(label, user)
    if error:
        return _page(request, user, {"label": label, "error": error}, status=422)
    key, secret = access_keys.issue(user, label)
    return _page(request, user, {"made": key, "secret": secret})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_key(request: HttpRequest, access_key_id: str) -> HttpResponse:
    """Ask, then end a key of the person's own for good."""
    mine = AccessKey.objects.filter(user=_person(request), revoked=None)
    key = mine.filter(access_key_id=access_key_id).first()
    if key is None:
        raise Http404
    if request.method != "POST":
        context = {"title": _("Revoke this access key?"), "key": key}
        return render_page(request, "admin/access_key_revoke.html", context)
    access_keys.revoke(key)
    messages.success(request, _("The access key “%(label)s” is revoked.") % {"label": key.label})
    return HttpResponseRedirect(reverse("admin:access_keys"))


def _page(
    request: HttpRequest, user: User, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    shown = {
        "title": _("Access keys"),
        "keys": AccessKey.objects.filter(user=user),
        "endpoint": absolute_url(request, "/"),
        "host": public_host(request),
        "max_label": MAX_LABEL_CHARACTERS,
        **(context or {}),
    }
    return render_page(request, "admin/access_keys.html", shown, status=status)


def _mistake(label: str, user: User) -> str:
    if not label or not label.isprintable():
        return _("Give the key a name that says which program uses it.")
    if len(label) > MAX_LABEL_CHARACTERS:
        return _("The name is too long: %(most)s characters at most.") % {
            "most": MAX_LABEL_CHARACTERS
        }
    if AccessKey.objects.filter(user=user, revoked=None).count() >= MAX_ACTIVE_KEYS:
        return _("You have %(most)s keys already: revoke one first.") % {"most": MAX_ACTIVE_KEYS}
    return ""


def _person(request: HttpRequest) -> User:
    """The signed-in user; `admin_view` has let nobody else in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user

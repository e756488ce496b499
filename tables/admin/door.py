"""The admin pages as the rest of the site knows them."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from tables.admin import errors
from tables.admin.header import bare_header
from tables.doors import Door, Refusal

PREFIX = "admin"


def word(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page that tells a person what happened."""
    if refusal.status == 404:
        return errors.page_not_found(request)
    if refusal.status == 403:
        return errors.permission_denied(request, refusal.cause)
    if refusal.status >= 500:
        return render(request, "500.html", {"header": bare_header()}, status=refusal.status)
    return errors.bad_request(request, refusal.cause)


door = Door("admin", PREFIX, [path(f"{PREFIX}/", admin.site.urls)], word)

"""The doors of this site, and which of them a request has come to."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from tables.access.browser.door import door as sign_in
from tables.admin.door import door as pages
from tables.api.adminapi.door import door as adminapi
from tables.api.putitem.door import door as putitem
from tables.api.v1.door import door as v1
from tables.doors import Door

# What programs ask for most is found first.
DOORS = (adminapi, v1, putitem, sign_in, pages)
_BY_PREFIX = {door.prefix: door for door in DOORS}
# First segment of a path that is no door's -> its name. Anything else is "other", or a scanner
# could make labels.
_PLACES = {
    "": "front",
    "healthz": "health",
    "readyz": "health",
    settings.STATIC_URL.strip("/"): "static",
}


def door_of(request: HttpRequest) -> Door | None:
    """The door that a request has come to, by its path or by what that door claims."""
    door = _BY_PREFIX.get(_first_segment(request))
    if door is not None:
        return door
    return next((door for door in DOORS if door.claims and door.claims(request)), None)


def place_of(request: HttpRequest) -> str:
    """What metrics and log lines call the part of the site that a request has come to."""
    door = door_of(request)
    return door.name if door else _PLACES.get(_first_segment(request), "other")


def _first_segment(request: HttpRequest) -> str:
    return request.path_info.split("/", 2)[1]

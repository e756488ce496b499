"""Absolute addresses of this site, as a link may carry them."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port


def absolute_url(request: HttpRequest, location: str) -> str:
    """The absolute URL of a path with its query, on `public_host`."""
    url = urlsplit(request.build_absolute_uri(location))
    return url._replace(netloc=public_host(request)).geturl()


def public_host(request: HttpRequest) -> str:
    """The host that the client named, with its port on loopback and where LINK_PORTS names it.

    ALLOWED_HOSTS says nothing of ports: a made-up one would lead whoever follows a link, or a cache
    that keeps it, to another server of this machine.
    """
    host = request.get_host()
    name, port = split_domain_port(host)
    return host if not port or port in settings.LINK_PORTS or is_loopback(name) else name


def is_loopback(host: str) -> bool:
    """Whether a host, as it stands in a URL, is this very machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

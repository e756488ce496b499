"""Somebody signed in with a browser: imported once Django is set up."""

from __future__ import annotations

import time
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.utils.crypto import get_random_string


def session_cookie() -> str:
    """The Cookie header of a person of the staff group, in a database made just now."""
    call_command("migrate", verbosity=0)
    user = User.objects.create(username="bench-person", first_name="person, bench")
    user.groups.add(Group.objects.create(name="staff"))
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["signed_in_until"] = time.time() + 86_400
    session.create()
    # The other one is there from anybody's first page on.
    cookies = {settings.SESSION_COOKIE_NAME: session.session_key}
    cookies[settings.CSRF_COOKIE_NAME] = get_random_string(CSRF_SECRET_LENGTH)
    return "; ".join(f"{name}={value}" for name, value in cookies.items())

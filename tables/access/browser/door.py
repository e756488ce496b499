"""Signing in and out as the rest of the site knows it; the pages speak for it."""

from tables.access.browser.sign_in import PREFIX
from tables.access.browser.urls import urlpatterns
from tables.doors import Door

door = Door("sign-in", PREFIX, urlpatterns)

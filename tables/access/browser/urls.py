"""URLs of signing in and out, under the names that mozilla-django-oidc looks up."""

from __future__ import annotations

from django.urls import path

from tables.access.browser.sign_in import PREFIX, BeginView, CallbackView, SignOutView, signed_in

urlpatterns = [
    path(f"{PREFIX}/authenticate/", BeginView.as_view(), name="oidc_authentication_init"),
    path(f"{PREFIX}/callback/", CallbackView.as_view(), name="oidc_authentication_callback"),
    path(f"{PREFIX}/logout/", SignOutView.as_view(), name="oidc_logout"),
    path(f"{PREFIX}/done/", signed_in, name="signed_in"),
]

"""URLs of signing in and out, under the names that mozilla-django-oidc looks up."""

from __future__ import annotations

from django.urls import path

from tables.access.browser.sign_in import BeginView, CallbackView, SignOutView, signed_in

urlpatterns = [
    path("oidc/authenticate/", BeginView.as_view(), name="oidc_authentication_init"),
    path("oidc/callback/", CallbackView.as_view(), name="oidc_authentication_callback"),
    path("oidc/logout/", SignOutView.as_view(), name="oidc_logout"),
    path("oidc/done/", signed_in, name="signed_in"),
]

"""URLs of the JSON doors, each with its own list."""

from django.urls import include, path

urlpatterns = [
    path("", include("tables.api.adminapi.urls")),
    path("", include("tables.api.v1.urls")),
]

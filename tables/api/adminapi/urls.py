"""Where the AdminAPI answers: with and without a slash, because a redirect loses the body."""

from django.urls import path

from tables.api.adminapi.views import AdminApiView

urlpatterns = [
    path("endpoint", AdminApiView.as_view(), name="adminapi"),
    path("endpoint/", AdminApiView.as_view()),
]

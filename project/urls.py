"""URLs: each room brings its own, in this order."""

from django.urls import path
from django.views.generic import RedirectView

to_admin = RedirectView.as_view(url="/admin/", http_method_names=["get", "head"])

urlpatterns = [
    path("", to_admin, name="front-door"),
]

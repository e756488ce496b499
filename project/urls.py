"""URLs: each room brings its own, in this order."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

to_admin = RedirectView.as_view(url="/admin/", http_method_names=["get", "head"])

urlpatterns = [
    path("", to_admin, name="front-door"),
    path("admin/", admin.site.urls),
]

handler400 = "tables.admin.errors.bad_request"
handler403 = "tables.admin.errors.permission_denied"
handler404 = "tables.admin.errors.page_not_found"

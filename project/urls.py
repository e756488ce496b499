"""URLs: each room brings its own. What programs ask for most is found first."""

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from tables.api.putitem.views import TARGET_PREFIX, PutItemView

to_admin = RedirectView.as_view(url="/admin/", http_method_names=["get", "head"])
old_clients = PutItemView.as_view()


@csrf_exempt
def front_door(request: HttpRequest) -> HttpResponseBase:
    """Old SDKs sign and send the path `/`; everyone else goes to the pages."""
    if request.META.get("HTTP_X_AMZ_TARGET", "").startswith(TARGET_PREFIX):
        return old_clients(request)
    return to_admin(request)


urlpatterns = [
    path("", include("tables.api.urls")),
    path("", front_door, name="front-door"),
    path("", include("tables.access.browser.urls")),
    path("", include("tables.api.putitem.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "project.errors.bad_request"
handler403 = "project.errors.permission_denied"
handler404 = "project.errors.page_not_found"
handler500 = "project.errors.server_error"

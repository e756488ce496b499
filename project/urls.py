"""URLs: each door brings its own."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from project.doors import DOORS
from tables.api.putitem.door import is_of_an_sdk
from tables.api.putitem.views import PutItemView

to_pages = RedirectView.as_view(pattern_name="admin:index", http_method_names=["get", "head"])
sdks = PutItemView.as_view()


@csrf_exempt
def front_door(request: HttpRequest) -> HttpResponseBase:
    """SDKs sign and send the path `/`; everyone else goes to the pages."""
    return sdks(request) if is_of_an_sdk(request) else to_pages(request)


urlpatterns = [
    *(pattern for door in DOORS for pattern in door.urls),
    path("", front_door, name="front-door"),
]

handler400 = "project.errors.bad_request"
handler403 = "project.errors.permission_denied"
handler404 = "project.errors.page_not_found"
handler500 = "project.errors.server_error"

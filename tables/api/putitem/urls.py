"""Where old clients reach the 2011-12-05 door; `POST /` is routed by `X-Amz-Target`."""

from django.urls import path

from tables.api.putitem.views import PutItemView

urlpatterns = [
    path("dynamodb/", PutItemView.as_view(), name="putitem"),
    path("dynamodb", PutItemView.as_view()),
]

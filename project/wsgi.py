"""The WSGI application, warm: no request waits for imports or for the making of a client."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tables.dynamodb.client import client

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
client()

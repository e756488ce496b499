"""The WSGI application, warm: no request waits for imports or for the making of a client."""

import os

from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

from project.database import look_at_database
from project.history import require_history_table
from project.versions import require_plain_versions
from tables.dynamodb.client import client

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

application = get_wsgi_application()
BaseCommand().check()  # a mistake in the settings stops the start, in words; this imports the URLs
client()
require_history_table()
require_plain_versions()
look_at_database()

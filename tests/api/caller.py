"""Whoever calls an API whose bodies are JSON: signed in without a token, every digit kept."""

from rest_framework.test import APIClient

from tables.access.callers import Caller
from tests.contract.languages import dumps


class JsonCaller:
    """A caller of these groups; of none, nobody."""

    def __init__(self, *groups, name="doe, jane"):
        self.client = APIClient(raise_request_exception=True)
        if groups:
            self.client.force_authenticate(Caller(f"sub-{name}", name, frozenset(groups)))

    def ask(self, method, url, body, *, type, headers, is_typed=False):
        """Bytes go out as they are, anything else as JSON; nothing without a type or `is_typed`."""
        data = body if isinstance(body, bytes) else b"" if body is None else dumps(body)
        kind = type if data or is_typed else ""
        return self.client.generic(method, url, data, content_type=kind, headers=headers)

"""Tables that many tests begin with: made once on each engine, and there again at once later."""

import copy
import http.client
from urllib.parse import quote, urlsplit

from django.conf import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

_kept_by_moto = {}
# The URL that the site asks -> that of the engine behind it.
_engines = {}


def emptied(url, engine):
    """Leave no table at this engine, which the site asks at `url`."""
    _engines[url] = engine
    assert _ask(engine, "empty") == 204


def prepare(name, make):
    """Have what `make` makes on the empty engine of this test: once a session by calling it.

    `name` stands for all that `make` depends on. An engine with a table is left to `make`, and so
    is one that a test started for itself.
    """
    url = settings.AWS_ENDPOINT_URL_DYNAMODB
    if url and url not in _engines:
        make()
        return
    recall, keep = (_recall, _keep) if url else (_recall_by_moto, _keep_by_moto)
    known = recall(url, name)
    if known != "recalled":
        make()
    if known == "unknown":
        keep(url, name)


def _recall(url, name):
    status = _ask(_engines[url], f"recall/{quote(f'{url} {name}', safe='')}")
    return {204: "recalled", 404: "unknown", 409: "has tables"}[status]


def _keep(url, name):
    assert _ask(_engines[url], f"keep/{quote(f'{url} {name}', safe='')}") == 204


def _recall_by_moto(_url, name):
    tables = _tables_of_moto()
    if tables:
        return "has tables"
    if name not in _kept_by_moto:
        return "unknown"
    tables.update(copy.deepcopy(_kept_by_moto[name]))
    return "recalled"


def _keep_by_moto(_url, name):
    _kept_by_moto[name] = copy.deepcopy(_tables_of_moto())


def _tables_of_moto():
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][settings.AWS_REGION].tables


def _ask(engine, action):
    connection = http.client.HTTPConnection(urlsplit(engine).netloc, timeout=20)
    connection.request("POST", f"/tests/{action}")
    status = connection.getresponse().status
    connection.close()
    return status

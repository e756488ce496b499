"""Requests that the OpenAPI document allows, made up by a program, and answers that it allows."""

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
TABLE = "/api/v1/tables/Checked"
OPERATIONS = [
    ("GET", "/api/v1"),
    ("GET", "/api/v1/tables"),
    ("GET", TABLE),
    ("GET", f"{TABLE}/items"),
    ("POST", f"{TABLE}/items"),
    ("GET", f"{TABLE}/items/{{token}}"),
    ("PUT", f"{TABLE}/items/{{token}}"),
    ("PATCH", f"{TABLE}/items/{{token}}"),
    ("DELETE", f"{TABLE}/items/{{token}}"),
    ("POST", f"{TABLE}/search"),
    ("POST", f"{TABLE}/batch"),
]


@pytest.fixture
def described(moto_tables, db, signer):
    """The document of somebody who may do everything, and how to say that one is it."""
    headers = signer.bearer("admins")
    site = schemathesis.openapi.from_wsgi("/api/schema/", WSGIHandler(), headers=headers)
    return site, headers


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_answer_is_one_of_those_that_the_document_names(described, method, path):
    site, headers = described

    @given(case=site[path][method].as_strategy())
    @settings(
        max_examples=10,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()


def test_every_kind_of_operation_is_asked(described):
    site, _ = described
    names = {
        (operation.ok().method.upper(), operation.ok().path)
        for operation in site.get_all_operations()
        if operation.ok().path in ("/api/v1", "/api/v1/tables") or "/Checked" in operation.ok().path
    }
    assert names == set(OPERATIONS)

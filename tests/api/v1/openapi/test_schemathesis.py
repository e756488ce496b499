"""The OpenAPI document is true: schemathesis, all checks on, against the running site."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parents[3]
EXAMPLES = 15


# A search and a batch are the same on every table.
@pytest.mark.parametrize(
    "paths",
    [
        "^/api/v1(/tables(/Workers.*)?)?$",
        "/(Students|Events)(/items.*)?$",
        "/Thing/items.*$",
        "^/api/v1/jobs",
    ],
    ids=["everything of one table", "items of the others", "items of an entity", "jobs"],
)
def test_what_the_document_says_is_what_the_site_does(served, tmp_path, paths):
    command = [
        *(sys.executable, "-m", "schemathesis.cli", f"--config-file={HERE / 'schemathesis.toml'}"),
        *("run", f"{served.url}/api/schema/", f"--max-examples={EXAMPLES}"),
        f"--include-path-regex={paths}",
    ]
    environment = os.environ | {"ID_TOKEN": served.token, "PYTHONPATH": str(PROJECT)}
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " 0 passed" not in ran.stdout

"""The editor that is committed is the one that was built, with the licences of what is inside."""

import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).parents[3] / "static" / "vendor" / "codemirror"
FRONTEND = Path(__file__).parents[3] / "frontend"


def test_the_bundle_has_the_digest_that_its_build_wrote():
    digest, name = (VENDOR / "codemirror.js.sha256").read_text().split()
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_the_bundle_asks_for_no_source_map():
    assert b"sourceMappingURL" not in (VENDOR / "codemirror.js").read_bytes()


def test_every_package_inside_has_its_licence():
    locked = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    licences = (VENDOR / "LICENSES.txt").read_text()
    inside = [
        (path.removeprefix("node_modules/"), entry)
        for path, entry in locked.items()
        if path and "esbuild" not in path
    ]
    assert len(inside) > 10
    for name, entry in inside:
        assert f"{name} {entry['version']} ({entry['license']})" in licences


def test_the_lock_file_names_no_registry():
    assert "://" not in (FRONTEND / "package-lock.json").read_text()

"""The image and the compose file, as far as they can be read without a container engine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
SETTINGS = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def copied():
    """What the Dockerfile takes from the project."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return {source for line in lines for source in line.split()}


def test_the_builder_is_sent_exactly_what_the_image_copies():
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignore[1] == "*"
    assert {line[1:] for line in ignore if line.startswith("!")} == copied()
    assert [source for source in copied() if not (ROOT / source).exists()] == []


def test_the_image_holds_no_tests_no_demo_and_no_secret():
    assert not {"tests", "demo", "bench", ".env", "var", "tables.toml"} & copied()
    assert not re.search(r"^ENV .*SECRET", DOCKERFILE, re.MULTILINE)


def test_the_image_installs_by_hash_and_does_not_run_as_root():
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)


def test_compose_sets_only_what_is_a_setting():
    (environment,) = re.findall(r"^  environment:\n((?:    .+\n)+)", COMPOSE, re.MULTILINE)
    names = set(re.findall(r"^    ([A-Z_]+):", environment, re.MULTILINE))
    assert names
    assert names <= SETTINGS


def test_compose_runs_commands_that_exist():
    assert re.findall(r"manage\.py (\w+)", COMPOSE) == [
        "migrate",
        "create_state_table",
        "run_jobs",
    ]


@pytest.mark.parametrize(
    ("migrate", "create", "status"),
    [("true", "true", 0), ("true", "false", 0), ("false", "true", 1)],
)
def test_compose_starts_without_the_right_to_make_tables_but_not_on_an_old_database(
    migrate, create, status
):
    (command,) = re.findall(r'command: sh -c "(.+)"', COMPOSE)
    command = re.sub(r"python manage\.py migrate\S* --noinput", migrate, command)
    command = re.sub(r"python manage\.py create_state_table", create, command)
    assert subprocess.run(["sh", "-c", command], check=False).returncode == status


def test_the_one_folder_that_the_image_writes_to_is_its_users():
    assert "install --directory --owner=10001 --group=10001 var" in DOCKERFILE

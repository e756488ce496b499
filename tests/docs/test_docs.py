"""The documentation is about this code: what it names exists, and what exists is named."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import get_resolver

from project import metrics
from tables.access.checks import IN_PRODUCTION
from tables.api.v1.resources.errors_page import error_entries
from tables.core import alias_map
from tables.core.errors import TablesError
from tables.core.permissions import RIGHTS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md")])
EXAMPLE = (ROOT / ".env.example").read_text()
SETTINGS = re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE)


def text(name):
    return (DOCS / name).read_text()


def everything():
    return "\n".join(page.read_text() for page in PAGES)


def rows(page):
    """The cells of every table row."""
    lines = re.findall(r"^\|(.+)\|$", page, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def commands():
    """Every line of a shell block: continued lines joined, comments gone, `&&` split."""
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL):
            whole = re.sub(r"<<'(\w+)'.*?^\1$", "", block, flags=re.DOTALL | re.MULTILINE)
            for line in re.split(r"\n|&&", whole.replace("\\\n", " ")):
                yield page.name, shlex.split(line.partition(" #")[0], comments=True)


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# --- Settings, keys, codes -----------------------------------------------------------------------


def test_every_setting_has_a_row_and_every_row_is_a_setting():
    named = [re.fullmatch(r"`([A-Z_]+)`", row[0]) for row in rows(text("settings.md"))]
    assert sorted(match[1] for match in named if match) == sorted(SETTINGS)


@pytest.mark.parametrize("name", re.findall(r"^# ([A-Z_]+)=(?=\S)", EXAMPLE, re.MULTILINE))
def test_the_default_of_a_setting_is_the_examples(name):
    default = re.search(rf"^# {name}=(.+)$", EXAMPLE, re.MULTILINE)[1]
    (row,) = (row for row in rows(text("settings.md")) if row[0] == f"`{name}`")
    assert f"`{default}`" in row[1] or f"`{default}`" in row[2]


def test_every_setting_that_a_page_names_exists():
    families = r"COGNITO|THROTTLE|ADMINAPI|DYNAMODB|SCAN|SECURE|CORS|CSRF"
    named = set(re.findall(rf"`((?:{families})_[A-Z_]*[A-Z])\b", everything()))
    assert named <= set(SETTINGS)


def test_every_key_of_the_alias_map_has_a_row():
    named = {row[0].strip("`") for row in rows(text("alias-map.md"))}
    assert {*alias_map._TOP_KEYS, *alias_map._TABLE_KEYS} <= named
    for right in RIGHTS:
        assert f"`{right}`" in text("alias-map.md")


def test_the_alias_map_of_the_documentation_has_no_mistake(tmp_path):
    example = re.search(r"```toml\n(.*?)```", text("alias-map.md"), re.DOTALL)[1]
    (tmp_path / "tables.toml").write_text(example)
    loaded, mistakes = alias_map.load_registry(tmp_path / "tables.toml")
    assert mistakes == []
    assert set(loaded.tables) == {"Workers"}


def test_every_error_code_has_its_row_with_status_and_meaning():
    told = {
        row[0].strip("`"): (row[1], row[2])
        for row in rows(text("operations.md").partition("## Error codes")[2])
        if row[0].startswith("`")
    }
    assert told == {
        entry.code: (" or ".join(map(str, entry.statuses)), entry.meaning)
        for entry in error_entries()
    }


def test_every_class_of_the_error_tree_is_among_the_codes():
    def codes(error):
        return {error.code}.union(*(codes(narrower) for narrower in error.__subclasses__()))

    assert codes(TablesError) <= {entry.code for entry in error_entries()}


def test_every_start_up_check_has_a_row():
    sources = [*(ROOT / "tables").rglob("*.py")]
    ids = set(
        re.findall(
            r'"((?:tables|access)\.[EW]\d{3})"', "".join(source.read_text() for source in sources)
        )
    )
    assert {wrong.id for wrong in IN_PRODUCTION} <= ids
    assert {row[0].strip("`") for row in rows(text("operations.md"))} >= ids


def test_every_event_of_the_log_has_a_row():
    event = re.compile(r'\blog(?:ger)?\.(?:info|warning|error)\(\s*"([a-z_]+)"')
    sources = [*(ROOT / "tables").rglob("*.py"), *(ROOT / "project").rglob("*.py")]
    events = {name for source in sources for name in event.findall(source.read_text())}
    told = {name for row in rows(text("operations.md")) for name in re.findall(r"`(\w+)`", row[0])}
    assert "request" in events
    assert events <= told


def test_every_metric_has_a_row_with_its_labels():
    told = {row[0].strip("`"): row[1].partition(";")[0] for row in rows(text("operations.md"))}
    for metric in vars(metrics).values():
        if isinstance(metric, metrics.Counter | metrics.Histogram):
            (described,) = metric.describe()
            name = described.name + ("_total" if described.type == "counter" else "")
            labels = ", ".join(metric._labelnames)
            assert re.sub(r" \(.*\)", "", told[name]) == labels
    for metric in metrics.JOBS.describe():
        name = metric.name + ("_total" if metric.type == "counter" else "")
        assert told[name] == (", ".join(metric._labelnames) or "none")


def test_every_attack_has_tests_under_its_number():
    numbers = [row[0] for row in rows(text("attacks.md")) if row[0].isdigit()]
    tests = "".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    assert numbers[:29] == [str(number) for number in range(1, 30)]
    assert numbers == sorted(set(numbers), key=int)
    assert [number for number in numbers if f"def test_{number}_" not in tests] == []


# --- URLs, commands, links -----------------------------------------------------------------------


def test_every_url_that_clients_use_is_named():
    page = everything()
    for url in (
        *("/endpoint", "/dynamodb/", "/admin/", "/admin/token/", "/healthz", "/readyz", "/metrics"),
        *("/api/v1/", "/api/schema/", "/api/docs", "/oidc/callback/"),
    ):
        assert f"{url}" in page, url


def test_every_route_of_the_site_begins_as_a_documented_one_does():
    first = {
        re.split(r"[/?(\\]", str(pattern.pattern).lstrip("^"))[0]
        for pattern in _flat(get_resolver().url_patterns)
    }
    assert first == {"", "admin", "api", "dynamodb", "endpoint", "oidc"}


def _flat(patterns):
    for pattern in patterns:
        inner = getattr(pattern, "url_patterns", None)
        if inner is None or str(pattern.pattern):
            yield pattern
        else:
            yield from _flat(inner)


def test_every_make_command_in_a_shell_block_exists():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = {(page, words[1]) for page, words in commands() if words[:1] == ["make"]}
    assert ("README.md", "run") in asked
    assert [(page, target) for page, target in asked if target not in targets] == []


def test_every_manage_command_in_a_page_exists():
    asked = set(re.findall(r"manage\.py ([a-z_]+)", everything()))
    assert {"migrate", "create_state_table", "idtoken"} <= asked
    assert asked <= set(get_commands())


def test_every_program_of_the_environment_in_a_shell_block_is_installed():
    asked = {word for _, words in commands() for word in words if word.startswith(".venv/bin/")}
    assert asked
    assert [program for program in asked if not (ROOT / program).exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        linked = (document.parent / path).resolve() if path else document
        assert linked.exists(), target
        if anchor and linked.suffix == ".md":
            assert anchor in anchors(linked), target


def test_every_page_is_in_the_index():
    index = text("README.md")
    pages = {page.name for page in DOCS.glob("*.md")} - {"README.md"}
    assert [name for name in sorted(pages) if f"]({name})" not in index] == []


def test_files_that_pages_name_exist():
    named = re.findall(
        r"`((?:tables|project|tests|demo|deploy|bench|templates|static|docs)/[\w./-]+)`",
        everything(),
    )
    assert named
    assert [name for name in sorted(set(named)) if not (ROOT / name).exists()] == []


def test_the_tests_that_guard_an_upgrade_exist():
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", text("upgrading.md")))
    assert len(named) >= 2
    assert [name for name in sorted(named) if f"def {name}(" not in tests] == []


# --- Dependencies --------------------------------------------------------------------------------


def test_every_dependency_has_its_line_and_every_line_is_a_dependency():
    wanted = {
        name
        for source in ("requirements.in", "requirements-local.in", "requirements-dev.in")
        for name in re.findall(r"^([A-Za-z][\w-]*)", (ROOT / source).read_text(), re.MULTILINE)
    }
    used = text("dependencies.md").partition("## Not used")[0]
    told = {row[0] for row in rows(used)} - {"package", "---"}
    assert told == wanted


def test_the_image_is_built_on_the_python_of_the_project():
    version = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())[1]
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {re.match(r"python:([\d.]+)-", base)[1] for base in bases} == {version}

"""Row 30: no pattern of ours takes more than linear time, and no log line carries what was sent."""

import ast
import importlib
import json
import pkgutil
import re
import time
from pathlib import Path

import pytest
import structlog

import project
import tables
from project.environment import Spelling
from project.logs import MOST_CHARACTERS

ROOT = Path(__file__).resolve().parents[2]
SMALL, LARGE = 64 * 1024, 4 * 1024 * 1024
# Where the worst text of each pattern is looked for: a bad one still ends.
FIRST, SECOND = 4 * 1024, 32 * 1024
# Text for nothing in particular: runs of what patterns repeat.
RUNS = (
    " ",
    "a",
    "A",
    "0",
    "-",
    ".",
    ",",
    "_",
    '"',
    "\\",
    "[",
    ":",
    "/",
    "\n",
    "a.",
    "a,",
    "\\a",
    '"a',
)
SEARCHES = frozenset({"search", "sub", "findall", "finditer", "split"})


def modules():
    for package in (tables, project):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # One begins to look at the database.
            if found.name != "project.wsgi" and ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def patterns_in(value):
    if type(value) is re.Pattern:  # isinstance would look into what is lazy
        yield value
    elif type(value) is Spelling:
        yield value.pattern
    elif type(value) in (tuple, list):
        for entry in value:
            yield from patterns_in(entry)


def named_patterns():
    """Every pattern that a module of ours keeps, and whether it is searched for in a text."""
    found = {}
    for module in modules():
        source = Path(module.__file__).read_text()
        for name, value in vars(module).items():
            called = name if type(value) is re.Pattern else f"(?:{name}|pattern)"
            for pattern in patterns_in(value):
                is_searched = re.search(rf"\b{called}\.(?:{'|'.join(SEARCHES)})\b", source)
                key = (pattern.pattern, pattern.flags)
                before = found.get(key)
                found[key] = (pattern, bool(is_searched) or bool(before and before[1]))
    return list(found.values())


def shipped_patterns():
    """Those of the proxy's file: after `~` in a location, a map or a server name."""
    conf = (ROOT / "deploy/nginx.conf").read_text()
    return [(re.compile(text), True) for text in re.findall(r"\s~\*?\s*\"?([^\s\"{;]+)", conf)]


def inline_patterns():
    """Those that a call of `re` writes out, wherever it stands."""
    written = {
        call.args[0].value
        for folder in ("tables", "project", "demo")
        for file in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("re.") and call.args
        if ast.unparse(call.func) != "re.compile" and isinstance(call.args[0], ast.Constant)
    }
    return [(re.compile(text), True) for text in sorted(written, key=str)]


PATTERNS = named_patterns() + inline_patterns() + shipped_patterns()


def literals(pattern):
    """The runs of ordinary characters that a pattern names: what a hostile text repeats."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    plain = re.sub(r"\(\?[a-zA-Z:<=!P]+|\\[a-zA-Z]|\[[^\]]*\]|\{[^}]*\}", " ", source)
    return {word for word in re.findall(r"[A-Za-z0-9:/=\".-]{1,40}", plain) if word}


def hostile(pattern):
    """Texts by their size: what a pattern begins with, again and again, and never its end."""
    words = sorted(literals(pattern))
    for unit in (*RUNS, *words):
        yield lambda size, unit=unit: f"{unit * (size // len(unit))}\0"
    for word in words:
        for run in (" ", "a", "0", "-"):
            yield lambda size, word=word, run=run: f"{word}{run * size}\0"


def seconds(act, text):
    """CPU of this thread, the best of two; what is too short to measure counts as that."""
    best = float("inf")
    for _ in range(2):
        started = time.thread_time()
        act(text)
        best = min(best, time.thread_time() - started)
    return max(best, 0.0002)


def assert_linear(act, texts):
    """64 times the text takes at most 200 times as long, be it the worst of these texts.

    The worst is looked for at 8 times, where linear is 8 and quadratic 64.
    """
    slowest = max(texts, key=lambda text: _ratio(act, text, FIRST, SECOND))
    assert _ratio(act, slowest, FIRST, SECOND) <= 32, slowest(60)
    assert _ratio(act, slowest, SMALL, LARGE) <= 200, slowest(60)


def _ratio(act, text, small, large):
    return seconds(act, text(large)) / seconds(act, text(small))


@pytest.mark.parametrize(("pattern", "is_searched"), PATTERNS, ids=lambda p: str(p)[:60])
def test_30_every_pattern_takes_linear_time(pattern, is_searched):
    def act(text):
        text = text if isinstance(pattern.pattern, str) else text.encode()
        if is_searched:
            return sum(1 for _match in pattern.finditer(text))
        return pattern.fullmatch(text)

    assert_linear(act, list(hostile(pattern)))


@pytest.mark.parametrize("unit", ["eyJ", "password=", "\0", "a" * 60 + " ", "Bearer eyJa."])
def test_30_a_log_line_carries_some_hundred_characters_of_what_was_sent(log_lines, unit):
    text = unit * (LARGE // len(unit))
    structlog.get_logger("t").info("told", text=text, many=[text] * 1000)
    (line,) = log_lines()
    assert len(line["text"]) <= MOST_CHARACTERS
    assert len(json.dumps(line)) < 30 * MOST_CHARACTERS


def test_30_a_secret_at_the_end_of_the_room_is_masked_too(log_lines):
    text = "x" * (MOST_CHARACTERS - 5) + " password=" + "s" * 300
    structlog.get_logger("t").info("told", text=text)
    assert "sss" not in log_lines()[0]["text"]


@pytest.mark.parametrize("path", ["/", "/api/v1/tables/", "/admin/tables/", "/endpoint?table="])
def test_30_an_address_of_30_kb_leaves_a_short_line(client, db, log_lines, path):
    client.get(path + "eyJ" * 10_000)
    lines = log_lines()
    assert {line["event"] for line in lines} & {"request"}
    assert len(json.dumps(lines)) < 4 * MOST_CHARACTERS


def test_30_an_alias_of_400_kb_is_not_named_in_the_log(client, signer, db, log_lines):
    headers = {
        **signer.bearer("admins"),
        "X-Amz-Target": "DynamoDB_20111205.PutItem",
        "Content-Type": "application/x-amz-json-1.0",
    }
    body = json.dumps({"TableName": "eyJ" * 133_333, "Item": {"id": {"S": "1"}}})
    answer = client.post("/dynamodb/", body, "application/x-amz-json-1.0", headers=headers)
    (line,) = log_lines()
    assert answer.status_code == 400
    assert (line["action"], line["alias"]) == ("PutItem", "")
    assert len(json.dumps(line)) < 2 * MOST_CHARACTERS

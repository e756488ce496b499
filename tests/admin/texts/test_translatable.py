"""Every word that the pages show can be translated: none stands in a template or view unmarked."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEMPLATES = [
    *(ROOT / "templates/admin").rglob("*.html"),
    *(ROOT / "templates/access").glob("*.html"),
    *(ROOT / "templates/shared").glob("*.html"),
    ROOT / "templates/500.html",
]
MODULES = [
    *(ROOT / "tables/admin").glob("*.py"),
    *(ROOT / "tables/access").glob("pages.py"),
    *(ROOT / "tables/access").glob("failures.py"),
]
# Names, and what stands in data as it stands on pages.
OURS = {"Dynadmin", "UTC", "null", "true", "false", "Ctrl", "S", "Esc", "n", "p", "a", "e", "f"}
OURS |= {"JSON", "AWS", "ACCESS", "KEY", "ID", "SECRET", "b"}
CLASSES = re.compile(r"{% block (?:bodyclass|coltype) %}.*?{% endblock %}")
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
MARKED = re.compile(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", re.DOTALL)
CODE = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<code>.*?</code>|<meta[^>]*>", re.DOTALL)
SPOKEN = re.compile(r'\b(?:title|aria-label|placeholder|alt|content)="([^"]*)"')
GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}


def unmarked_words(html):
    code_free = CODE.sub(" ", MARKED.sub(" ", CLASSES.sub(" ", html)))
    spoken = " ".join(SPOKEN.findall(code_free))
    text = re.sub(r"<[^>]*>|&\w+;|<!DOCTYPE[^>]*>", " ", code_free)
    text = ATTRIBUTE.sub(" ", text)
    return [word for word in re.findall(r"[A-Za-z]+", f"{text} {spoken}") if word not in OURS]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_has_no_word_of_its_own(path):
    assert unmarked_words(path.read_text()) == []


def sentences(tree):
    """Texts that look like sentences: they begin with a capital and go on after a space."""
    marked, skipped = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GETTEXT:
            marked |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))  # documentation
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in marked | skipped:
            text = node.value
            if isinstance(text, str) and re.match(r"(?:A|[A-Z]\w*[a-z]\w*) [a-zA-Z]", text):
                yield text


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_view_says_nothing_that_is_not_marked(path):
    assert set(sentences(ast.parse(path.read_text()))) == set()


def test_words_that_are_not_marked_are_found():
    assert unmarked_words('<p title="Look">{% translate "Seen" %} Plain {{ value }}</p>') == [
        "Plain",
        "Look",
    ]
    assert list(sentences(ast.parse('f("Not marked.", _("It is marked."))'))) == ["Not marked."]

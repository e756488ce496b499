"""Settings come from the environment; what can't be meant is refused in words."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from project import environment


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("true", True),
        ("TRUE", True),
        ("1", True),
        ("yes", True),
        ("on", True),
        ("false", False),
        ("0", False),
        ("No", False),
        ("off", False),
    ],
)
def test_a_flag_is_read_from_the_usual_words(monkeypatch, word, meant):
    monkeypatch.setenv("READ_ONLY", word)
    assert environment.flag("READ_ONLY", default=not meant) is meant


def test_a_mistyped_flag_is_refused_and_named(monkeypatch):
    monkeypatch.setenv("READ_ONLY", "ture")
    with pytest.raises(ImproperlyConfigured, match="READ_ONLY is true or false, not 'ture'"):
        environment.flag("READ_ONLY", default=False)


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_flag_counts_as_absent(monkeypatch, default):
    monkeypatch.setenv("SECURE_SSL_REDIRECT", " ")
    assert environment.flag("SECURE_SSL_REDIRECT", default=default) is default


@pytest.mark.parametrize("digits", ["-1", "1.5", "ten", "٣", "1_000"])
def test_a_number_that_is_none_is_refused_and_named(monkeypatch, digits):
    monkeypatch.setenv("SCAN_BUDGET_ITEMS", digits)
    with pytest.raises(ImproperlyConfigured, match="SCAN_BUDGET_ITEMS is a whole number"):
        environment.whole_number("SCAN_BUDGET_ITEMS", 1)


def test_a_number_is_read_and_an_empty_one_counts_as_absent(monkeypatch):
    monkeypatch.setenv("SCAN_BUDGET_ITEMS", " 25 ")
    monkeypatch.setenv("ADMINAPI_LIST_LIMIT", "")
    assert environment.whole_number("SCAN_BUDGET_ITEMS", 1) == 25
    assert environment.whole_number("ADMINAPI_LIST_LIMIT", 7) == 7


def test_a_comma_list_forgets_blanks_and_empty_parts(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example.com, ,b.example.com,")
    assert environment.comma_list("ALLOWED_HOSTS") == ["a.example.com", "b.example.com"]


def test_a_choice_outside_of_its_words_is_refused_with_them(monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT is one of json, console, not 'xml'"):
        environment.choice("LOG_FORMAT", "json", ("json", "console"))


def test_an_empty_rate_is_no_limit_and_an_absent_one_the_default(monkeypatch):
    monkeypatch.setenv("THROTTLE_READ", "")
    monkeypatch.delenv("THROTTLE_WRITE", raising=False)
    assert environment.rate("THROTTLE_READ", "600/min") is None
    assert environment.rate("THROTTLE_WRITE", "300/min") == "300/min"


@pytest.mark.parametrize("rate", ["600", "x/min", "600/fortnight", "0/min"])
def test_a_rate_that_drf_would_stumble_over_is_refused_and_named(monkeypatch, rate):
    monkeypatch.setenv("THROTTLE_READ", rate)
    with pytest.raises(ImproperlyConfigured, match="THROTTLE_READ is a rate such as 600/min"):
        environment.rate("THROTTLE_READ", "600/min")

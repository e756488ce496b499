"""Settings come from the environment; what can't be meant is refused in words."""

import os
import re
import subprocess
import sys
from pathlib import Path

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


def test_a_number_below_the_least_that_means_something_is_refused(monkeypatch):
    monkeypatch.setenv("SCAN_BUDGET_ITEMS", "0")
    with pytest.raises(ImproperlyConfigured, match="whole number, 1 or more, not '0'"):
        environment.whole_number("SCAN_BUDGET_ITEMS", 10, least=1)
    assert environment.whole_number("SCAN_BUDGET_ITEMS", 10) == 0


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


@pytest.mark.parametrize("host", ["https://a.example.com", "a.example.com:8000", "a/", "a b"])
def test_a_host_that_no_request_could_name_is_refused(monkeypatch, host):
    monkeypatch.setenv("ALLOWED_HOSTS", f"ok.example.com,{host}")
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS names hosts without scheme"):
        environment.hosts("ALLOWED_HOSTS")


@pytest.mark.parametrize("given", ["0", "65536", "08443", "x", ":8443", "٨٤٤٣"])
def test_ports_of_links_are_ports(monkeypatch, given):
    monkeypatch.setenv("LINK_PORTS", f"8443, {given}")
    with pytest.raises(ImproperlyConfigured, match="LINK_PORTS names ports such as 8443"):
        environment.ports("LINK_PORTS")


def test_hosts_are_names_addresses_and_domains(monkeypatch):
    names = ["a_b.example.com", ".example.com", "10.0.0.1", "[::1]", "*"]
    monkeypatch.setenv("ALLOWED_HOSTS", ",".join(names))
    assert environment.hosts("ALLOWED_HOSTS") == names


def test_an_ipv6_address_gets_the_brackets_that_it_has_in_a_request(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "::1,fe80::1")
    assert environment.hosts("ALLOWED_HOSTS") == ["[::1]", "[fe80::1]"]


def test_an_origin_loses_the_slash_that_no_browser_sends(monkeypatch):
    monkeypatch.setenv("CSRF_TRUSTED_ORIGINS", "https://a.example.com/,https://b.example.com")
    assert environment.origins("CSRF_TRUSTED_ORIGINS") == [
        "https://a.example.com",
        "https://b.example.com",
    ]


@pytest.mark.parametrize(
    ("name", "shape", "value", "words"),
    [
        ("AWS_ENDPOINT_URL_DYNAMODB", environment.ENDPOINT, "localhost:8000", "a URL such as"),
        ("AWS_ENDPOINT_URL_DYNAMODB", environment.ENDPOINT, "ftp://x", "a URL such as"),
        ("AWS_REGION", environment.REGION, "Europe (Ireland)", "a region such as eu-west-1"),
        ("STATE_TABLE", environment.TABLE, "a b", "the name of a DynamoDB table"),
    ],
)
def test_a_text_of_another_shape_is_refused_and_named(monkeypatch, name, shape, value, words):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=re.escape(f"{name} is {words}")):
        environment.shaped(name, shape)


@pytest.mark.parametrize(
    "url", ["nonsense", "://", "oracle9://x", "postgres://ann:secret@h:port/x"]
)
def test_a_database_url_that_cannot_be_read_is_refused_without_its_password(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL is a .*URL") as refusal:
        environment.database("DATABASE_URL", "", Path())
    assert "secret" not in str(refusal.value)


def test_a_cache_url_that_cannot_be_read_is_refused_and_named(monkeypatch):
    monkeypatch.setenv("CACHE_URL", "cache.example.com:6379")
    with pytest.raises(ImproperlyConfigured, match=r"CACHE_URL is a URL that begins .* redis://"):
        environment.cache("CACHE_URL", "")


def test_an_sqlite_file_gets_its_folder_or_a_refusal_in_words(monkeypatch, tmp_path):
    for url in (f"sqlite:///{tmp_path}/new/x.sqlite3", "sqlite:///new/x.sqlite3"):
        monkeypatch.setenv("DATABASE_URL", url)
        found = environment.database("DATABASE_URL", "", tmp_path)
        assert found["NAME"] == str(tmp_path / "new" / "x.sqlite3")
    assert (tmp_path / "new").is_dir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/file/x.sqlite3")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL names an SQLite file in"):
        environment.database("DATABASE_URL", "", tmp_path)


def test_a_named_file_of_variables_must_exist_and_the_usual_one_need_not(monkeypatch, tmp_path):
    monkeypatch.setenv("ENV_FILE", "production.env")
    with pytest.raises(ImproperlyConfigured, match=r"production\.env', which does not exist"):
        environment.env_file(tmp_path)
    monkeypatch.setenv("ENV_FILE", "")
    assert environment.env_file(tmp_path) == tmp_path / ".env"


def test_the_command_line_tells_a_mistake_without_where_it_was_found():
    told = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "READ_ONLY": "ture", "DJANGO_SETTINGS_MODULE": "project.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (told.returncode, told.stderr) == (1, "READ_ONLY is true or false, not 'ture'.\n")


def test_private_files_are_in_a_folder_for_the_site_alone_or_in_a_bucket(monkeypatch, tmp_path):
    folder = environment.private_files("PLACE", "var/files", tmp_path)
    assert folder["OPTIONS"] == {
        "location": tmp_path / "var/files",
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }
    monkeypatch.setenv("PLACE", "s3://bucket/some/prefix")
    bucket = environment.private_files("PLACE", "", tmp_path)
    assert bucket["BACKEND"] == "storages.backends.s3.S3Storage"
    assert (bucket["OPTIONS"]["bucket_name"], bucket["OPTIONS"]["location"]) == (
        "bucket",
        "some/prefix",
    )


def test_a_bucket_without_a_name_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("PLACE", "s3:///prefix")
    with pytest.raises(ImproperlyConfigured, match="PLACE is a folder, or s3:// with a bucket"):
        environment.private_files("PLACE", "", tmp_path)

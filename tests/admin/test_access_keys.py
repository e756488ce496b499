"""Access keys by page and by command line."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from tables.access import access_keys
from tables.models import AccessKey


@pytest.fixture
def person(db):
    user = User.objects.create(username="sub-1", first_name="doe, jane", last_login=timezone.now())
    user.groups.add(Group.objects.create(name="staff"))
    return user


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


URL = "/admin/access-keys/"


def test_a_secret_is_shown_once(signed_in):
    made = signed_in.post(URL, {"label": "nightly import"})
    assert "no-store" in made.headers["Cache-Control"]
    text = made.content.decode()
    key = AccessKey.objects.get()
    secret = re.search(r"AWS_SECRET_ACCESS_KEY=(\w{40})", text)[1]
    assert access_keys.secret_of(key) == secret
    again = signed_in.get(URL).content.decode()
    assert "nightly import" in again
    assert secret not in again


@pytest.mark.parametrize("label", ["", "  ", "a\x00b", "x" * 101])
def test_a_key_needs_a_name(signed_in, label):
    answer = signed_in.post(URL, {"label": label})
    assert answer.status_code == 422
    assert not AccessKey.objects.exists()


def test_a_key_is_revoked_after_asking(signed_in, person):
    key, _secret = access_keys.issue(person, "old")
    revoke = reverse("admin:access_key_revoke", args=[key.access_key_id])
    assert signed_in.get(revoke).status_code == 200
    assert access_keys.find(key.access_key_id) is not None
    assert signed_in.post(revoke).status_code == 302
    assert access_keys.find(key.access_key_id) is None
    assert "revoked" in signed_in.get(URL).content.decode()


def test_another_persons_key_is_out_of_reach(signed_in):
    other = User.objects.create(username="sub-2")
    key, _secret = access_keys.issue(other, "theirs")
    assert key.access_key_id not in signed_in.get(URL).content.decode()
    revoke = reverse("admin:access_key_revoke", args=[key.access_key_id])
    assert signed_in.post(revoke).status_code == 404
    assert access_keys.find(key.access_key_id) is not None


def test_the_twenty_first_key_is_refused(signed_in, person):
    for number in range(20):
        access_keys.issue(person, str(number))
    assert signed_in.post(URL, {"label": "one more"}).status_code == 422


def printed(*arguments, **options):
    out = StringIO()
    call_command("create_access_key", *arguments, stdout=out, **options)
    first, second = out.getvalue().splitlines()
    key_id = first.removeprefix("AWS_ACCESS_KEY_ID=")
    key = access_keys.find(key_id)
    assert second == f"AWS_SECRET_ACCESS_KEY={access_keys.secret_of(key)}"
    return key


def test_the_command_makes_a_service_user_with_groups(db):
    key = printed("importer", groups="staff, admins")
    assert key.user.username == "importer"
    assert {group.name for group in key.user.groups.all()} == {"staff", "admins"}
    assert not key.user.has_usable_password()


@pytest.mark.parametrize("name", ["sub-1", "doe, jane", "jane.doe"])
def test_the_command_finds_a_person_who_signed_in(person, name):
    assert printed(name).user == person


def test_the_command_never_changes_a_persons_groups(person):
    with pytest.raises(CommandError, match="signs in"):
        printed("jane.doe", groups="admins")
    assert {group.name for group in person.groups.all()} == {"staff"}

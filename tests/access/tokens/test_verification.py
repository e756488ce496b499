"""One verifier decides what a token proves; what fails is a reason for the log and nothing else."""

import datetime as dt
import time

import pytest
import time_machine

from tables.access.callers import Caller
from tables.access.tokens import verification as tokens
from tables.access.tokens.claims import caller_of_claims, marked
from tables.access.tokens.jwks import FRESH_SECONDS, KeyCache, KeysUnavailable
from tables.access.tokens.verification import TokenError, Verifier, verifier
from tests.attacks.forgeries import FORGERIES, SIGNED_WRONGLY
from tests.signing import SUB


@pytest.fixture
def fetches(signer):
    """How often the key set was asked for."""
    return []


@pytest.fixture
def verify(signer, fetches):
    def fetch(url):
        fetches.append(url)
        return {signer.kid: signer.key.public_key()}

    keys = KeyCache("https://keys.example.com/", fetch=fetch)
    return Verifier(signer.issuer, ["web-client", "other-client"], keys).verify


def test_a_good_token_says_who_calls(signer, verify):
    verified = verify(signer.token("staff", "readers"))
    assert verified.caller == Caller(SUB, "doe, jane", frozenset({"staff", "readers"}))
    assert verified.claims["email"] == "jane.doe@example.com"


def test_every_configured_client_is_an_audience(signer, verify):
    assert verify(signer.token(aud="other-client")).caller.sub == SUB
    assert verify(signer.token(aud=["web-client"])).caller.sub == SUB


def test_someone_in_no_group_is_still_someone(signer, verify):
    caller = verify(signer.token(**{"cognito:groups": None})).caller
    assert (caller.is_authenticated, caller.groups) == (True, frozenset())


@pytest.mark.parametrize(
    ("claims", "identity"),
    [
        ({"custom:username": "jane.doe"}, "doe, jane"),
        ({"custom:username": "a.b.c"}, "c, b, a"),
        ({"custom:username": "jane"}, "jane"),
        ({"custom:username": "Zoë.Müller-Østergård"}, "Müller-Østergård, Zoë"),
        ({"custom:username": "<b>.x"}, "x, <b>"),
        ({"custom:username": "n" * 128}, "n" * 128),
        ({"custom:username": None, "cognito:username": "jane.doe"}, "jane.doe"),
        ({"custom:username": None, "cognito:username": "Google_12345"}, "Google_12345"),
        ({"custom:username": "jane\u200b.\u202edoe\ufeff"}, "doe, jane"),
    ],
)
def test_identity_is_the_name_turned_round_or_the_user_name_as_it_stands(
    signer, verify, claims, identity
):
    assert verify(signer.token(**claims)).caller.identity == identity


@pytest.mark.parametrize(
    "name",
    [
        ["jane.doe"],
        7,
        True,
        {"a": 1},
        "",
        "   ",
        "n" * 129,
        "jane\r\nx: y",
        "a\x00b",
        "\x1b[31mred",
        "\u200b\u202e",
    ],
    ids=repr,
)
def test_a_name_that_is_none_is_refused(signer, verify, name):
    for claim in ("custom:username", "cognito:username"):
        claims = signer.claims(custom__username=None) | {claim: name}
        with pytest.raises(TokenError, match=claim):
            verify(signer.sign(claims))


def test_a_null_name_is_no_absent_name(signer, verify):
    with pytest.raises(TokenError, match="custom:username"):
        verify(signer.sign(signer.claims() | {"custom:username": None}))


def test_neither_name_is_refused(signer, verify):
    with pytest.raises(TokenError, match="cognito:username"):
        verify(signer.token(custom__username=None, cognito__username=None))


def test_34_a_user_name_that_looks_like_a_name_turned_round_is_stamped_as_its_sub(signer, verify):
    token = signer.token(custom__username=None, cognito__username="doe, jane")
    assert verify(token).caller.identity == SUB


def test_34_no_two_names_differ_in_what_nobody_sees(signer, verify):
    names = ["jane.doe", "jane.doe\u200d", "\u2066jane.doe\u2069", "j\u00adane.doe"]
    stamps = {verify(signer.token(custom__username=name)).caller.identity for name in names}
    assert stamps == {"doe, jane"}


def test_34_what_nobody_sees_is_shown_marked():
    assert marked("a\u202eb\u200b") == "a<U+202E>b<U+200B>"


@pytest.mark.parametrize(
    ("claims", "identity"),
    [
        ({"custom:username": None, "email": "j@example.com"}, "j@example.com"),
        ({"custom:username": "jane.doe", "email": "j@example.com"}, "doe, jane"),
        ({"custom:username": None, "name": "Doe, Jane"}, SUB),
    ],
)
def test_identity_claims_are_tried_in_order(signer, settings, claims, identity):
    settings.IDENTITY_CLAIMS = ["custom:username", "name", "email"]
    claims = {**signer.claims(custom__username=None), **claims}
    claims = {name: value for name, value in claims.items() if value is not None}
    assert caller_of_claims(claims).identity == identity


def test_no_claim_of_the_list_is_refused_by_the_last_ones_name(signer, settings):
    settings.IDENTITY_CLAIMS = ["name", "nickname"]
    with pytest.raises(TokenError, match="nickname is missing"):
        caller_of_claims(signer.claims())


@pytest.mark.parametrize(
    ("groups", "expected"), [("staff", {"staff"}), (["staff", "admins"], {"staff", "admins"})]
)
def test_groups_may_be_in_another_claim_and_one_as_text(signer, settings, groups, expected):
    settings.GROUPS_CLAIM = "custom:groups"
    claims = signer.claims("readers") | {"custom:groups": groups}
    assert caller_of_claims(claims).groups == expected


def test_how_long_a_token_may_be_is_a_setting(signer, verify, settings):
    token = signer.token("staff", padding="x" * 8192)
    with pytest.raises(TokenError, match="MAX_TOKEN_CHARACTERS"):
        verify(token)
    settings.MAX_TOKEN_CHARACTERS = 20_000
    assert verify(token).caller.groups == {"staff"}


@pytest.mark.parametrize("groups", ["", {"staff": 1}, [7], [["staff"]], ["a\nb"], [""]], ids=repr)
def test_groups_are_a_list_of_names(signer, verify, groups):
    with pytest.raises(TokenError, match="cognito:groups"):
        verify(signer.sign(signer.claims() | {"cognito:groups": groups}))


@pytest.mark.parametrize("seconds", [-5, 5])
def test_clocks_may_differ_by_a_few_seconds(signer, verify, seconds):
    now = time.time()
    token = signer.token(iat=now + seconds, nbf=now + seconds, exp=now + max(seconds, -20))
    assert verify(token).caller.sub == SUB


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_is_refused_before_any_key_is_asked_for(signer, verify, fetches, forgery):
    with pytest.raises(TokenError):
        verify(FORGERIES[forgery](signer))
    assert fetches == []


@pytest.mark.parametrize("forgery", SIGNED_WRONGLY)
def test_a_wrong_signature_is_refused(signer, verify, forgery):
    with pytest.raises(TokenError):
        verify(SIGNED_WRONGLY[forgery](signer))


def test_a_refusal_quotes_nothing_of_the_token(signer, verify):
    with pytest.raises(TokenError) as refusal:
        verify(signer.token(headers={"crit": ["<script>"], "<script>": 1}))
    assert "script" not in refusal.value.reason


def test_a_verified_token_is_not_checked_again(signer, verify, fetches):
    token = signer.token("staff")
    assert verify(token) is verify(token)
    assert len(fetches) == 1


def test_a_remembered_token_still_expires(signer, verify):
    with time_machine.travel(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False) as clock:
        token = signer.token(exp=int(time.time()) + 60)
        verify(token)
        clock.shift(89)
        verify(token)
        clock.shift(2)
        with pytest.raises(TokenError, match="ExpiredSignatureError"):
            verify(token)


def test_a_remembered_token_goes_with_its_key(signer):
    known = {signer.kid: signer.key.public_key()}
    clock = [0.0]
    keys = KeyCache("https://keys", fetch=lambda _url: dict(known), clock=lambda: clock[0])
    verify = Verifier(signer.issuer, ["web-client"], keys).verify
    token = signer.token()
    verify(token)
    known.clear()
    known["another"] = signer.key.public_key()
    clock[0] = FRESH_SECONDS + 1.0
    with pytest.raises(TokenError, match="not in the key set"):
        verify(token)


def test_no_more_tokens_are_remembered_than_fit(signer, monkeypatch):
    monkeypatch.setattr(tokens, "MAX_REMEMBERED", 3)
    keys = KeyCache("https://keys", fetch=lambda _url: {signer.kid: signer.key.public_key()})
    remembering = Verifier(signer.issuer, ["web-client"], keys)
    for number in range(5):
        remembering.verify(signer.token(sub=f"sub-{number}"))
    assert len(remembering._remembered) == 3


def test_without_a_configured_pool_nobody_is_believed(signer, settings):
    settings.COGNITO_ISSUER = ""
    with pytest.raises(TokenError, match="no sign-in service is configured"):
        verifier().verify(signer.token(iss=""))


def test_without_keys_nobody_knows(signer):
    def fetch(_url):
        raise KeysUnavailable("down")

    verify = Verifier(signer.issuer, ["web-client"], KeyCache("https://keys", fetch=fetch)).verify
    with pytest.raises(KeysUnavailable):
        verify(signer.token())

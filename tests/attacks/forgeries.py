"""Tokens that must prove nothing, each made from a good one."""

import base64
import hashlib
import hmac
import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MINUTES_10 = 600


def encoded(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(header, claims, signature=b""):
    return f"{encoded(header)}.{encoded(claims)}.{encoded(signature)}"


def good_header(signer):
    return {"alg": "RS256", "kid": signer.kid}


def hs256_with_the_public_key(signer):
    """PyJWT refuses to make this one, so it is made by hand."""
    pem = signer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = f"{encoded({'alg': 'HS256', 'kid': signer.kid})}.{encoded(signer.claims('admins'))}"
    return f"{body}.{encoded(hmac.digest(pem, body.encode(), hashlib.sha256))}"


def with_algorithm(name):
    def forge(signer):
        headers = {"kid": signer.kid}
        return jwt.encode(signer.claims("admins"), signer.key, name, headers=headers)

    return forge


def with_claims(**changes):
    return lambda signer: signer.sign(signer.claims("admins") | changes)


def with_time(claim, seconds):
    return lambda signer: signer.token("admins", **{claim: int(time.time()) + seconds})


def without(claim):
    return lambda signer: signer.token("admins", **{claim: None})


def with_header(**headers):
    return lambda signer: signer.token("admins", headers=headers)


def own_key(signer):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    headers = {"kid": signer.kid}
    return jwt.encode(signer.claims("admins"), other, "RS256", headers=headers)


def swapped_payload(signer):
    header, _, signature = signer.token("readers").split(".")
    return f"{header}.{encoded(signer.claims('admins'))}.{signature}"


def cut_signature(signer):
    return signer.token("admins")[:-6]


def key_in_its_header(name):
    """A token that brings the key that it is signed with, or says where to get it."""

    def forge(signer):
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(other.public_key()))
        brought = {
            "jku": "https://evil.example.com/jwks.json",
            "x5u": "https://evil.example.com/cert.pem",
            "x5c": ["MIIB"],
            "jwk": jwk,
        }[name]
        headers = {"kid": signer.kid, name: brought}
        return jwt.encode(signer.claims("admins"), other, "RS256", headers=headers)

    return forge


# These are refused for what they say; nobody is asked for a key.
FORGERIES = {
    "alg none": lambda s: unsigned({"alg": "none", "kid": s.kid}, s.claims("admins")),
    "alg None": lambda s: unsigned({"alg": "None", "kid": s.kid}, s.claims("admins"), b"x"),
    "no alg": lambda s: unsigned({"kid": s.kid}, s.claims("admins"), b"x"),
    "alg a list": lambda s: unsigned({"alg": ["RS256"], "kid": s.kid}, s.claims("admins"), b"x"),
    "HS256 with the public key": hs256_with_the_public_key,
    "PS256": with_algorithm("PS256"),
    "RS512": with_algorithm("RS512"),
    "no kid": lambda s: unsigned({"alg": "RS256"}, s.claims("admins"), b"x"),
    "kid a number": lambda s: unsigned({"alg": "RS256", "kid": 7}, s.claims("admins"), b"x"),
    "kid a surrogate": lambda s: unsigned(b'{"alg":"RS256","kid":"\\ud800"}', {"sub": "x"}, b"x"),
    "unknown crit": with_header(crit=["exp2"], exp2=1),
    "crit b64": with_header(crit=["b64"], b64=True),
    "empty crit": with_header(crit=[]),
    "wrong iss": with_claims(iss="https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_other"),
    "no iss": without("iss"),
    "wrong aud": with_claims(aud="another-client"),
    "wrong aud in a list": with_claims(aud=["another-client"]),
    "another aud beside ours": with_claims(aud=["web-client", "another-client"]),
    "aud an object": with_claims(aud={"web-client": 1}),
    "empty aud": with_claims(aud=[]),
    "no aud": without("aud"),
    "an access token": with_claims(token_use="access"),
    "no token_use": without("token_use"),
    "expired": with_time("exp", -31),
    "no exp": without("exp"),
    "exp as text": with_claims(exp=str(int(time.time()) + MINUTES_10)),
    "exp true": with_claims(exp=True),
    "exp beyond every clock": with_claims(exp=10**400),
    "exp infinite": with_claims(exp=float("inf")),
    "nbf in ten minutes": with_time("nbf", MINUTES_10),
    "nbf as text": with_claims(nbf="0"),
    "iat in ten minutes": with_time("iat", MINUTES_10),
    "no iat": without("iat"),
    "no sub": without("sub"),
    "empty sub": with_claims(sub=""),
    "sub a number": with_claims(sub=7),
    "sub with a line break": with_claims(sub="a\r\nb"),
    "sub too long": with_claims(sub="s" * 151),
    "garbage": lambda _s: "garbage",
    "three dots": lambda _s: "...",
    "not base64": lambda _s: "!!!.???.***",
    "not JSON": lambda _s: unsigned(b"{", b"{"),
    "header an array": lambda s: unsigned([], s.claims("admins"), b"x"),
    "claims an array": lambda s: unsigned(good_header(s), [], b"x"),
    "9 KB": lambda s: s.token("admins", padding="x" * 9000),
    "a deep header": lambda _s: unsigned(b"[" * 5000, b"{}"),
    "deep claims": lambda s: unsigned(good_header(s), b"[" * 5000, b"x"),
    "an endless number": lambda s: unsigned(good_header(s), b'{"exp":' + b"9" * 5000 + b"}", b"x"),
}
# These say the right things, and only the key shows that nobody we know said them.
SIGNED_WRONGLY = {
    "own key under a real kid": own_key,
    "swapped payload": swapped_payload,
    "cut signature": cut_signature,
    "no signature": lambda s: s.token("admins").rpartition(".")[0] + ".",
    "unknown kid": with_header(kid="nobody-knows-this-kid"),
    **{
        f"a key of its own in {name}": key_in_its_header(name)
        for name in ("jku", "x5u", "x5c", "jwk")
    },
}

"""HTTP clients that say who they are in each way that there is."""

from dataclasses import dataclass, field

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.contrib.auth.models import Group, User
from django.test import Client

from tables.access import access_keys
from tables.access.tokens.verification import verifier
from tables.access.users import remember_caller

CSRF_SECRET = "c" * 32
HOST = "http://testserver"


@dataclass
class Http:
    """One caller over one way in. `headers` go with every request."""

    client: Client
    headers: dict = field(default_factory=dict)

    def send(self, method, url, body=b"", headers=None):
        given = {**self.headers, **(headers or {})}
        kind = given.pop("Content-Type", "application/json" if body else "")
        return self.client.generic(method, url, body, content_type=kind, headers=given)


class SignedHttp(Http):
    """Signs each request with an access key, as old SDKs do."""

    key_id = secret = ""

    def send(self, method, url, body=b"", headers=None):
        request = AWSRequest(method, HOST + url, headers=headers or {}, data=body)
        SigV4Auth(Credentials(self.key_id, self.secret), "dynamodb", "us-east-1").add_auth(request)
        return super().send(method, url, body, dict(request.headers.items()))


def bearer(signer, *groups, sub):
    """A program with an ID token."""
    token = signer.token(*groups, sub=sub, custom__username=f"{sub}.test")
    return Http(Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {token}"})


def session(signer, *groups, sub):
    """A person who has signed in with a browser, on a page that sends the CSRF token."""
    token = signer.token(*groups, sub=sub, custom__username=f"{sub}.test")
    verified = verifier().verify(token)
    client = Client(enforce_csrf_checks=True)
    client.force_login(remember_caller(verified.caller, None))
    kept = client.session
    kept.update({"signed_in_until": verified.expires, "id_token": token})
    kept.save()
    client.cookies["csrftoken"] = CSRF_SECRET
    return Http(client, {"X-CSRFToken": CSRF_SECRET})


def access_key(_signer, *groups, sub):
    """A program with an access key that was issued to someone in these groups."""
    user, _ = User.objects.get_or_create(username=sub, defaults={"first_name": f"test, {sub}"})
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    key, secret = access_keys.issue(user, "contract")
    made = SignedHttp(Client(enforce_csrf_checks=True))
    made.key_id, made.secret = key.access_key_id, secret
    return made


def nobody(_signer, *_groups, **_sub):
    """Nobody: no credentials at all."""
    return Http(Client(enforce_csrf_checks=True))


WAYS_IN = {"bearer": bearer, "session": session, "access key": access_key, "nobody": nobody}

"""Tables of that time, and clients that sign like clients of that time."""

import collections
import collections.abc
import gc
import json

import pytest
from boto.dynamodb.layer1 import Layer1
from boto.regioninfo import RegionInfo
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.contrib.auth.models import Group, User

from tables.access import access_keys
from tests.tables import create_table

# boto 2 itself stays unmodified, but its layer2 looks for a name that Python 3.10 moved.
collections.Mapping = collections.abc.Mapping

ALIASES = """
staff_groups = ["staff", "admins", "readers", "adders", "changers"]
superuser_groups = ["admins"]

[comp5]
table = "real-comp5"
[comp5.permissions]
view = ["staff", "readers", "adders", "changers"]
add = ["staff", "adders"]
change = ["staff", "changers"]
delete = ["staff"]

[Threads]
table = "real-Threads"
[Threads.permissions]
view = ["staff"]
delete = ["staff"]

[Hidden]
table = "real-Hidden"
[Hidden.permissions]
view = ["admins"]

[Checked]
table = "real-Checked"
schema = "checked.json"
"""
SCHEMA = {"type": "object", "properties": {"total": {"type": "number", "minimum": 0}}}
TARGET = "DynamoDB_20111205."


@pytest.fixture
def aliases(settings, tmp_path):
    (tmp_path / "tables.toml").write_text(ALIASES)
    (tmp_path / "checked.json").write_text(json.dumps(SCHEMA))
    settings.TABLES_FILE = tmp_path / "tables.toml"


@pytest.fixture
def tables(dynamodb_moto, aliases):
    make_tables()


def make_tables():
    create_table("real-comp5", {"user": "S", "time": "N"})
    create_table("real-Threads", {"forum": "S", "subject": "S"})
    create_table("real-Hidden")
    create_table("real-Checked")


class Signed:
    """A client with an access key, on Django's test client."""

    def __init__(self, client, key_id, secret):
        self.client, self.key_id, self.secret = client, key_id, secret

    def headers(self, operation, body, path="/dynamodb/", **more):
        request = AWSRequest(
            "POST",
            f"http://testserver{path}",
            headers={
                "X-Amz-Target": TARGET + operation,
                "Content-Type": "application/x-amz-json-1.0",
                **more,
            },
            data=body,
        )
        SigV4Auth(Credentials(self.key_id, self.secret), "dynamodb", "us-east-1").add_auth(request)
        return dict(request.headers.items())

    def send(self, operation, members, path="/dynamodb/", body=None, headers=None):
        body = json.dumps(members).encode() if body is None else body
        headers = headers or self.headers(operation, body, path)
        answer = self.client.post(
            path, body, content_type="application/x-amz-json-1.0", headers=headers
        )
        # Django's client reads JSON of the usual media type only.
        answer.json = lambda: json.loads(answer.content)
        return answer

    def __call__(self, operation, **members):
        return self.send(operation, members)


@pytest.fixture
def make_user(db):
    def make(name, *groups):
        user = User.objects.create(username=name, first_name=name)
        user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
        return user

    return make


@pytest.fixture
def signed_as(make_user, client):
    def sign(*groups):
        key, secret = access_keys.issue(make_user("-".join(groups) or "nobody", *groups), "test")
        return Signed(client, key.access_key_id, secret)

    return sign


@pytest.fixture
def staff(signed_as, tables):
    return signed_as("staff")


@pytest.fixture
def old_sdk(live_server, transactional_db, make_user):
    """What `boto.connect_dynamodb` gives, pointed at this server."""
    host, _, port = live_server.url.removeprefix("http://").partition(":")
    key, secret = access_keys.issue(make_user("old client", "staff"), "boto 2")

    def connect(kind=Layer1):
        return kind(
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=secret,
            is_secure=False,
            port=int(port),
            region=RegionInfo(name="us-east-1", endpoint=host),
        )

    yield connect
    # boto 2 leaves its sockets to the collector: they must go before the next test.
    gc.collect()

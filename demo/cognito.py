"""The demo's user pool: one web client, three groups and the users to try them with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from demo.client import EngineCallError, EngineClient

POOL_NAME = "dynadmin-demo"
CLIENT_NAME = "web"
PASSWORD = "Dynadmin-1"  # noqa: S105 - printed at every start, and good on this machine only
# User -> group; the last one shows what somebody without a group meets.
USERS = {
    "ada.admin": "admins",
    "sam.staff": "staff",
    "rita.reader": "readers",
    "nora.nobody": "",
}


@dataclass(frozen=True, slots=True)
class Pool:
    """What settings need to know of a user pool."""

    pool_id: str
    client_id: str


def ensure_pool(client: EngineClient, origins: Sequence[str]) -> Pool:
    """Make what is missing of the pool, and let people come back to the app at `origins`."""
    pool_id = _pool_id(client)
    pool = Pool(pool_id, _client_id(client, pool_id, origins))
    for group in filter(None, USERS.values()):
        with _unless("GroupExistsException"):
            client.cognito("CreateGroup", UserPoolId=pool_id, GroupName=group)
    for user, group in USERS.items():
        _ensure_user(client, pool_id, user, group)
    return pool


def id_token(client: EngineClient, pool: Pool, user: str, password: str = PASSWORD) -> str:
    """A fresh ID token of a user, who signs in for it. Raises EngineCallError."""
    signed_in = client.cognito(
        "InitiateAuth",
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user, "PASSWORD": password},
    )
    token: str = signed_in["AuthenticationResult"]["IdToken"]
    return token


def _pool_id(client: EngineClient) -> str:
    for pool in client.cognito("ListUserPools", MaxResults=60)["UserPools"]:
        if pool["Name"] == POOL_NAME:
            return str(pool["Id"])
    created = client.cognito(
        "CreateUserPool",
        PoolName=POOL_NAME,
        Schema=[{"Name": "username", "AttributeDataType": "String", "Mutable": True}],
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )
    return str(created["UserPool"]["Id"])


def _client_id(client: EngineClient, pool_id: str, origins: Sequence[str]) -> str:
    settings = {
        "UserPoolId": pool_id,
        "ClientName": CLIENT_NAME,
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "profile"],
        "CallbackURLs": [f"{origin}/oidc/callback/" for origin in origins],
        "LogoutURLs": [f"{origin}/" for origin in origins],
        # custom:username is who people are: nobody may change their own.
        "WriteAttributes": ["email", "name"],
        "PreventUserExistenceErrors": "ENABLED",
        "IdTokenValidity": 8,
        "TokenValidityUnits": {"IdToken": "hours"},
    }
    for known in client.cognito("ListUserPoolClients", UserPoolId=pool_id)["UserPoolClients"]:
        if known["ClientName"] == CLIENT_NAME:
            client.cognito("UpdateUserPoolClient", ClientId=known["ClientId"], **settings)
            return str(known["ClientId"])
    created = client.cognito("CreateUserPoolClient", **settings)
    return str(created["UserPoolClient"]["ClientId"])


def _ensure_user(client: EngineClient, pool_id: str, user: str, group: str) -> None:
    attributes = {
        "custom:username": user,
        "email": f"{user}@example.com",
        "email_verified": "true",
        "name": user.replace(".", " ").title(),
    }
    whom = {"UserPoolId": pool_id, "Username": user}
    with _unless("UsernameExistsException"):
        client.cognito(
            "AdminCreateUser",
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": name, "Value": text} for name, text in attributes.items()],
            **whom,
        )
    if client.cognito("AdminGetUser", **whom)["UserStatus"] == "CONFIRMED":
        return  # made by an earlier start; its groups may have been changed since
    if group:
        client.cognito("AdminAddUserToGroup", GroupName=group, **whom)
    client.cognito("AdminSetUserPassword", Password=PASSWORD, Permanent=True, **whom)


@contextlib.contextmanager
def _unless(code: str) -> Iterator[None]:
    """Let pass the one refusal that says: it is there already."""
    try:
        yield
    except EngineCallError as error:
        if error.code != code:
            raise

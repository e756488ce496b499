"""The third source of tokens: moto's Cognito, at the addresses that follow from its pool's id."""

import boto3
import pytest
from moto import mock_aws

from project.cognito import issuer_of
from tables.access.tokens.verification import TokenError, verifier

REGION = "eu-west-1"


@pytest.fixture
def signed_in(settings):
    """The tokens of somebody in moto's pool, and the app told of that pool."""
    with mock_aws():
        cognito = boto3.client("cognito-idp", REGION)
        pool = cognito.create_user_pool(
            PoolName="p", Schema=[{"Name": "username", "AttributeDataType": "String"}]
        )["UserPool"]["Id"]
        web = cognito.create_user_pool_client(
            UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        cognito.create_group(UserPoolId=pool, GroupName="staff")
        user = {"UserPoolId": pool, "Username": "jane"}
        attributes = [{"Name": "custom:username", "Value": "jane.doe"}]
        cognito.admin_create_user(**user, UserAttributes=attributes)
        cognito.admin_set_user_password(**user, Password="Passw0rd!", Permanent=True)
        cognito.admin_add_user_to_group(**user, GroupName="staff")
        settings.COGNITO_CLIENT_ID = [web]
        settings.COGNITO_ISSUER = issuer_of(pool, REGION)
        settings.COGNITO_JWKS_URL = f"{settings.COGNITO_ISSUER}/.well-known/jwks.json"
        yield cognito.admin_initiate_auth(
            UserPoolId=pool,
            ClientId=web,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "jane", "PASSWORD": "Passw0rd!"},
        )["AuthenticationResult"]


def test_an_id_token_is_believed_and_no_other(signed_in):
    caller = verifier().verify(signed_in["IdToken"]).caller
    assert (caller.identity, caller.groups) == ("doe, jane", {"staff"})
    for name in ("AccessToken", "RefreshToken"):
        with pytest.raises(TokenError):
            verifier().verify(signed_in[name])

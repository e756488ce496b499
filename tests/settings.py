"""The project's settings in the one environment that every test runs in.

What the developer has exported, or keeps in `.env`, must not change a test: every name that
`.env.example` lists, and all that boto3 reads, is forgotten first. Programs that tests start
inherit the same environment.
"""

import os
import re
from pathlib import Path

_EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"

_LISTED = re.findall(r"^(?:# )?([A-Z_]+)=", _EXAMPLE.read_text(), re.MULTILINE)

for _name in [*os.environ]:
    if _name in _LISTED or _name.startswith("AWS_"):
        del os.environ[_name]

os.environ.update(
    ENV_FILE=os.devnull,
    SECRET_KEY="only-for-tests-and-long-enough-to-satisfy-the-checks-0123456789",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    SECURE_SSL_REDIRECT="false",
    TABLES_FILE="tests/tables.toml",
    AWS_REGION="eu-west-1",
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_EC2_METADATA_DISABLED="true",
    COGNITO_USER_POOL_ID="eu-west-1_tests",
    COGNITO_CLIENT_ID="web-client,other-client",
    COGNITO_DOMAIN="https://sign-in.example.com",
    THROTTLE_READ="",
    THROTTLE_WRITE="",
    THROTTLE_SCAN="",
    THROTTLE_EXPORT="",
    THROTTLE_ANONYMOUS="",
    DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright's loop runs in the thread of the test
)

from project.settings import *  # noqa: E402, F403 - the environment comes first

"""Call the embedded engine as its operator: raw AWS JSON, without credentials worth the name."""

from __future__ import annotations

from typing import Any

import requests

# ministack keeps tables and pools apart by the region that a request is signed for.
REGION = "us-east-1"
_TARGETS = {
    "dynamodb": "DynamoDB_20120810",
    "cognito-idp": "AWSCognitoIdentityProviderService",
}
_TIMEOUT = 30  # seconds


class EngineCallError(Exception):
    """The engine refused a call; `code` is AWS's."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.code = code


class EngineClient:
    """One connection to an engine. Not for several threads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy can't reach this machine's loopback

    def dynamodb(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a DynamoDB operation, in wire form. Raises EngineCallError."""
        return self._call("dynamodb", operation, parameters)

    def cognito(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a user pool operation. Raises EngineCallError."""
        return self._call("cognito-idp", operation, parameters)

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        scope = f"demo/20260101/{REGION}/{service}/aws4_request"
        response = self.session.post(
            f"{self.url}/",
            json=parameters,
            headers={
                "X-Amz-Target": f"{_TARGETS[service]}.{operation}",
                "Content-Type": "application/x-amz-json-1.0",
                "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0",
            },
            timeout=_TIMEOUT,
        )
        answer: dict[str, Any] = response.json() if response.content else {}
        if not response.ok:
            code = str(answer.get("__type", response.status_code)).rpartition("#")[2]
            message = answer.get("message") or answer.get("Message") or ""
            raise EngineCallError(operation, code, message)
        return answer

"""Where a Cognito user pool answers, derived from what names it."""

import re

_POOL_REGION = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)_")


def issuer_of(pool: str, region: str | None) -> str:
    """Return the issuer of a pool's tokens, or "" where pool or region are unknown.

    The pool's own name begins with its region, which need not be the tables'.
    """
    named = _POOL_REGION.match(pool)
    region = named[1] if named else region
    return f"https://cognito-idp.{region}.amazonaws.com/{pool}" if pool and region else ""


def sign_in_endpoints(domain: str) -> tuple[str, str, str, str]:
    """Return the authorize, token, userInfo and logout URLs of a hosted sign-in domain."""
    if not domain:
        return ("", "", "", "")
    return (
        f"{domain}/oauth2/authorize",
        f"{domain}/oauth2/token",
        f"{domain}/oauth2/userInfo",
        f"{domain}/logout",
    )

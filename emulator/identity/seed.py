"""What the sign-in stand-in starts with: the pool, the app's client, the tiers' groups, the demo user."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from emulator.private import write_private

REGION: Final = "us-east-1"
POOL_ID: Final = f"{REGION}_OmniGen01"
CLIENT_ID: Final = "omnigenlocalwebclient00001"
GROUPS: Final = ("free", "pro", "enterprise")
ISSUER: Final = f"https://cognito-idp.{REGION}.amazonaws.com/{POOL_ID}"
SCOPES: Final = ("openid", "email", "profile", "aws.cognito.signin.user.admin")

DEMO_EMAIL: Final = "demo@example.com"
DEMO_SUB: Final = "0de0d3e0-0000-4000-8000-000000000001"
"""Jobs belong to a `sub`: it must be the same even where the pool had to be made anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """Someone who can sign in from the start."""

    email: str
    password: str
    sub: str
    group: str


def write_seed(path: Path, *, app_origins: Sequence[str], users: Sequence[User]) -> None:
    """Write the seed for emulator/identity/server.py; it holds passwords, so only the owner may read it."""
    seed = {
        "pool_id": POOL_ID,
        "pool": _POOL,
        "client": {"id": CLIENT_ID, "settings": _client(app_origins)},
        "login_query": _login_query(app_origins[0]),
        "groups": GROUPS,
        "users": [{"email": u.email, "password": u.password, "sub": u.sub, "group": u.group} for u in users],
    }
    write_private(path, json.dumps(seed, indent=1))


def login_url(base_url: str, app_origin: str) -> str:
    """Where a browser signs in (the app adds its own state and PKCE challenge)."""
    return f"{base_url}/oauth2/authorize?{_login_query(app_origin)}"


def _login_query(app_origin: str) -> str:
    query = {
        "client_id": CLIENT_ID,
        "response_type": "code",
        "scope": "openid email profile",
        "redirect_uri": f"{app_origin}/callback",
    }
    return urlencode(query)


_POOL: Final[dict[str, Any]] = {
    "PoolName": "omnigen",
    "UsernameAttributes": ["email"],
    "AutoVerifiedAttributes": ["email"],
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 8,
            "RequireUppercase": True,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
        }
    },
}


def _client(app_origins: Sequence[str]) -> dict[str, Any]:
    """The web app's client: public, code with PKCE. Scripts use its password flow."""
    return {
        "ClientName": "omnigen-web",
        "GenerateSecret": False,
        "ExplicitAuthFlows": [
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_USER_SRP_AUTH",
        ],
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthScopes": list(SCOPES),
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": [f"{origin}{path}" for origin in app_origins for path in ("/callback", "/", "")],
        "LogoutURLs": [f"{origin}{path}" for origin in app_origins for path in ("/", "")],
        "PreventUserExistenceErrors": "ENABLED",
        "AccessTokenValidity": 60,
        "IdTokenValidity": 60,
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
    }

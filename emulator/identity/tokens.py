"""Signs a user in by password, for scripts: the access token in run.json comes from here."""

import json
from dataclasses import dataclass

from emulator.errors import SignInError
from emulator.identity.seed import CLIENT_ID
from emulator.loopback import request


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token and the seconds it is good for."""

    text: str
    lifetime_s: int


async def sign_in(base_url: str, email: str, password: str) -> AccessToken:
    """An access token of a user. Raises SignInError, or OSError where nobody answers."""
    asked = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": CLIENT_ID,
        "AuthParameters": {"USERNAME": email, "PASSWORD": password},
    }
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
    }
    reply = await request("POST", base_url + "/", headers=headers, body=json.dumps(asked).encode())
    if not reply.ok:
        raise SignInError(f"{email} can't sign in: {reply.body.decode('utf-8', 'replace')[:200]}")
    result = reply.json()["AuthenticationResult"]
    return AccessToken(result["AccessToken"], int(result["ExpiresIn"]))

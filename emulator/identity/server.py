"""Runs ministack's Cognito so that nothing it has acknowledged is ever lost.

`python -m emulator.identity.server`, in a virtualenv of its own (ministack pins its own botocore) and
therefore without omnigen or anything else of ours but this folder. Around ministack's application it puts:

- a pool, a client, groups and a demo user that are there before the first request is answered,
  under the same ids at every start (jobs belong to a user's `sub`);
- a save of the state before every answer that may have changed it (ministack alone saves at SIGTERM only);
- pages for sign-up and forgotten passwords, at Cognito's own paths, in the look of the sign-in page.

Everything it is to set up comes in OMNIGEN_IDENTITY_SEED, a JSON file written by emulator/identity/seed.py.
"""

import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import ministack.app
from ministack.core.persistence import save_state
from ministack.services import cognito

from emulator.identity.page import Page, our_page, shell

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

logger = logging.getLogger("omnigen.identity")

_READS = ("Get", "List", "Describe", "AdminGet", "AdminList")
_AWS_ACTION = b"x-amz-target"


class Stand:
    """ministack's application, wrapped."""

    def __init__(self, inner: Application, seed: dict[str, Any]) -> None:
        self._inner = inner
        self._seed = seed

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, self._seeding(send))
        elif scope["type"] != "http":
            await self._inner(scope, receive, send)
        elif page := our_page(scope["method"], scope["path"], scope["query_string"].decode()):
            await _answer(send, page)
        elif scope["path"].startswith("/_ministack/") and not scope["path"].endswith("/health"):
            # Any page in the developer's browser could post to /_ministack/reset.
            await _answer(send, Page(404, "text/plain", b"not found\n"))
        else:
            await self._durable(self._at_cognitos_path(scope), receive, send)

    def _at_cognitos_path(self, scope: Message) -> Message:
        """Cognito shows its form at GET /login too; bare, as typed from the banner, it is the app's."""
        if scope["method"] != "GET" or scope["path"] != "/login":
            return scope
        query = scope["query_string"] or self._seed["login_query"].encode()
        return {**scope, "path": "/oauth2/authorize", "raw_path": b"/oauth2/authorize", "query_string": query}

    def _seeding(self, send: Send) -> Send:
        async def forward(message: Message) -> None:
            # By now ministack has read its saved state, and nobody can connect yet.
            if message["type"] == "lifespan.startup.complete":
                message = await self._start()
            await send(message)

        return forward

    async def _start(self) -> Message:
        try:
            await set_up(self._seed)
        except Exception as error:
            # Told to the server, which ends; raised, it would only be logged, and an empty pool served.
            logger.exception("sign-in can't be set up")
            return {"type": "lifespan.startup.failed", "message": str(error)}
        _save()
        return {"type": "lifespan.startup.complete"}

    async def _durable(self, scope: Message, receive: Receive, send: Send) -> None:
        if not _may_change(scope):
            await self._inner(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await self._inner(scope, receive, hold)
        _save()
        for message in held:
            await send(message)


async def set_up(seed: dict[str, Any]) -> None:
    """Bring pool, client, groups and demo user to what the seed says; what is there already stays."""
    pool, client = seed["pool_id"], seed["client"]
    if await _call("DescribeUserPool", {"UserPoolId": pool}, absent="ResourceNotFoundException") is None:
        with _NextId("_pool_id", pool):
            await _call("CreateUserPool", seed["pool"])
    known = {"UserPoolId": pool, "ClientId": client["id"]}
    if await _call("DescribeUserPoolClient", known, absent="ResourceNotFoundException") is None:
        with _NextId("_client_id", client["id"]):
            await _call("CreateUserPoolClient", {"UserPoolId": pool, **client["settings"]})
    await _call("UpdateUserPoolClient", {**known, **client["settings"]})
    for group in seed["groups"]:
        await _call("CreateGroup", {"UserPoolId": pool, "GroupName": group}, absent="GroupExistsException")
    for user in seed["users"]:
        await _ensure_user(pool, user)


async def _ensure_user(pool: str, user: dict[str, Any]) -> None:
    who = {"UserPoolId": pool, "Username": user["email"]}
    if await _call("AdminGetUser", who, absent="UserNotFoundException") is None:
        attributes = {"email": user["email"], "email_verified": "true"}
        named = [{"Name": name, "Value": value} for name, value in attributes.items()]
        with _NextId("new_uuid", user["sub"]):
            await _call("AdminCreateUser", {**who, "UserAttributes": named, "MessageAction": "SUPPRESS"})
        await _call("AdminAddUserToGroup", {**who, "GroupName": user["group"]})
    # Always: someone may have tried out the page for forgotten passwords, and run.json names this one.
    await _call("AdminSetUserPassword", {**who, "Password": user["password"], "Permanent": True})


async def _call(action: str, request: dict[str, Any], *, absent: str = "") -> dict[str, Any] | None:
    """Ask Cognito's own API, in process. None where it answers with the error named `absent`."""
    target = {"x-amz-target": f"AWSCognitoIdentityProviderService.{action}"}
    status, _, body = await cognito.handle_request("POST", "/", target, json.dumps(request).encode(), {})
    answer: dict[str, Any] = json.loads(body or b"{}")
    if status < 300:
        return answer
    if absent and absent in str(answer.get("__type", "")):
        return None
    raise RuntimeError(f"{action} answered {status}: {answer}")


class _NextId:
    """Makes the id that ministack would draw at random the one of the seed, for one call."""

    def __init__(self, generator: str, value: str) -> None:
        self._generator, self._value = generator, value
        self._random = getattr(cognito, generator)

    def __enter__(self) -> None:
        setattr(cognito, self._generator, lambda: self._value)

    def __exit__(self, *_: object) -> None:
        setattr(cognito, self._generator, self._random)


def _with_groups(make: Callable[..., str]) -> Callable[..., str]:
    """A token that is renewed at the token endpoint keeps its groups, as Cognito's does; ministack's loses them."""

    def token(sub: str, pool_id: str, client_id: str, kind: str, username: str = "", **more: Any) -> str:
        if username and not more.get("groups"):
            users = (cognito._get_pool_unscoped(pool_id) or {}).get("_users", {})
            more["groups"] = users.get(username, {}).get("_groups", [])
        return make(sub, pool_id, client_id, kind, username, **more)

    return token


def _with_auth_time(sign: Callable[..., str]) -> Callable[..., str]:
    """Tokens that are renewed tell when their user signed in, as Cognito's do; ministack's tell the present instant,
    and a client that looks (oidc-client-ts does) takes them for somebody else's.
    """
    signed_in: dict[str, int] = {}

    def signed(claims: dict[str, Any], pool_id: str = "", use: str = "") -> str:
        origin = claims.get("origin_jti", "")
        if origin and origin not in signed_in:
            signed_in.update(_signed_in())
            signed_in.setdefault(origin, claims["iat"])
        if origin:
            claims = {**claims, "auth_time": signed_in[origin]}
        return sign(claims, pool_id, use)

    return signed


def _signed_in() -> dict[str, int]:
    """When each of the sessions that outlived a restart began: their refresh tokens say so."""
    kept = (cognito._token_claims(token) for token in cognito._refresh_tokens)
    return {claims["origin_jti"]: claims["auth_time"] for claims in kept if "auth_time" in claims}


def _may_change(scope: Message) -> bool:
    if scope["method"] != "POST":
        return False
    target = dict(scope["headers"]).get(_AWS_ACTION, b"").decode("latin-1")
    return not target.rpartition(".")[2].startswith(_READS)


def _save() -> None:
    save_state("cognito", cognito.get_state())


async def _answer(send: Send, page: Page) -> None:
    headers = [(b"content-type", page.media_type.encode()), (b"content-length", str(len(page.body)).encode())]
    await send({"type": "http.response.start", "status": page.status, "headers": headers})
    await send({"type": "http.response.body", "body": page.body})


def main() -> None:
    """Serve until SIGTERM. Ministack's own variables (GATEWAY_PORT, STATE_DIR, ...) say where."""
    seed = json.loads(Path(os.environ["OMNIGEN_IDENTITY_SEED"]).read_text(encoding="utf-8"))
    cognito._page_shell = shell
    cognito._fake_token = _with_groups(cognito._fake_token)
    cognito._signed_jwt = _with_auth_time(cognito._signed_jwt)
    ministack.app.app = Stand(ministack.app.app, seed)
    sys.argv = sys.argv[:1]
    ministack.app.main()


if __name__ == "__main__":
    main()

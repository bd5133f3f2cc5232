"""The accounts of a Cognito user pool, for operators. A tier is the group of the same name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from botocore.exceptions import ClientError

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.outage import is_outage
from omnigen.domain.errors import NotFound, Transient
from omnigen.domain.quota import Tier
from omnigen.ports.identity import User
from omnigen.settings import IdentitySettings


class CognitoDirectory:
    """Keeps the promises of `Directory` on one user pool. Its client is opened by the first call: operators are few."""

    def __init__(self, settings: IdentitySettings, clients: Clients) -> None:
        self._settings = settings
        self._clients = clients
        self._opened: Any = None

    async def users(self) -> list[User]:
        """All accounts."""
        async with _translated():
            return await self._all(await self._client())

    async def set_tier(self, email: str, tier: Tier) -> User:
        """Move an account to a tier; it holds from the next token on. Raises NotFound."""
        async with _translated():
            return await self._move(await self._client(), email, tier)

    async def _client(self) -> Any:
        if self._opened is None:
            self._opened = await self._clients.open("cognito-idp", endpoint=self._settings.cognito_endpoint)
        return self._opened

    async def _all(self, client: Any) -> list[User]:
        found: list[User] = []
        page: dict[str, Any] = {}
        while True:
            answer = await client.list_users(UserPoolId=self._settings.user_pool_id, **page)
            found += [await self._user(client, entry) for entry in answer["Users"]]
            if not answer.get("PaginationToken"):
                return found
            page = {"PaginationToken": answer["PaginationToken"]}

    async def _user(self, client: Any, entry: dict[str, Any]) -> User:
        attributes = {a["Name"]: a["Value"] for a in entry["Attributes"]}
        groups = await self._groups(client, entry["Username"])
        return User(
            id=attributes["sub"],
            email=attributes.get("email", entry["Username"]),
            tier=Tier.of_groups(groups),
            enabled=bool(entry.get("Enabled", True)),
        )

    async def _groups(self, client: Any, username: str) -> tuple[str, ...]:
        answer = await client.admin_list_groups_for_user(
            UserPoolId=self._settings.user_pool_id, Username=username
        )
        return tuple(group["GroupName"] for group in answer["Groups"])

    async def _move(self, client: Any, email: str, tier: Tier) -> User:
        pool = self._settings.user_pool_id
        quoted = email.replace("\\", "\\\\").replace('"', '\\"')
        found = await client.list_users(UserPoolId=pool, Filter=f'email = "{quoted}"')
        if not found["Users"]:
            raise NotFound(f"there is no account with the address {email}")
        entry = found["Users"][0]
        name = entry["Username"]
        await client.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=tier.value)
        # Added first and removed after: at no moment has the account no tier at all.
        for group in await self._groups(client, name):
            if group != tier.value and group in {t.value for t in Tier}:
                await client.admin_remove_user_from_group(UserPoolId=pool, Username=name, GroupName=group)
        return await self._user(client, entry)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Turn any trouble of the block into NotFound or Transient."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "UserNotFoundException":  # a missing pool or group is no missing account
            raise NotFound("there is no such account any more") from error
        raise Transient(f"the identity provider can't be asked ({code})") from error
    except Exception as error:
        if not is_outage(error):
            raise
        raise Transient(f"the identity provider can't be reached ({type(error).__name__})") from error

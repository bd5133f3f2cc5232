"""The accounts of a user pool, for operators: who there is, and which tier their next token says."""

import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from attrs import evolve

from emulator.identity.tokens import sign_in
from omnigen.adapters.aws.clients import AioClients, ThreadedClients
from omnigen.adapters.aws.cognito import CognitoDirectory
from omnigen.adapters.oidc import OidcVerifier
from omnigen.domain.errors import NotFound, Transient
from omnigen.domain.quota import Tier
from omnigen.ports.identity import Directory, User
from omnigen.settings import IdentitySettings, Settings
from tests.fixtures.identity import IdentityServer

PASSWORD = "Correct-horse-9"
KINDS = {"api": AioClients, "lambda": ThreadedClients}

pytestmark = pytest.mark.slow


def settings(server: IdentityServer) -> Settings:
    return Settings.from_environment(
        {
            "OMNIGEN_COGNITO_ENDPOINT": server.url,
            "OMNIGEN_COGNITO_USER_POOL_ID": server.user_pool_id,
            "OMNIGEN_OIDC_ISSUER": server.issuer,
            "OMNIGEN_OIDC_JWKS_URL": server.jwks_url,
            "OMNIGEN_OIDC_CLIENT_ID": server.client_id,
            "AWS_ACCESS_KEY_ID": server.access_key_id,
            "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
            "AWS_REGION": server.region,
        }
    )


@pytest.fixture(params=list(KINDS))
async def directory(
    request: pytest.FixtureRequest, identity_server: IdentityServer
) -> AsyncIterator[Directory]:
    read = settings(identity_server)
    async with KINDS[request.param](read.aws) as clients:
        yield CognitoDirectory(read.identity, clients)


@pytest.fixture
async def email(identity_server: IdentityServer) -> str:
    """A new account, without a tier of its own."""
    read, address = settings(identity_server), f"{uuid4().hex}+o'neil@example.org"
    async with AioClients(read.aws) as clients:
        client = await clients.open("cognito-idp", endpoint=identity_server.url)
        await client.sign_up(ClientId=identity_server.client_id, Username=address, Password=PASSWORD)
        await client.admin_confirm_sign_up(UserPoolId=identity_server.user_pool_id, Username=address)
    return address


async def tier_of(server: IdentityServer, email: str) -> Tier:
    """As the API sees it: by the next access token."""
    token = await sign_in(server.url, email, PASSWORD)
    caller = await OidcVerifier(settings(server).identity).verify(token.text)
    assert caller.expires_at > time.time()
    return caller.tier


async def of(directory: Directory, email: str) -> User:
    (user,) = [user for user in await directory.users() if user.email == email]
    return user


async def test_all_accounts_are_listed(
    directory: Directory, identity_server: IdentityServer, email: str
) -> None:
    """With the id that owns their jobs, and their tier; free where no group says otherwise."""
    demo = await of(directory, identity_server.user)
    assert (demo.tier, demo.enabled) == (Tier.PRO, True)
    verifier = OidcVerifier(settings(identity_server).identity)
    assert demo.id == (await verifier.verify(identity_server.access_token)).id
    assert (await of(directory, email)).tier is Tier.FREE


async def test_a_tier_holds_from_the_next_token_on(
    directory: Directory, identity_server: IdentityServer, email: str
) -> None:
    """Up and down again: never two tiers, never none."""
    assert await tier_of(identity_server, email) is Tier.FREE
    for tier in (Tier.PRO, Tier.ENTERPRISE, Tier.ENTERPRISE, Tier.FREE):
        moved = await directory.set_tier(email, tier)
        assert (moved.email, moved.tier) == (email, tier)
        assert await tier_of(identity_server, email) is tier
        assert await of(directory, email) == moved


@pytest.mark.parametrize("address", ["nobody@example.org", '"', "\\", '" or email = "', "ü@example.org"])
async def test_an_address_that_nobody_has(directory: Directory, address: str) -> None:
    """It is not found, whatever it is made of."""
    with pytest.raises(NotFound):
        await directory.set_tier(address, Tier.PRO)


@pytest.mark.parametrize("kind", list(KINDS.values()), ids=list(KINDS))
async def test_an_outage_is_no_absence(kind: type[AioClients], identity_server: IdentityServer) -> None:
    """Nobody there, or a pool that is another's: neither says that an account isn't there."""
    read = settings(identity_server)
    away: IdentitySettings = evolve(read.identity, cognito_endpoint="http://127.0.0.1:9")
    foreign = evolve(read.identity, user_pool_id="us-east-1_Foreign01")
    async with kind(read.aws) as clients:
        for given in (away, foreign):
            with pytest.raises(Transient):
                await CognitoDirectory(given, clients).users()
            with pytest.raises(Transient):
                await CognitoDirectory(given, clients).set_tier("a@example.org", Tier.PRO)

"""An identity provider, an application that it knows, and a credential that it has given."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from backend.data.credentials import OAuth2Credentials
from backend.data.db import Database
from backend.data.user_store import LOCAL_USER_ID
from backend.integrations.credentials_store import StoredCredentials
from backend.integrations.oauth._tokens import LIFE
from backend.util.clock import new_id
from backend.util.settings import Secrets, Settings
from tests.support.http_server import reachable
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider, identity_provider
from tests.support.identity_shapes import SHAPES


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with identity_provider() as provider, reachable(origin_map=provider.origin_map):
        yield provider


@pytest.fixture
def secrets() -> Secrets:
    return applications()


def applications(*names: str) -> Secrets:
    """The settings of an operator who has registered at these providers, or at all."""
    given: dict[str, Any] = {}
    for name in names or tuple(SHAPES):
        field = name.replace("-", "_")
        given |= {f"{field}_client_id": CLIENT_ID, f"{field}_client_secret": CLIENT_SECRET}
    return Secrets.model_construct(**given)


@pytest.fixture
def settings(settings: Settings, secrets: Secrets) -> Settings:
    settings.secrets = secrets
    return settings


async def give(
    database: Database,
    credentials: StoredCredentials,
    idp: IdentityProvider,
    *,
    provider: str = "linear",
    left_s: float = 10,
    life_s: float = 3600,
    user_id: str = LOCAL_USER_ID,
) -> OAuth2Credentials:
    """A stored credential whose token has `left_s` left of its life."""
    access, refresh = idp.grant_directly(provider)
    idp.live[access] = time.time() + left_s
    credential = OAuth2Credentials(
        id=new_id(),
        provider=provider,
        title="Work",
        access_token=SecretStr(access),
        refresh_token=SecretStr(refresh),
        access_token_expires_at=int(time.time() + left_s),
        scopes=["read"],
        metadata={LIFE: life_s},
    )
    async with database.begin() as connection:
        await credentials.add(connection, user_id, credential)
    return credential

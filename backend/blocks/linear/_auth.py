"""How one connects to Linear: through OAuth, or with a personal API key."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import SecretStr

from backend.blocks.linear._api import LinearClient, LinearCredentials
from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CredentialsMetaInput,
    OAuth2Credentials,
    reference_to,
)
from backend.data.json_parts import text_at
from backend.data.model import CredentialsField
from backend.integrations.connections import Account, Connection, Field, declare
from backend.integrations.providers import ProviderName
from backend.util.errors import CredentialsError

LinearCredentialsInput = CredentialsMetaInput[Literal[ProviderName.LINEAR], Literal["oauth2", "api_key"]]

TEST_CREDENTIALS = APIKeyCredentials(
    id="a3b8f3a6-7d0f-4c0c-9d0b-6c1a2f7f5e21",
    provider="linear",
    title="Example workspace",
    api_key=SecretStr("example-personal-key"),
)
TEST_CREDENTIALS_INPUT = reference_to(TEST_CREDENTIALS)


def LinearCredentialsField(*scopes: str) -> Any:  # noqa: N802  # as CredentialsField is called
    """The field in which a block asks for a workspace; a token needs these scopes."""
    return CredentialsField(set(scopes), description="An account or a personal API key of Linear")


async def who_is(credentials: Credentials) -> Account:
    """Whose key or token it is.

    Raises:
        ProviderError: Linear says no, in its own words.
    Source: https://linear.app/developers/graphql (viewer).
    """
    answer = await LinearClient(_linear(credentials)).read_viewer()
    return Account(
        name=text_at(answer, "viewer", "name"),
        email=text_at(answer, "viewer", "email"),
        avatar_url=text_at(answer, "viewer", "avatarUrl"),
        organization=text_at(answer, "organization", "name"),
    )


def _linear(credentials: Credentials) -> LinearCredentials:
    if isinstance(credentials, APIKeyCredentials | OAuth2Credentials):
        return credentials
    raise CredentialsError(
        f"Linear takes OAuth or a personal API key, and this credential is of the kind {credentials.type!r}. "
        "Connect Linear again."
    )


CONNECTION = declare(
    Connection(
        provider=ProviderName.LINEAR,
        label="Linear",
        kinds=("oauth2", "api_key"),
        fields=(
            Field(
                "api_key",
                "Personal API key",
                "password",
                placeholder="lin_api_…",
                help="In Linear: Settings, Account, Security & access, Personal API keys. It acts as you.",
            ),
        ),
        test=who_is,
        description="Create, change, read and find issues, comment on them, and start runs when something changes.",
        help_url="https://linear.app/docs/api-and-webhooks",
        scopes=("read", "write"),
    )
)

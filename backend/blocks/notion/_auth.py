"""How Notion is connected: with OAuth, or with the token of an internal integration."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import SecretStr

from backend.blocks.notion._api import NotionClient, NotionCredentials
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

NotionCredentialsInput = CredentialsMetaInput[Literal[ProviderName.NOTION], Literal["oauth2", "api_key"]]

TEST_CREDENTIALS = APIKeyCredentials(
    id="7f0a5e0c-3a52-4b57-8a0e-6b8a4a9b6d21",
    provider="notion",
    title="Example workspace",
    api_key=SecretStr("example-integration-token"),
)
TEST_CREDENTIALS_INPUT = reference_to(TEST_CREDENTIALS)


def NotionCredentialsField() -> Any:  # noqa: N802  # as CredentialsField is called
    """The field in which a block asks for a workspace."""
    return CredentialsField(description="The Notion workspace; it shows what was shared with the connection")


async def who_is(credentials: Credentials) -> Account:
    """Whose token it is.

    Raises:
        ProviderError: Notion says no, in its own words.
    Source: https://developers.notion.com/reference/get-self.
    """
    bot = await NotionClient(_notion(credentials)).read_me()
    owner = text_at(bot, "bot", "owner", "user", "name")
    return Account(
        name=owner or text_at(bot, "name"),
        email=text_at(bot, "bot", "owner", "user", "person", "email"),
        avatar_url=text_at(bot, "bot", "owner", "user", "avatar_url") or text_at(bot, "avatar_url"),
        organization=text_at(bot, "bot", "workspace_name"),
    )


def _notion(credentials: Credentials) -> NotionCredentials:
    if isinstance(credentials, (APIKeyCredentials, OAuth2Credentials)):
        return credentials
    raise CredentialsError(
        f"Notion takes OAuth or a token, and this credential is of the kind {credentials.type!r}. "
        "Connect Notion again."
    )


CONNECTION = declare(
    Connection(
        provider=ProviderName.NOTION,
        label="Notion",
        kinds=("oauth2", "api_key"),
        fields=(
            Field(
                "api_key",
                "Internal integration secret",
                "password",
                placeholder="ntn_…",
                help="Your integration at notion.so/profile/integrations, Configuration. Then share pages with it: "
                "in the page, menu ••• → Connections.",
            ),
        ),
        test=who_is,
        description="Find, read, create and change pages, query databases, and start runs by what changes.",
        help_url="https://developers.notion.com/docs/create-a-notion-integration",
    )
)

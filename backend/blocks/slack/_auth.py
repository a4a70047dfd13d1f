"""How Slack is connected: with OAuth, or with the token of a bot or a user."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import SecretStr

from backend.blocks.slack._api import SlackClient, SlackCredentials
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

SlackCredentialsInput = CredentialsMetaInput[Literal[ProviderName.SLACK], Literal["oauth2", "api_key"]]

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "channels:write.topic",
    "chat:write",
    "chat:write.public",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write.topic",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "reactions:write",
    "users:read",
    "users:read.email",
)
"""Of a bot's token, what the blocks and the trigger of this folder need; searching takes a user's token."""

TEST_CREDENTIALS = APIKeyCredentials(
    id="3d3c8b8d-5a5b-4c6a-9d2c-2f4b7d0f4a11",
    provider="slack",
    title="Example workspace",
    api_key=SecretStr("example-bot-token"),
)
TEST_CREDENTIALS_INPUT = reference_to(TEST_CREDENTIALS)


def SlackCredentialsField(*scopes: str) -> Any:  # noqa: N802  # as CredentialsField is called
    """The field in which a block asks for a workspace; the token needs these scopes."""
    return CredentialsField(
        set(scopes), description="The Slack workspace, as the bot or the user of the token"
    )


async def who_is(credentials: Credentials) -> Account:
    """Whose token it is.

    Raises:
        ProviderError: Slack says no, in its own words.
    Source: https://docs.slack.dev/reference/methods/auth.test.
    """
    body = await SlackClient(_slack(credentials)).read("auth.test")
    return Account(name=text_at(body, "user"), organization=text_at(body, "team"))


def _slack(credentials: Credentials) -> SlackCredentials:
    if isinstance(credentials, (APIKeyCredentials, OAuth2Credentials)):
        return credentials
    raise CredentialsError(
        f"Slack takes OAuth or a token, and this credential is of the kind {credentials.type!r}. Connect Slack again."
    )


CONNECTION = declare(
    Connection(
        provider=ProviderName.SLACK,
        label="Slack",
        kinds=("oauth2", "api_key"),
        fields=(
            Field(
                "api_key",
                "Token of the bot",
                "password",
                placeholder="xoxb-…",
                help="Your Slack app, OAuth & Permissions, Bot User OAuth Token. Searching takes the User OAuth Token.",
            ),
        ),
        test=who_is,
        description="Send, change and read messages, upload files, react, find users, and start runs by events.",
        help_url="https://docs.slack.dev/quickstart",
        scopes=SCOPES,
    )
)

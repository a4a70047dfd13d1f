"""How one connects to Example: an API key."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from backend.blocks.example._api import ExampleClient
from backend.data.credentials import APIKeyCredentials, Credentials, CredentialsMetaInput, reference_to
from backend.integrations.connections import Account, Connection, Field, declare
from backend.integrations.providers import ProviderName
from backend.util.errors import InvalidInput

ExampleCredentialsInput = CredentialsMetaInput[Literal[ProviderName.EXAMPLE_PROVIDER], Literal["api_key"]]

TEST_CREDENTIALS = APIKeyCredentials(
    id="9191c4f0-498f-4235-a79c-59c0e37454d4",
    provider="example-provider",
    api_key=SecretStr("mock-example-api-key"),
    title="Mock Example API key",
    expires_at=None,
)
TEST_CREDENTIALS_INPUT = reference_to(TEST_CREDENTIALS)


async def _whose(credentials: Credentials) -> Account:
    """Ask the Example API whose key it is."""
    if not isinstance(credentials, APIKeyCredentials):
        raise InvalidInput("Example takes an API key.")
    me = await ExampleClient(credentials).read_me()
    return Account(
        name=str(me.get("name", "")),
        email=str(me.get("email", "")),
        organization=str(me.get("organization", "")),
    )


declare(
    Connection(
        provider=ProviderName.EXAMPLE_PROVIDER,
        label="Example",
        kinds=("api_key",),
        fields=(
            Field(
                "api_key",
                "API key",
                "password",
                placeholder="ex_…",
                help="The Example API prints one when it starts: `python examples/example_api.py`.",
            ),
        ),
        test=_whose,
        description="A service of the examples, to try connections and webhooks with, on your own machine.",
    )
)

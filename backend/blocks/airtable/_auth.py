"""How one connects Airtable."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from backend.data.credentials import APIKeyCredentials, Credentials, CredentialsMetaInput, reference_to
from backend.data.json_parts import text_at
from backend.integrations.connections import Account, Connection, Field, declare
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._airtable_api import AirtableApi

AirtableCredentialsInput = CredentialsMetaInput[Literal[ProviderName.AIRTABLE], Literal["api_key", "oauth2"]]

TEST_CREDENTIALS = APIKeyCredentials(
    id="6b1a4b8f-9a0d-4c39-8f0a-2f4d7f1f5f6e",
    provider=ProviderName.AIRTABLE.value,
    api_key=SecretStr("mock-airtable-token"),
    title="Mock Airtable token",
)
TEST_CREDENTIALS_INPUT = reference_to(TEST_CREDENTIALS)


async def test_connection(credentials: Credentials) -> Account:
    """Ask whose token it is; the address is told to tokens with the scope user.email:read only."""
    me = await AirtableApi(credentials).who_am_i()
    email = text_at(me, "email")
    return Account(name=email or text_at(me, "id"), email=email)


CONNECTION = declare(
    Connection(
        provider=ProviderName.AIRTABLE,
        label="Airtable",
        kinds=("api_key",),
        fields=(
            Field(
                "api_key",
                "Personal access token",
                "password",
                placeholder="pat…",
                help="With access to the bases, and the scopes webhook:manage, data.records:read, schema.bases:read",
            ),
        ),
        test=test_connection,
        description="Bases, tables and records.",
        help_url="https://airtable.com/create/tokens",
    )
)

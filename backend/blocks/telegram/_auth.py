"""How one connects a Telegram bot."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from backend.data.credentials import APIKeyCredentials, Credentials, CredentialsMetaInput, reference_to
from backend.data.json_parts import text_at
from backend.integrations.connections import Account, Connection, Field, declare
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._telegram_api import TelegramApi

TelegramCredentialsInput = CredentialsMetaInput[Literal[ProviderName.TELEGRAM], Literal["api_key"]]

TEST_CREDENTIALS = APIKeyCredentials(
    id="0f1ccf0c-3b56-4d0a-8c5a-4f3f0c6ad0a1",
    provider=ProviderName.TELEGRAM.value,
    api_key=SecretStr("123456:mock-telegram-bot-token"),
    title="Mock Telegram bot",
)
TEST_CREDENTIALS_INPUT = reference_to(TEST_CREDENTIALS)


async def test_connection(credentials: Credentials) -> Account:
    """Ask which bot the token is of. Source: https://core.telegram.org/bots/api#getme"""
    me = await TelegramApi(credentials).call("getMe")
    handle = text_at(me, "username")
    return Account(name=f"@{handle}" if handle else text_at(me, "first_name"))


CONNECTION = declare(
    Connection(
        provider=ProviderName.TELEGRAM,
        label="Telegram",
        kinds=("api_key",),
        fields=(
            Field(
                "api_key",
                "Bot token",
                "password",
                placeholder="123456:ABC-DEF",
                help="From @BotFather: /newbot, or /token of a bot that is there",
            ),
        ),
        test=test_connection,
        description="A bot that hears and writes in chats, groups and channels.",
        help_url="https://core.telegram.org/bots/tutorial",
    )
)

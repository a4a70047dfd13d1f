"""A bot's webhook is set, set anew, and taken away, against a local Bot API."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from backend.blocks.telegram._auth import test_connection as ask_who_it_is
from backend.data.credentials import APIKeyCredentials
from backend.integrations.webhooks.telegram import TelegramUpdateType, TelegramWebhookManager, secret_token
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.support.deliveries import webhook_of
from tests.support.http_server import Answer
from tests.support.telegram_server import TOKEN, TelegramBot, telegram_bot

CREDENTIALS = APIKeyCredentials(id="c", provider="telegram", api_key=SecretStr(TOKEN))
WEBHOOK = webhook_of("telegram", "whsec_with+characters/that=Telegram refuses", resource="bot")
ADDRESS = f"https://blockyard.example.com/api/integrations/telegram/webhooks/{WEBHOOK.id}/ingress"
MANAGER = TelegramWebhookManager()


@pytest.fixture
def bot() -> Iterator[TelegramBot]:
    with telegram_bot() as running:
        yield running


async def test_a_bot_is_told_address_token_and_events(bot: TelegramBot) -> None:
    made = await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, ["message"])
    assert (made.provider_webhook_id, made.secret) == ("123456", None)
    assert bot.webhook["url"] == ADDRESS
    assert bot.webhook["allowed_updates"] == ["message"]
    assert bot.webhook["secret_token"] == secret_token(WEBHOOK.secret or "")
    assert set(bot.webhook["secret_token"]) <= set("0123456789abcdef")


async def test_without_a_filter_all_updates_are_asked_for_by_name(bot: TelegramBot) -> None:
    await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    assert bot.webhook["allowed_updates"] == [event.value for event in TelegramUpdateType]


async def test_made_twice_and_updated_it_is_one_with_the_last_word(bot: TelegramBot) -> None:
    await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, ["message"])
    await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, ["message"])
    moved = ADDRESS.replace("blockyard", "new-name")
    await MANAGER.update(WEBHOOK, CREDENTIALS, moved, ["poll", "message"])
    assert (bot.webhook["url"], bot.webhook["allowed_updates"]) == (moved, ["message", "poll"])


async def test_a_bot_that_reports_elsewhere_is_left_there(bot: TelegramBot) -> None:
    bot.webhook = {"url": "https://shop.example.com/secret-path"}
    with pytest.raises(ProviderError, match=r"shop\.example\.com already"):
        await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    await MANAGER.deregister(WEBHOOK, CREDENTIALS)
    assert bot.webhook == {"url": "https://shop.example.com/secret-path"}


async def test_removed_twice_is_removed(bot: TelegramBot) -> None:
    await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    await MANAGER.deregister(WEBHOOK, CREDENTIALS)
    await MANAGER.deregister(WEBHOOK, CREDENTIALS)
    assert bot.webhook["url"] == ""
    assert bot.calls.count("deleteWebhook") == 1


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (400, "Bad Request: bad webhook: HTTPS url must be provided for webhook", ProviderError),
        (401, "Unauthorized", CredentialsError),
        (403, "Forbidden", ProviderForbidden),
        (404, "Not Found", CredentialsError),
        (429, "Too Many Requests: retry after 7", RateLimited),
        (500, "Internal Server Error", ProviderUnavailable),
    ],
)
async def test_a_refusal_says_what_telegram_says_and_not_the_token(
    bot: TelegramBot, status: int, said: str, kind: type[ProviderError]
) -> None:
    bot.refusals["setWebhook"] = (status, said)
    with pytest.raises(kind, match=said) as refusal:
        await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    assert TOKEN not in str(refusal.value)
    assert refusal.value.retry_after_s == (7.0 if status == 429 else None)


async def test_the_hooks_and_the_blocks_tell_the_same_cure(bot: TelegramBot) -> None:
    bot.refusals["setWebhook"] = (400, "Bad Request: chat not found")
    with pytest.raises(ProviderNotFound, match="write to the bot first"):
        await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])


async def test_a_lost_connection_does_not_tell_the_token(bot: TelegramBot) -> None:
    assert bot.server is not None
    for path in list(bot.server.routes):
        bot.server.routes[path] = Answer(hang_up=True)
    with pytest.raises(ProviderUnavailable) as refusal:
        await MANAGER.deregister(WEBHOOK, CREDENTIALS)
    assert TOKEN not in str(refusal.value)
    assert TOKEN not in "".join(traceback.format_exception(refusal.value))
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None


@pytest.mark.parametrize("token", ["", "no token", "123456:abc/../../getMe", "1:" + "a" * 300])
async def test_what_is_no_token_goes_nowhere(bot: TelegramBot, token: str) -> None:
    wrong: Any = APIKeyCredentials(id="c", provider="telegram", api_key=SecretStr(token))
    for credentials in (wrong, None):
        with pytest.raises(CredentialsError, match="@BotFather"):
            await MANAGER.register(WEBHOOK, credentials, ADDRESS, [])
    assert bot.calls == []


async def test_the_connection_test_tells_which_bot_it_is(bot: TelegramBot) -> None:
    assert (await ask_who_it_is(CREDENTIALS)).name == "@test_bot"

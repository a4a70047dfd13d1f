"""The client of Telegram's blocks, over real HTTP: refusals, waits, files, and the token that stays where it is."""

from __future__ import annotations

import traceback

import pytest
from pydantic import SecretStr

from backend.blocks.telegram import _api
from backend.blocks.telegram._api import TelegramClient
from backend.data.credentials import APIKeyCredentials
from backend.data.file import FileContent
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from tests.blocks.telegram.conftest import CREDENTIALS
from tests.support.http_server import Answer, Seen
from tests.support.telegram_server import ADA, GROUP, STRANGER, TOKEN, TelegramBot

EVERY_BYTE = FileContent("größe.bin", "application/x-own", bytes(range(256)) * 512 + b"\r\n--end\r\n")


@pytest.fixture
def client() -> TelegramClient:
    return TelegramClient(CREDENTIALS)


async def test_parameters_that_are_none_are_left_out(bot: TelegramBot, client: TelegramClient) -> None:
    sent = await client.send("sendMessage", chat_id=ADA["id"], text="größe", parse_mode=None)
    assert bot.of("sendMessage") == [{"chat_id": ADA["id"], "text": "größe"}]
    assert sent == bot.messages[ADA["id"]][0]


@pytest.mark.parametrize(
    ("status", "said", "kind", "cure"),
    [
        (400, "Bad Request: chat not found", ProviderNotFound, "write to the bot first"),
        (400, "Bad Request: something quite new", ProviderError, "something quite new"),
        (401, "Unauthorized", CredentialsError, "@BotFather"),
        (403, "Forbidden: bot was blocked by the user", ProviderForbidden, "write to the bot first"),
        (404, "Not Found", CredentialsError, "@BotFather"),
        (413, "Request Entity Too Large", ProviderError, "50 MB"),
        (500, "Internal Server Error", ProviderUnavailable, "later"),
    ],
)
async def test_a_refusal_has_its_kind_telegrams_words_and_a_cure(
    bot: TelegramBot, client: TelegramClient, status: int, said: str, kind: type[ProviderError], cure: str
) -> None:
    bot.refusals["sendMessage"] = (status, said)
    with pytest.raises(ProviderError, match=said) as refusal:
        await client.send("sendMessage", chat_id=ADA["id"], text="Hello")
    assert type(refusal.value) is kind
    assert cure in str(refusal.value)
    assert refusal.value.http_status == status
    assert bot.calls == ["sendMessage"]


async def test_a_token_that_is_no_more_says_to_connect_again(bot: TelegramBot) -> None:
    stranger = APIKeyCredentials(id="c", provider="telegram", api_key=SecretStr(STRANGER))
    with pytest.raises(CredentialsError, match="Connect the bot again") as refusal:
        await TelegramClient(stranger).send("sendMessage", chat_id=ADA["id"], text="Hello")
    assert STRANGER not in str(refusal.value)


async def test_an_answer_that_is_no_json_is_told_by_its_status(
    bot: TelegramBot, client: TelegramClient
) -> None:
    assert bot.server is not None
    bot.server.routes[f"/bot{TOKEN}/sendMessage"] = Answer(502, b"<h1>Bad Gateway</h1>")
    with pytest.raises(ProviderUnavailable, match="HTTP 502"):
        await client.send("sendMessage", chat_id=ADA["id"], text="Hello")


async def test_a_message_waits_its_turn_and_is_sent_once(bot: TelegramBot, client: TelegramClient) -> None:
    bot.limits["sendMessage"] = [0, 0]
    await client.send("sendMessage", chat_id=ADA["id"], text="Hello")
    assert bot.calls == ["sendMessage"] * 3
    assert len(bot.messages[ADA["id"]]) == 1


@pytest.mark.parametrize(("waits", "calls", "wait_s"), [([60], 1, 60), ([0, 0, 0, 0], 4, 0)])
async def test_who_would_wait_too_long_or_too_often_hears_for_how_long(
    bot: TelegramBot, client: TelegramClient, waits: list[int], calls: int, wait_s: float
) -> None:
    bot.limits["sendMessage"] = waits
    with pytest.raises(RateLimited, match=f"in {wait_s} s") as refusal:
        await client.send("sendMessage", chat_id=ADA["id"], text="Hello")
    assert (refusal.value.retry_after_s, len(bot.calls)) == (wait_s, calls)
    assert bot.messages == {}


async def test_a_group_that_has_moved_is_named_with_its_new_id(
    bot: TelegramBot, client: TelegramClient
) -> None:
    bot.moved["-4711"] = GROUP["id"]
    with pytest.raises(ProviderNotFound, match=f"give {GROUP['id']} as `chat`"):
        await client.send("sendMessage", chat_id=-4711, text="Hello")


async def test_a_message_whose_answer_is_lost_is_not_sent_again(
    bot: TelegramBot, client: TelegramClient
) -> None:
    assert bot.server is not None
    bot.server.routes[f"/bot{TOKEN}/sendMessage"] = Answer(hang_up=True)
    with pytest.raises(ProviderUnavailable):
        await client.send("sendMessage", chat_id=ADA["id"], text="Hello")
    assert len(bot.server.seen) == 1


async def test_an_upload_is_byte_for_byte_under_its_name(bot: TelegramBot, client: TelegramClient) -> None:
    keyboard = {"inline_keyboard": [[{"text": "größe", "callback_data": "1"}]]}
    sent = await client.send_file(
        "sendDocument", "document", EVERY_BYTE, chat_id=ADA["id"], caption="é", reply_markup=keyboard
    )
    assert bot.uploaded == {sent["document"]["file_id"]: (EVERY_BYTE.name, EVERY_BYTE.data)}
    assert (sent["caption"], sent["reply_markup"]) == ("é", keyboard)


async def test_a_file_that_telegram_has_is_not_uploaded(bot: TelegramBot, client: TelegramClient) -> None:
    bot.keep_file("AgACAgIAAxkBAAIB_here", "photos/file_1.jpg", b"x")
    await client.send_file("sendPhoto", "photo", "AgACAgIAAxkBAAIB_here", chat_id=ADA["id"])
    assert bot.of("sendPhoto") == [{"chat_id": ADA["id"], "photo": "AgACAgIAAxkBAAIB_here"}]
    assert bot.uploaded == {}


async def test_a_file_comes_byte_for_byte_from_its_path(bot: TelegramBot, client: TelegramClient) -> None:
    bot.keep_file("f", "documents/größe ?#1.bin", EVERY_BYTE.data)
    assert await client.download((await client.file("f"))["file_path"]) == EVERY_BYTE.data


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (
            Answer(404, b'{"ok":false,"error_code":404,"description":"Not Found"}'),
            ProviderNotFound,
            "no longer",
        ),
        (
            Answer(401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}'),
            CredentialsError,
            "@Bot",
        ),
        (Answer(200, b"x" * 2000), ProviderError, "smaller file"),
        (Answer(301, headers={"Location": "ftp://elsewhere/"}), ProviderError, "scheme"),
        (Answer(hang_up=True), ProviderUnavailable, "closed the connection"),
    ],
)
async def test_a_download_that_fails_says_why_and_tells_no_token(
    bot: TelegramBot,
    client: TelegramClient,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    kind: type[ProviderError],
    said: str,
) -> None:
    monkeypatch.setattr(_api, "MAX_DOWNLOAD_BYTES", 1000)
    monkeypatch.setattr("backend.util.http_retry.FIRST_WAIT_S", 0.0)
    assert bot.server is not None
    bot.server.routes[f"/file/bot{TOKEN}/photos/file_1.jpg"] = answer
    with pytest.raises(kind, match=said) as refusal:
        await client.download("photos/file_1.jpg")
    _assert_no_token_in(refusal.value)


@pytest.mark.parametrize(
    "answer", [Answer(hang_up=True), Answer(302, headers={"Location": "ftp://elsewhere/"})]
)
async def test_a_call_that_fails_on_the_way_tells_no_token(
    bot: TelegramBot, client: TelegramClient, answer: Answer
) -> None:
    assert bot.server is not None
    bot.server.routes[f"/bot{TOKEN}/sendMessage"] = answer
    with pytest.raises(ProviderError) as refusal:
        await client.send("sendMessage", chat_id=ADA["id"], text="Hello")
    _assert_no_token_in(refusal.value)


async def test_words_of_telegram_with_the_token_are_blotted(bot: TelegramBot, client: TelegramClient) -> None:
    assert bot.server is not None

    def repeat(seen: Seen) -> Answer:
        said = f"Bad Request: no method at {seen.path}"
        return Answer.of_json({"ok": False, "error_code": 400, "description": said}, status=400)

    bot.server.routes[f"/bot{TOKEN}/sendMessage"] = repeat
    with pytest.raises(ProviderError, match=r"/bot\*\*\*/sendMessage") as refusal:
        await client.send("sendMessage", chat_id=ADA["id"], text="Hello")
    _assert_no_token_in(refusal.value)


def _assert_no_token_in(error: BaseException) -> None:
    """Neither in its words nor in those of errors behind it, as a log would write them."""
    assert TOKEN not in "".join(traceback.format_exception(error))
    assert error.__cause__ is None
    assert error.__context__ is None

"""Photos, documents and files of messages, through the real client against a local Bot API."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks.telegram import media
from backend.blocks.telegram._api import MAX_DOCUMENT_BYTES, MAX_PHOTO_BYTES
from backend.blocks.telegram.files import TelegramGetFileBlock, file_in
from backend.blocks.telegram.media import TelegramSendDocumentBlock, TelegramSendPhotoBlock
from backend.blocks.testing import DirectContext
from backend.data.block import Block
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.util.errors import BlockError, InvalidInput, ProviderError, ProviderNotFound
from tests.blocks.telegram.conftest import Run
from tests.support.http_server import Answer
from tests.support.telegram_server import ADA, MOST_FILE_BYTES, TelegramBot

PHOTO, DOCUMENT, GET = TelegramSendPhotoBlock(), TelegramSendDocumentBlock(), TelegramGetFileBlock()
PICTURE = FileContent("größe.png", "image/png", bytes(range(256)) * 300)
FILE_ID = "BQACAgIAAxkBAAIB_received"


async def test_a_stored_picture_is_uploaded_with_its_caption(bot: TelegramBot, run: Run) -> None:
    context = DirectContext((PICTURE,))
    told = dict(
        await run(
            PHOTO,
            context=context,
            chat="1111111",
            photo=file_value(PICTURE),
            caption="<i>Größe</i>",
            parse_mode="HTML",
            has_spoiler=True,
            buttons=[{"text": "More", "url": "https://example.com/"}],
        )
    )
    [message] = bot.messages[ADA["id"]]
    assert bot.uploaded == {told["file_id"]: (PICTURE.name, PICTURE.data)}
    assert message["photo"][-1]["file_id"] == told["file_id"]
    assert message["caption"] == "Größe"
    assert message["reply_markup"]["inline_keyboard"][0][0]["text"] == "More"
    assert bot.of("sendPhoto")[0]["has_spoiler"] == "true"
    assert (told["message_id"], told["chat_id"], told["message"]) == ("1", "1111111", message)


async def test_a_picture_of_the_web_is_fetched_here_and_uploaded(bot: TelegramBot, run: Run) -> None:
    assert bot.server is not None
    bot.server.routes["/pictures/a.png"] = Answer(200, PICTURE.data, {"Content-Type": "image/png"})
    await run(PHOTO, chat="1111111", photo=f"{bot.server.base_url}/pictures/a.png")
    assert list(bot.uploaded.values()) == [("a.png", PICTURE.data)]


async def test_what_was_sent_once_is_sent_again_by_its_id(bot: TelegramBot, run: Run) -> None:
    first = dict(await run(DOCUMENT, chat="1111111", document="data:text/plain,hello"))
    await run(DOCUMENT, chat="1111111", document=first["file_id"])
    assert len(bot.messages[ADA["id"]]) == 2
    assert len(bot.uploaded) == 1


async def test_a_document_gets_the_name_that_it_is_given(bot: TelegramBot, run: Run) -> None:
    told = dict(
        await run(DOCUMENT, chat="1111111", document="data:text/plain,hello", filename="folder/größe.txt")
    )
    assert bot.uploaded == {told["file_id"]: ("größe.txt", b"hello")}
    assert told["message"]["document"]["file_name"] == "größe.txt"


async def test_a_file_id_that_telegram_does_not_know_is_told(bot: TelegramBot, run: Run) -> None:
    with pytest.raises(ProviderNotFound, match="same bot"):
        await run(PHOTO, chat="1111111", photo="AgACAgIAAxkBAAIB_of_another_bot")


@pytest.mark.parametrize(
    ("block", "pin", "most_bytes"),
    [(PHOTO, "photo", MAX_PHOTO_BYTES), (DOCUMENT, "document", MAX_DOCUMENT_BYTES)],
)
async def test_what_is_too_large_or_empty_is_refused_unsent(
    bot: TelegramBot, run: Run, block: Block, pin: str, most_bytes: int
) -> None:
    for size, said in ((0, "empty"), (most_bytes + 1, "smaller")):
        content = FileContent("a.png", "image/png", bytes(size))
        with pytest.raises(InvalidInput, match=said):
            await run(block, context=DirectContext((content,)), chat="1111111", **{pin: file_value(content)})
    assert bot.calls == []


async def test_what_names_no_file_is_refused_unsent(bot: TelegramBot, run: Run) -> None:
    with pytest.raises(BlockError, match="no file"):
        await run(PHOTO, chat="1111111", photo="my picture")
    assert bot.calls == []


@pytest.mark.parametrize("mode", ["none", "HTML"])
async def test_a_caption_that_is_too_long_is_refused(bot: TelegramBot, run: Run, mode: str) -> None:
    with pytest.raises((InvalidInput, ProviderError), match="1,024"):
        await run(PHOTO, chat="1111111", photo="data:image/png,x", caption="x" * 1025, parse_mode=mode)
    assert bot.messages == {}


def test_ids_of_telegram_are_told_from_files_of_the_platform() -> None:
    assert media.is_of_telegram(FILE_ID)
    assert not any(
        map(media.is_of_telegram, (file_value(PICTURE), "data:,x", "https://example.com/x", "a.png"))
    )


# -- get ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_update", [False, True])
async def test_the_file_of_a_message_becomes_one_of_the_platform(
    bot: TelegramBot, run: Run, is_update: bool
) -> None:
    bot.keep_file(FILE_ID, "documents/file_2.bin", PICTURE.data)
    said = {"file_id": FILE_ID, "file_name": PICTURE.name, "mime_type": PICTURE.media_type}
    message = {"message_id": 1, "chat": ADA, "document": said}
    context = DirectContext()
    told = dict(await run(GET, context=context, message={"message": message} if is_update else message))
    assert context.files.read(told["file"]) == PICTURE
    assert told["size_bytes"] == len(PICTURE.data)
    assert (told["name"], told["media_type"], told["file_id"]) == ("größe.png", "image/png", FILE_ID)


async def test_a_file_is_got_by_its_id_alone(bot: TelegramBot, run: Run) -> None:
    bot.keep_file(FILE_ID, "voice/file_3.oga", b"OggS")
    told = dict(await run(GET, file_id=FILE_ID))
    assert (told["name"], told["size_bytes"]) == ("file_3.oga", 4)


@pytest.mark.parametrize(
    ("message", "file_id"),
    [
        ({"photo": [{"file_id": "small"}, {"file_id": "large"}]}, "large"),
        ({"voice": {"file_id": "v"}, "text": ""}, "v"),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "d"}}, "d"),
        ({"photo": [], "sticker": {"file_id": "s"}}, "s"),
        ({"document": {"file_name": "no id"}}, None),
        ({"text": "Hello"}, None),
    ],
)
def test_the_file_of_a_message_is_found(message: dict[str, Any], file_id: str | None) -> None:
    assert file_in(message).get("file_id") == file_id


async def test_a_file_that_is_too_big_for_bots_says_so(bot: TelegramBot, run: Run) -> None:
    bot.keep_file(FILE_ID, "videos/file_4.mp4", bytes(MOST_FILE_BYTES + 1))
    with pytest.raises(ProviderError, match="20 MB"):
        await run(GET, file_id=FILE_ID)


async def test_a_file_of_another_bot_is_not_there(bot: TelegramBot, run: Run) -> None:
    with pytest.raises(ProviderNotFound, match="invalid file_id"):
        await run(GET, file_id="of-another-bot")


@pytest.mark.parametrize(("given", "said"), [({"text": "Hello"}, "no file"), ({}, "`file_id`")])
async def test_a_message_without_a_file_is_refused_unsent(
    bot: TelegramBot, run: Run, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        await run(GET, message=given)
    assert bot.calls == []

"""Photos and documents that a bot sends."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

from backend.blocks.telegram._api import MAX_DOCUMENT_BYTES, MAX_PHOTO_BYTES, MEGABYTE
from backend.blocks.telegram._auth import TEST_CREDENTIALS, TelegramCredentialsInput
from backend.blocks.telegram._calls import CallsTelegram
from backend.blocks.telegram._messages import (
    ParseMode,
    SendInput,
    address_of,
    checked_caption,
    marks,
)
from backend.blocks.telegram._samples import DOCUMENT, GONE, PHOTO, PHOTO_ID, given, message, sample_telegram
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, BlockData, Context
from backend.data.credentials import APIKeyCredentials
from backend.data.examples import file_value, says
from backend.data.file import FileContent, clean_name
from backend.data.file_source import ACCEPTED, FromAnywhere
from backend.data.json_parts import objects_at, text_at
from backend.data.model import BlockSchema, CredentialsField, JsonObject, SchemaField
from backend.util.errors import InvalidInput

_OF_TELEGRAM = re.compile(r"[A-Za-z0-9_-]{20,200}")
_FILE_HELP = f"{ACCEPTED}; or Telegram's own `file_id`"
_CAPTION_HELP = "What is written beneath it, 1,024 characters at most"
_MARKS_HELP = "How the caption is marked: not at all, by Telegram's HTML, or by its MarkdownV2"
_PICTURE = FileContent("größe.png", "image/png", b"\x89PNG\r\n\x1a\n")
_EMPTY = FileContent("empty.txt", "text/plain", b"")


class _SendsFile(CallsTelegram, FromAnywhere, Block):
    """The part that photos and documents share."""

    categories = {BlockCategory.COMMUNICATION, BlockCategory.MULTIMEDIA, BlockCategory.OUTPUT}
    at_most_once = True
    test_credentials = TEST_CREDENTIALS
    test_mock = {"telegram": sample_telegram}

    async def share(
        self,
        context: Context,
        credentials: APIKeyCredentials,
        method: str,
        field: str,
        value: str,
        parameters: JsonObject,
        *,
        most_bytes: int,
        name: str = "",
    ) -> JsonObject:
        """The message with the file, once for each firing."""

        async def send() -> JsonObject:
            file = value if is_of_telegram(value) else await self.content_of(context, value)
            if isinstance(file, FileContent):
                file = _checked(file, name, most_bytes)
            return await self.telegram(credentials).send_file(method, field, file, **parameters)

        sent: JsonObject = await context.step("send", send)
        return sent


class TelegramSendPhotoBlock(_SendsFile):
    """Send a photo that is shown in the chat. Telegram makes it smaller; as a document it stays as it is.

    Interrupted by a crash it fails, since Telegram cannot tell a repetition from a second message.
    """

    id = "72535b6f-b449-41e2-9b07-dfb368c43566"
    icon = "image"

    class Input(SendInput):
        photo: str = SchemaField(
            description=f"{_FILE_HELP}. 10 MB at most, width and height together 10,000 pixels",
            format="file",
            placeholder="file:…",
        )
        caption: str = SchemaField(default="", description=_CAPTION_HELP, format="long-text")
        parse_mode: ParseMode = SchemaField(default="none", description=_MARKS_HELP)
        has_spoiler: bool = SchemaField(
            default=False, description="Covered until somebody touches it", advanced=True
        )
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot that sends it")

    class Output(BlockSchema):
        message_id: str = SchemaField(description="The message's id")
        chat_id: str = SchemaField(description="The id of its chat")
        url: str = SchemaField(description="Its address; empty in private chats and plain groups")
        file_id: str = SchemaField(description="Telegram's id of the photo, to send it again without upload")
        message: JsonObject = SchemaField(description="The message as Telegram has it")
        error: str = SchemaField(description="Why it failed")

    test_files = (_PICTURE, _EMPTY)
    test_input = [
        given(chat="1111111", photo=file_value(_PICTURE), caption="Größe"),
        given(chat="1111111", photo=PHOTO_ID),
        given(chat="1111111", photo=file_value(_EMPTY)),
        given(chat="1111111", photo="my photo"),
        given(chat="1111111", photo=file_value(_PICTURE), caption="x" * 1025),
        given(chat=GONE, photo=file_value(_PICTURE)),
    ]
    _shared = (("message_id", "7"), ("chat_id", "1111111"), ("url", ""), ("file_id", PHOTO_ID))
    test_output = [
        [*_shared, ("message", message(photo=PHOTO, caption="Größe"))],
        [*_shared, ("message", message(photo=PHOTO))],
        [("error", says("empty.txt", "empty"))],
        [("error", says("my photo"))],
        [("error", says("1,025", "1,024"))],
        [("error", says("chat not found"))],
    ]

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        parameters = {
            **_said(input_data, input_data.caption, input_data.parse_mode),
            "has_spoiler": input_data.has_spoiler or None,
        }
        sent = await self.share(
            context,
            credentials,
            "sendPhoto",
            "photo",
            input_data.photo.strip(),
            parameters,
            most_bytes=MAX_PHOTO_BYTES,
        )
        largest = objects_at(sent, "photo")[-1:]
        async for pair in _told(sent, text_at(largest[0], "file_id") if largest else ""):
            yield pair


class TelegramSendDocumentBlock(_SendsFile):
    """Send a file as it is, under its name.

    Interrupted by a crash it fails, since Telegram cannot tell a repetition from a second message.
    """

    id = "a9469890-1847-4003-a1a2-86f7b3b04155"
    icon = "file-up"

    class Input(SendInput):
        document: str = SchemaField(
            description=f"{_FILE_HELP}. 50 MB at most", format="file", placeholder="file:…"
        )
        caption: str = SchemaField(default="", description=_CAPTION_HELP, format="long-text")
        parse_mode: ParseMode = SchemaField(default="none", description=_MARKS_HELP)
        filename: str = SchemaField(
            default="", description="What it is called; empty: as it is", advanced=True
        )
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot that sends it")

    class Output(BlockSchema):
        message_id: str = SchemaField(description="The message's id")
        chat_id: str = SchemaField(description="The id of its chat")
        url: str = SchemaField(description="Its address; empty in private chats and plain groups")
        file_id: str = SchemaField(description="Telegram's id of the file, to send it again without upload")
        message: JsonObject = SchemaField(description="The message as Telegram has it")
        error: str = SchemaField(description="Why it failed")

    test_files = (_EMPTY,)
    test_input = [
        given(chat="1111111", document="data:text/plain,hello", filename="größe.txt", caption="Here"),
        given(chat="1111111", document=file_value(_EMPTY)),
        given(chat=GONE, document="data:text/plain,hello"),
    ]
    test_output = [
        [
            ("message_id", "7"),
            ("chat_id", "1111111"),
            ("url", ""),
            ("file_id", DOCUMENT["file_id"]),
            ("message", message(document=DOCUMENT, caption="Here")),
        ],
        [("error", says("empty.txt", "empty"))],
        [("error", says("chat not found"))],
    ]

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        sent = await self.share(
            context,
            credentials,
            "sendDocument",
            "document",
            input_data.document.strip(),
            _said(input_data, input_data.caption, input_data.parse_mode),
            most_bytes=MAX_DOCUMENT_BYTES,
            name=input_data.filename,
        )
        async for pair in _told(sent, text_at(sent, "document", "file_id")):
            yield pair


def is_of_telegram(value: str) -> bool:
    """Whether the value names a file that Telegram has already."""
    return _OF_TELEGRAM.fullmatch(value) is not None


def _said(given: SendInput, caption: str, parse_mode: ParseMode) -> JsonObject:
    return {
        **given.place(),
        "caption": checked_caption(caption, parse_mode),
        "parse_mode": marks(parse_mode),
        "reply_parameters": given.reply(),
        "reply_markup": given.keyboard(),
    }


def _checked(content: FileContent, name: str, most_bytes: int) -> FileContent:
    size = len(content.data)
    if not size:
        raise InvalidInput(f"The file {content.name!r} is empty, and Telegram takes no empty files.")
    if size > most_bytes:
        raise InvalidInput(
            f"The file {content.name!r} has {size / MEGABYTE:,.1f} MB, and Telegram takes {most_bytes // MEGABYTE}. "
            "Send a smaller one."
        )
    called = clean_name(name) if name.strip() else clean_name(content.name)
    return FileContent(called, content.media_type, content.data)


async def _told(sent: JsonObject, file_id: str) -> AsyncIterator[BlockData]:
    yield "message_id", text_at(sent, "message_id")
    yield "chat_id", text_at(sent, "chat", "id")
    yield "url", address_of(sent)
    yield "file_id", file_id
    yield "message", sent

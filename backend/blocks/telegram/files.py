"""Files that a bot was sent."""

from __future__ import annotations

from typing import Any

from backend.blocks.telegram._auth import TEST_CREDENTIALS, TelegramCredentialsInput
from backend.blocks.telegram._calls import CallsTelegram
from backend.blocks.telegram._samples import (
    BIG_ID,
    DOCUMENT,
    DOCUMENT_ID,
    PHOTO,
    PHOTO_ID,
    given,
    message,
    sample_telegram,
)
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import APIKeyCredentials
from backend.data.examples import is_file, says
from backend.data.file import media_type_of
from backend.data.json_parts import object_at, objects_at, text_at
from backend.data.model import BlockSchema, CredentialsField, JsonObject, SchemaField
from backend.util.errors import InvalidInput

_KINDS = ("document", "video", "audio", "voice", "animation", "video_note", "sticker")
"""Fields of a message that hold one file. Source: https://core.telegram.org/bots/api#message"""
_MESSAGES = ("message", "channel_post", "business_message", "edited_message", "edited_channel_post")


class TelegramGetFileBlock(CallsTelegram, Block):
    """Get the file of a message that reached the bot: a photo, a document, a voice message and so on, 20 MB at most.

    Of a photo, which comes in several sizes, it is the largest.
    """

    id = "d3601e14-b409-480c-b843-0fab260af8dd"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.MULTIMEDIA}
    icon = "file-down"

    class Input(BlockSchema):
        message: JsonObject = SchemaField(
            default_factory=JsonObject, description="The message with the file, or the whole update"
        )
        file_id: str = SchemaField(default="", description="Telegram's id of the file, instead of a message")
        credentials: TelegramCredentialsInput = CredentialsField(description="The bot that was sent it")

    class Output(BlockSchema):
        file: str = SchemaField(description="The file", format="file")
        name: str = SchemaField(description="What it is called")
        media_type: str = SchemaField(description="What it is, such as image/jpeg")
        size_bytes: int = SchemaField(description="How large it is")
        file_id: str = SchemaField(description="Telegram's id of it, by which it can be sent again")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        given(message=message(document=DOCUMENT)),
        given(message={"update_id": 1, "message": message(photo=PHOTO)}),
        given(file_id=DOCUMENT_ID),
        given(file_id=BIG_ID),
        given(message=message(text="Hello")),
        given(),
    ]
    test_output = [
        [
            ("file", is_file),
            ("name", "größe.txt"),
            ("media_type", "text/plain"),
            ("size_bytes", 5),
            ("file_id", DOCUMENT_ID),
        ],
        [
            ("file", is_file),
            ("name", "file_1.jpg"),
            ("media_type", "image/jpeg"),
            ("size_bytes", 5),
            ("file_id", PHOTO_ID),
        ],
        [
            ("file", is_file),
            ("name", "file_2.txt"),
            ("media_type", "text/plain"),
            ("size_bytes", 5),
            ("file_id", DOCUMENT_ID),
        ],
        [("error", says("file is too big", "20 MB"))],
        [("error", says("no file"))],
        [("error", says("`message`", "`file_id`"))],
    ]
    test_mock = {"telegram": sample_telegram}

    async def run(
        self, input_data: Input, *, credentials: APIKeyCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def get() -> JsonObject:
            client = self.telegram(credentials)
            path = text_at(await client.file(file_id), "file_path")
            data = await client.download(path)
            name = text_at(wanted, "file_name") or path.rpartition("/")[2]
            media_type = media_type_of(text_at(wanted, "mime_type"), name)
            value = await context.save_file(name, data, media_type)
            return {"file": value, "name": name, "media_type": media_type, "size_bytes": len(data)}

        wanted = _wanted(input_data)
        file_id = text_at(wanted, "file_id")
        found: JsonObject = await context.step("get", get)
        for pin in ("file", "name", "media_type", "size_bytes"):
            yield pin, found[pin]
        yield "file_id", file_id


def file_in(message: JsonObject) -> JsonObject:
    """What a message says of its file; empty without one."""
    photo = objects_at(message, "photo")
    if photo:
        return photo[-1]
    found = [object_at(message, kind) for kind in _KINDS]
    return next((one for one in found if text_at(one, "file_id")), JsonObject())


def _wanted(given: TelegramGetFileBlock.Input) -> JsonObject:
    if given.file_id.strip():
        return {"file_id": given.file_id.strip()}
    if not given.message:
        raise InvalidInput("Which file? Give the `message` with it, or its `file_id`.")
    messages = (given.message, *(object_at(given.message, name) for name in _MESSAGES))
    found = next((one for one in map(file_in, messages) if one), None)
    if found is None:
        raise InvalidInput(
            "The message has no file. Ask before whether it has a photo, a document and so on."
        )
    return found

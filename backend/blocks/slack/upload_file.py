"""Upload a file."""

from __future__ import annotations

from typing import Any

from backend.blocks.slack._api import SlackClient, SlackCredentials
from backend.blocks.slack._auth import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    SlackCredentialsField,
    SlackCredentialsInput,
)
from backend.blocks.slack._calls import CallsSlack
from backend.blocks.slack._messages import LONGEST_TEXT, TS_HELP
from backend.blocks.slack._places import CHANNEL_HELP, channel_id
from backend.blocks.slack._samples import FILE, TS, sample_slack
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.examples import file_value, says
from backend.data.file import FileContent, clean_name
from backend.data.file_source import ACCEPTED, FromAnywhere
from backend.data.json_parts import objects_at, text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import InvalidInput, ProviderError

_EXAMPLE = FileContent("notes.txt", "text/plain", b"hello")
_EMPTY = FileContent("empty.txt", "text/plain", b"")


class SlackUploadFileBlock(CallsSlack, FromAnywhere, Block):
    """Upload a file and share it in a channel, a thread or a direct message.

    Slack has no way to find repeats of a file: a block that is repeated after a crash in the middle uploads it twice.
    """

    id = "baaebaf1-313b-4ef4-a589-f07c21fb620c"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "file-up"

    class Input(BlockSchema):
        file: str = SchemaField(description=ACCEPTED, format="file", placeholder="file:…")
        channel: str = SchemaField(
            default="",
            description=f"{CHANNEL_HELP}; empty: only the token's owner sees it",
            placeholder="#general",
        )
        initial_comment: str = SchemaField(
            default="", description="A message beside the file", format="long-text", max_length=LONGEST_TEXT
        )
        thread_ts: str = SchemaField(default="", description=f"Share it in this thread. {TS_HELP}")
        title: str = SchemaField(default="", description="Its title; empty: its name", advanced=True)
        filename: str = SchemaField(
            default="", description="What it is called; empty: as it is", advanced=True
        )
        alt_txt: str = SchemaField(
            default="",
            description="What a picture shows, for those who hear it",
            max_length=1000,
            advanced=True,
        )
        credentials: SlackCredentialsInput = SlackCredentialsField("files:write")

    class Output(BlockSchema):
        file_id: str = SchemaField(description="Slack's id of the file")
        permalink: str = SchemaField(description="Its address in Slack")
        uploaded: JsonObject = SchemaField(description="The file as Slack has it")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_files = (_EXAMPLE, _EMPTY)
    test_input = [
        {
            "file": file_value(_EXAMPLE),
            "channel": "#general",
            "initial_comment": "Here",
            "thread_ts": TS,
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {"file": "data:text/plain,hello", "filename": "a.txt", "credentials": TEST_CREDENTIALS_INPUT},
        {"file": file_value(_EMPTY), "credentials": TEST_CREDENTIALS_INPUT},
        {"file": "hello", "credentials": TEST_CREDENTIALS_INPUT},
        {"file": file_value(_EXAMPLE), "thread_ts": TS, "credentials": TEST_CREDENTIALS_INPUT},
    ]
    _shared = [("file_id", "F0EXAMPLE"), ("permalink", FILE["permalink"]), ("uploaded", FILE)]
    test_output = [
        _shared,
        _shared,
        [("error", says("empty.txt", "empty"))],
        [("error", says("hello"))],
        [("error", says("thread_ts", "channel"))],
    ]
    test_mock = {"slack": sample_slack}

    async def run(
        self, input_data: Input, *, credentials: SlackCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        async def upload() -> JsonObject:
            client = self.slack(credentials)
            return await _share(client, input_data, await self.content_of(context, input_data.file))

        if input_data.thread_ts.strip() and not input_data.channel.strip():
            raise InvalidInput("A thread is in a channel: give `channel` beside `thread_ts`.")
        uploaded: JsonObject = await context.step("upload", upload)
        yield "file_id", uploaded["id"]
        yield "permalink", text_at(uploaded, "permalink")
        yield "uploaded", uploaded


async def _share(client: SlackClient, given: SlackUploadFileBlock.Input, content: FileContent) -> JsonObject:
    """Ask for an address, bring the bytes there, and say that they are there.

    Source: https://docs.slack.dev/messaging/working-with-files (uploading files).
    """
    if not content.data:
        raise InvalidInput(f"The file {content.name!r} is empty, and Slack takes no empty files.")
    name = clean_name(given.filename) if given.filename.strip() else content.name
    place = await channel_id(client, given.channel) if given.channel.strip() else None
    ticket = await client.write(
        "files.getUploadURLExternal", filename=name, length=len(content.data), alt_txt=given.alt_txt or None
    )
    await client.upload(ticket["upload_url"], content.data)
    body = await client.write(
        "files.completeUploadExternal",
        files=[{"id": ticket["file_id"], "title": given.title or name}],
        channel_id=place,
        thread_ts=given.thread_ts.strip() or None,
        initial_comment=given.initial_comment or None,
    )
    uploaded = objects_at(body, "files")
    if not uploaded:
        raise ProviderError(
            "Slack took the file without naming it. Look in the channel before you try again."
        )
    return uploaded[0]

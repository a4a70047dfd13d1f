"""Read a message."""

from __future__ import annotations

from typing import Any

from backend.blocks.email._api import UsesMailbox
from backend.blocks.email._auth import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    EmailCredentialsField,
    EmailCredentialsInput,
)
from backend.blocks.email._fields import PlaceInput
from backend.blocks.email._mailbox import Mailbox
from backend.blocks.email._mime import MOST_TEXT_CHARS
from backend.blocks.email._samples import sample_mailbox
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import UserPasswordCredentials
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField


class EmailReadMessageBlock(UsesMailbox, Block):
    """Read a message: its headers, text and HTML, and which files hang on it.

    To answer it, link `message_id` to `in_reply_to` and `references` to `references` of the block that sends.
    """

    id = "0c13cd71-de15-41cf-be9a-4a845acd1672"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "mail-open"

    class Input(PlaceInput):
        mark_seen: bool = SchemaField(default=False, description="Mark it as read")
        credentials: EmailCredentialsInput = EmailCredentialsField()

    class Output(BlockSchema):
        text: str = SchemaField(description="The text; empty where there is only HTML")
        html: str = SchemaField(description="The HTML, as a stranger wrote it; empty where there is none")
        subject: str = SchemaField(description="What it is about")
        from_email: str = SchemaField(description="The sender's address, as the sender says it")
        message_id: str = SchemaField(description="Its id")
        thread_id: str = SchemaField(description="The id of the thread's first message")
        references: list[str] = SchemaField(description="Ids of the thread up to this message, for an answer")
        attachments: list[JsonObject] = SchemaField(
            description="Its files: `name`, `media_type`, `size_bytes`, `is_inline`"
        )
        message: JsonObject = SchemaField(description="All headers and flags")
        is_complete: bool = SchemaField(
            description=f"Whether text and HTML are all there; {MOST_TEXT_CHARS:,} characters of each are read"
        )
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"uid": 2, "credentials": TEST_CREDENTIALS_INPUT},
        {"uid": 1, "mark_seen": True, "credentials": TEST_CREDENTIALS_INPUT},
        {"uid": 9, "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [
            ("text", says("See the file.")),
            ("html", says("<p>See the file.</p>")),
            ("subject", "Re: Invoice"),
            ("from_email", "bob@example.com"),
            ("message_id", "<second@example.com>"),
            ("thread_id", "<first@example.com>"),
            ("references", ["<first@example.com>", "<second@example.com>"]),
            (
                "attachments",
                [{"name": "invoice.csv", "media_type": "text/csv", "size_bytes": 3, "is_inline": False}],
            ),
            ("message", dict),
            ("is_complete", True),
        ],
        [
            ("text", "Hello, größe!\n"),
            ("html", ""),
            ("subject", "Größe"),
            ("from_email", "ada@example.com"),
            ("message_id", "<first@example.com>"),
            ("thread_id", "<first@example.com>"),
            ("references", ["<first@example.com>"]),
            ("attachments", []),
            ("message", dict),
            ("is_complete", True),
        ],
        [("error", says("UID 9", "INBOX"))],
    ]
    test_mock = {"on_mailbox": sample_mailbox}

    async def run(
        self, input_data: Input, *, credentials: UserPasswordCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        def whole(mailbox: Mailbox) -> JsonObject:
            return _outputs(mailbox, input_data)

        async def read() -> JsonObject:
            return await self.on_mailbox(credentials, whole)

        found: JsonObject = await context.step("read", read)
        for pin, value in found.items():
            yield pin, value


def _outputs(mailbox: Mailbox, given: EmailReadMessageBlock.Input) -> JsonObject:
    whole = mailbox.read(given.folder, given.uid, marks_seen=given.mark_seen)
    headers = whole.content.headers
    own = headers["message_id"]
    return {
        "text": whole.content.text,
        "html": whole.content.html,
        "subject": headers["subject"],
        "from_email": headers["from_email"],
        "message_id": own,
        "thread_id": headers["thread_id"],
        "references": [*headers["references"], *([own] if own else [])],
        "attachments": [one.as_json() for one in whole.content.attachments],
        "message": {**whole.summary, **headers},
        "is_complete": whole.content.is_complete,
    }

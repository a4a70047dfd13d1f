"""Send a message."""

from __future__ import annotations

import asyncio
from typing import Any

from backend.blocks.email._api import UsesMailbox
from backend.blocks.email._auth import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    EmailCredentialsField,
    EmailCredentialsInput,
)
from backend.blocks.email._compose import Draft, composed
from backend.blocks.email._samples import sample_sending
from backend.blocks.email._servers import address_of
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import UserPasswordCredentials
from backend.data.examples import file_value, says
from backend.data.file import FileContent
from backend.data.file_source import ACCEPTED, FromAnywhere
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.clock import now
from backend.util.errors import InvalidInput

_MOST_FILES = 50
_EXAMPLE = FileContent("invoice.csv", "text/csv", b"a,b\n")


class EmailSendMessageBlock(UsesMailbox, FromAnywhere, Block):
    """Send an e-mail, as text, HTML or both, with attachments; also as an answer within a thread.

    What the server answered is recorded. A block that is repeated after a crash in the middle sends it again under
    the same `message_id`, by which many mail servers show it once.
    """

    id = "1b31630e-bba4-4823-a75b-ae189198a7bb"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.OUTPUT}
    icon = "send"

    class Input(BlockSchema):
        to: list[str] = SchemaField(
            default_factory=list[str],
            description="Who gets it: addresses, with names if you like",
            placeholder="Ada Lovelace <ada@example.com>",
        )
        subject: str = SchemaField(default="", description="What it is about", max_length=900)
        text: str = SchemaField(default="", description="The message as plain text", format="long-text")
        html: str = SchemaField(
            default="",
            description="The message as HTML; with `text` beside it for those who read no HTML",
            format="long-text",
        )
        attachments: list[str] = SchemaField(
            default_factory=list[str],
            description=f"Files to attach, up to 25 MiB in all as they travel. Each: {ACCEPTED}",
            max_length=_MOST_FILES,
        )
        cc: list[str] = SchemaField(
            default_factory=list[str], description="Who gets a copy that all see", advanced=True
        )
        bcc: list[str] = SchemaField(
            default_factory=list[str], description="Who gets a copy that nobody else sees", advanced=True
        )
        reply_to: list[str] = SchemaField(
            default_factory=list[str], description="Where answers go; empty: to the sender", advanced=True
        )
        in_reply_to: str = SchemaField(
            default="", description="The `message_id` of the message that this one answers", advanced=True
        )
        references: list[str] = SchemaField(
            default_factory=list[str],
            description="The `references` of that message, so that programs find the thread",
            advanced=True,
        )
        from_name: str = SchemaField(
            default="", description="The sender's name beside the address", max_length=200, advanced=True
        )
        from_address: str = SchemaField(
            default="",
            description="Send as another address of the account; empty: the connection's own",
            advanced=True,
        )
        credentials: EmailCredentialsInput = EmailCredentialsField()

    class Output(BlockSchema):
        message_id: str = SchemaField(description="The message's id, to answer it or to find it again")
        thread_id: str = SchemaField(description="The id of the thread's first message")
        recipients: list[str] = SchemaField(description="The addresses that the server took it for")
        refused: list[str] = SchemaField(description="Those that it did not take, mostly none")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_files = (_EXAMPLE,)
    test_input = [
        {
            "to": ["Gräfin Ada <ada@example.com>"],
            "bcc": ["bob@nobody.example"],
            "subject": "Größe",
            "text": "Hello",
            "html": "<p>Hello</p>",
            "attachments": [file_value(_EXAMPLE)],
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {
            "to": "bob@example.com",
            "text": "Yes.",
            "in_reply_to": "<second@example.com>",
            "references": ["<first@example.com>"],
            "credentials": TEST_CREDENTIALS_INPUT,
        },
        {"to": ["ada"], "text": "Hi", "credentials": TEST_CREDENTIALS_INPUT},
        {"text": "Hi", "credentials": TEST_CREDENTIALS_INPUT},
        {"to": ["ada@example.com"], "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [
            ("message_id", says("@example.com>")),
            ("thread_id", says("@example.com>")),
            ("recipients", ["ada@example.com"]),
            ("refused", ["bob@nobody.example"]),
        ],
        [
            ("message_id", says("@example.com>")),
            ("thread_id", "<first@example.com>"),
            ("recipients", ["bob@example.com"]),
            ("refused", []),
        ],
        [("error", says("'ada'", "no e-mail address"))],
        [("error", says("no recipient", "`to`"))],
        [("error", says("empty", "`text`"))],
    ]
    test_mock = {"hand_over": sample_sending}

    async def run(
        self,
        input_data: Input,
        *,
        credentials: UserPasswordCredentials,
        idempotency_key: str,
        context: Context,
        **kwargs: Any,
    ) -> AsyncBlockOutput:
        async def send() -> JsonObject:
            files = [await self.content_of(context, one) for one in input_data.attachments]
            draft = _draft(input_data, credentials, files)
            message = await asyncio.to_thread(composed, draft, idempotency_key=idempotency_key, sent_at=now())
            refused = await self.hand_over(credentials, message)
            return {
                "message_id": message.message_id,
                "thread_id": message.thread_id,
                "recipients": [one for one in message.recipients if one not in refused],
                "refused": refused,
            }

        sent: JsonObject = await context.step("send", send)
        for pin, value in sent.items():
            yield pin, value


def _draft(
    given: EmailSendMessageBlock.Input, credentials: UserPasswordCredentials, files: list[FileContent]
) -> Draft:
    sender = given.from_address.strip() or address_of(credentials)
    if not sender:
        raise InvalidInput("The connection's user name is no address. Say in `from_address` whom it is from.")
    name = " ".join(given.from_name.replace('"', "").split())
    return Draft(
        sender=f'"{name}" <{sender}>' if name else sender,
        to=given.to,
        cc=given.cc,
        bcc=given.bcc,
        reply_to=given.reply_to,
        subject=given.subject,
        text=given.text,
        html=given.html,
        in_reply_to=given.in_reply_to,
        references=given.references,
        files=files,
    )

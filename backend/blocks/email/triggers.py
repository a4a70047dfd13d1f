"""Starts a run for each message that arrives in a folder."""

from __future__ import annotations

from typing import Any

from backend.blocks.email._api import UsesMailbox
from backend.blocks.email._auth import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    EmailCredentialsField,
    EmailCredentialsInput,
)
from backend.blocks.email._fields import FilterInput
from backend.blocks.email._mailbox import Mailbox
from backend.blocks.email._news import news
from backend.data.block import Block, BlockCategory, BlockOutput, BlockPollConfig, PollResult
from backend.data.credentials import UserPasswordCredentials
from backend.data.model import BlockSchema, JsonObject, SchemaField

_SHORTEST_S, _LONGEST_S = 30.0, 31 * 86_400.0
_TIMEOUT_S = 55.0
"""Less than a poll has, so that the message names the server that is slow."""

_MESSAGE: JsonObject = {
    "folder": "INBOX",
    "uid": 2,
    "from": "Ada <ada@example.com>",
    "from_email": "ada@example.com",
    "from_name": "Ada",
    "to": ["you@example.com"],
    "cc": [],
    "reply_to": [],
    "subject": "Größe",
    "date": "2026-06-01T10:00:00+00:00",
    "message_id": "<first@example.com>",
    "in_reply_to": "",
    "references": [],
    "thread_id": "<first@example.com>",
    "received_at": "2026-06-01T10:00:01+00:00",
    "size_bytes": 420,
    "is_seen": False,
    "is_flagged": False,
    "is_answered": False,
    "flags": [],
    "has_attachments": False,
}


class EmailMessageTriggerBlock(UsesMailbox, Block):
    """Start a run for each message that arrives in a folder, oldest first. Nothing is marked as read.

    What is in the folder when the graph goes live starts nothing, unless you want that. When the folder is made anew
    at the server and all UIDs change, messages are known by the trace of their delivery, so that none starts a second
    run. An exact copy of a message starts none either.
    """

    id = "1a0ad59b-6e06-4a79-b65d-56bcb001532f"
    categories = {BlockCategory.INPUT, BlockCategory.COMMUNICATION}
    icon = "inbox"
    pure = True
    poll_config = BlockPollConfig(interval_s=120.0)

    class Input(FilterInput):
        interval_s: float = SchemaField(
            default=120.0,
            ge=_SHORTEST_S,
            le=_LONGEST_S,
            description="How often to look, in seconds; half a minute at the least",
        )
        emit_existing: bool = SchemaField(
            default=False,
            advanced=True,
            description="Also start a run for each message that is in the folder when it is first looked at",
        )
        credentials: EmailCredentialsInput = EmailCredentialsField()
        payload: JsonObject = SchemaField(hidden=True, description="The message that starts the run")

    class Output(BlockSchema):
        message: JsonObject = SchemaField(
            description="Its headers and flags, as the search gives them; read the whole by `folder` and `uid`"
        )
        folder: str = SchemaField(description="The folder where it is")
        uid: int = SchemaField(description="Its UID there, to read, move or flag it")
        from_email: str = SchemaField(description="The sender's address, as the sender says it")
        subject: str = SchemaField(description="What it is about")
        thread_id: str = SchemaField(description="The id of the thread's first message")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = {"credentials": TEST_CREDENTIALS_INPUT, "payload": _MESSAGE}
    test_output = [
        ("message", _MESSAGE),
        ("folder", "INBOX"),
        ("uid", 2),
        ("from_email", "ada@example.com"),
        ("subject", "Größe"),
        ("thread_id", "<first@example.com>"),
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "message", input_data.payload
        for pin in ("folder", "uid", "from_email", "subject", "thread_id"):
            yield pin, input_data.payload[pin]

    async def poll(self, input_data: Input, *, cursor: Any, **kwargs: Any) -> PollResult:
        """The messages that came since. The cursor holds UIDVALIDITY, the last UID, and the newest fingerprints."""
        credentials: UserPasswordCredentials = kwargs["credentials"]

        def look(mailbox: Mailbox) -> PollResult:
            return news(
                mailbox,
                input_data.folder,
                input_data.criteria(),
                cursor,
                wants_existing=input_data.emit_existing,
            )

        return await self.on_mailbox(credentials, look, timeout_s=_TIMEOUT_S)

"""Search messages."""

from __future__ import annotations

from datetime import date, datetime
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
from backend.blocks.email._samples import sample_mailbox
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import UserPasswordCredentials
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import InvalidInput


class EmailSearchMessagesBlock(UsesMailbox, Block):
    """Find messages in a folder, newest first. Nothing is marked as read; read the whole of one by its UID."""

    id = "96b21669-1608-40fd-8992-9cd3918bfbbc"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.SEARCH}
    icon = "mail-search"

    class Input(FilterInput):
        since: str = SchemaField(
            default="", description="Received on this day or later", format="date", placeholder="2026-05-01"
        )
        before: str = SchemaField(
            default="", description="Received before this day", format="date", placeholder="2026-06-01"
        )
        limit: int = SchemaField(default=20, description="How many at most", ge=1, le=1000)
        credentials: EmailCredentialsInput = EmailCredentialsField()

    class Output(BlockSchema):
        message: JsonObject = SchemaField(
            description=(
                "Each message: `folder`, `uid`, `from`, `from_email`, `to`, `cc`, `subject`, `date`, `message_id`, "
                "`thread_id`, `references`, `is_seen`, `has_attachments`, `size_bytes` …"
            ),
            each=True,
        )
        uid: int = SchemaField(description="Its UID, to read, move or flag it", each=True)
        messages: list[JsonObject] = SchemaField(description="All of them")
        has_more: bool = SchemaField(description="Whether there are more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"from_contains": "bob@", "credentials": TEST_CREDENTIALS_INPUT},
        {"limit": 1, "credentials": TEST_CREDENTIALS_INPUT},
        {"subject_contains": "nothing", "since": "2026-05-01", "credentials": TEST_CREDENTIALS_INPUT},
        {"folder": "Nowhere", "credentials": TEST_CREDENTIALS_INPUT},
        {"since": "yesterday", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("message", dict), ("uid", 2), ("messages", list), ("has_more", False)],
        [("message", dict), ("uid", 2), ("messages", list), ("has_more", True)],
        [("messages", []), ("has_more", False)],
        [("error", says("'Nowhere'", "INBOX, Archive"))],
        [("error", says("since", "2026-05-01"))],
    ]
    test_mock = {"on_mailbox": sample_mailbox}

    async def run(
        self, input_data: Input, *, credentials: UserPasswordCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        criteria = input_data.criteria(_day(input_data.since, "since"), _day(input_data.before, "before"))

        def find(mailbox: Mailbox) -> JsonObject:
            found = mailbox.search(input_data.folder, criteria, input_data.limit)
            return {"messages": found.messages, "has_more": found.has_more}

        async def search() -> JsonObject:
            return await self.on_mailbox(credentials, find)

        found: JsonObject = await context.step("search", search)
        for message in found["messages"]:
            yield "message", message
            yield "uid", message["uid"]
        yield "messages", found["messages"]
        yield "has_more", found["has_more"]


def _day(text: str, pin: str) -> date | None:
    """A day, or the day of a moment."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError as error:
        raise InvalidInput(f"{pin}: {text[:40]!r} is no day. Write it like 2026-05-01.") from error

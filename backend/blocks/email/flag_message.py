"""Flag a message."""

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
from backend.blocks.email._samples import sample_mailbox
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import UserPasswordCredentials
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import InvalidInput

_NAMES = {"seen": "\\Seen", "flagged": "\\Flagged", "answered": "\\Answered"}


class EmailFlagMessageBlock(UsesMailbox, Block):
    """Mark a message as read or unread, with a star, or as answered."""

    id = "1df04e15-c460-4efb-b2d9-b9acb3bfbeb8"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.PRODUCTIVITY}
    icon = "flag"

    class Input(PlaceInput):
        seen: bool | None = SchemaField(default=None, description="Read or unread; empty: as it is")
        flagged: bool | None = SchemaField(
            default=None, description="With or without a star; empty: as it is"
        )
        answered: bool | None = SchemaField(default=None, description="Answered or not; empty: as it is")
        credentials: EmailCredentialsInput = EmailCredentialsField()

    class Output(BlockSchema):
        flags: list[str] = SchemaField(description="All of its flags after that, by their IMAP names")
        message: JsonObject = SchemaField(description="Its headers and flags")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"uid": 1, "seen": False, "flagged": True, "credentials": TEST_CREDENTIALS_INPUT},
        {"uid": 1, "credentials": TEST_CREDENTIALS_INPUT},
        {"uid": 9, "seen": True, "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("flags", ["\\Flagged"]), ("message", dict)],
        [("error", says("`seen`", "`flagged`"))],
        [("error", says("UID 9"))],
    ]
    test_mock = {"on_mailbox": sample_mailbox}

    async def run(
        self, input_data: Input, *, credentials: UserPasswordCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        wishes = {flag: getattr(input_data, name) for name, flag in _NAMES.items()}
        wanted = {flag: wish for flag, wish in wishes.items() if wish is not None}
        if not wanted:
            raise InvalidInput("Nothing is to be changed. Give `seen`, `flagged` or `answered`.")

        def flag(mailbox: Mailbox) -> JsonObject:
            return mailbox.flag(input_data.folder, input_data.uid, wanted)

        async def flagged() -> JsonObject:
            return await self.on_mailbox(credentials, flag)

        message: JsonObject = await context.step("flag", flagged)
        yield "flags", message["flags"]
        yield "message", message

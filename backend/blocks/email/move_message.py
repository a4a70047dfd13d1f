"""Move a message."""

from __future__ import annotations

from typing import Any

from backend.blocks.email._api import UsesMailbox
from backend.blocks.email._auth import (
    TEST_CREDENTIALS,
    TEST_CREDENTIALS_INPUT,
    EmailCredentialsField,
    EmailCredentialsInput,
)
from backend.blocks.email._fields import FOLDER_HELP, PlaceInput
from backend.blocks.email._mailbox import Mailbox
from backend.blocks.email._samples import sample_mailbox
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import UserPasswordCredentials
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField


class EmailMoveMessageBlock(UsesMailbox, Block):
    """Move a message into another folder, such as an archive or the trash. It gets another UID there."""

    id = "84db93a4-f192-4c84-ba82-7790c2c69fcd"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.PRODUCTIVITY}
    icon = "folder-input"

    class Input(PlaceInput):
        target: str = SchemaField(
            description=f"Where it goes. {FOLDER_HELP}", placeholder="Archive", min_length=1
        )
        credentials: EmailCredentialsInput = EmailCredentialsField()

    class Output(BlockSchema):
        folder: str = SchemaField(description="Where it is now")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"uid": 2, "target": "Archive", "credentials": TEST_CREDENTIALS_INPUT},
        {"uid": 2, "target": "Nowhere", "credentials": TEST_CREDENTIALS_INPUT},
        {"uid": 9, "target": "Archive", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("folder", "Archive")],
        [("error", says("'Nowhere'", "INBOX, Archive"))],
        [("error", says("UID 9"))],
    ]
    test_mock = {"on_mailbox": sample_mailbox}

    async def run(
        self, input_data: Input, *, credentials: UserPasswordCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        def move(mailbox: Mailbox) -> str:
            mailbox.move(input_data.folder, input_data.uid, input_data.target)
            return input_data.target.strip()

        async def moved() -> str:
            return await self.on_mailbox(credentials, move)

        yield "folder", await context.step("move", moved)

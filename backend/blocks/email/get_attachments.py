"""Get the files that hang on a message."""

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
from backend.blocks.email._mime import Attachment
from backend.blocks.email._samples import sample_mailbox
from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context
from backend.data.credentials import UserPasswordCredentials
from backend.data.examples import is_file, says
from backend.data.model import BlockSchema, SchemaField


class EmailGetAttachmentsBlock(UsesMailbox, Block):
    """Store the files that hang on a message, and give their references."""

    id = "8723679f-af2f-4e05-8785-4fa6a4a39876"
    categories = {BlockCategory.COMMUNICATION, BlockCategory.DATA}
    icon = "paperclip"

    class Input(PlaceInput):
        name_contains: str = SchemaField(
            default="",
            description="Only files with this in their names; capitals do not matter",
            placeholder=".pdf",
            max_length=200,
        )
        with_inline: bool = SchemaField(
            default=False, description="Also pictures that stand within the HTML", advanced=True
        )
        credentials: EmailCredentialsInput = EmailCredentialsField()

    class Output(BlockSchema):
        file: str = SchemaField(description="Each file", each=True, format="file")
        name: str = SchemaField(description="What it is called", each=True)
        files: list[str] = SchemaField(description="All files, in the message's order")
        names: list[str] = SchemaField(description="Their names, in the same order")
        error: str = SchemaField(description="Why it failed")

    test_credentials = TEST_CREDENTIALS
    test_input = [
        {"uid": 2, "credentials": TEST_CREDENTIALS_INPUT},
        {"uid": 2, "name_contains": ".PDF", "credentials": TEST_CREDENTIALS_INPUT},
        {"uid": 1, "folder": "Archive", "credentials": TEST_CREDENTIALS_INPUT},
    ]
    test_output = [
        [("file", is_file), ("name", "invoice.csv"), ("files", list), ("names", ["invoice.csv"])],
        [("files", []), ("names", [])],
        [("error", says("UID 1", "Archive"))],
    ]
    test_mock = {"on_mailbox": sample_mailbox}

    async def run(
        self, input_data: Input, *, credentials: UserPasswordCredentials, context: Context, **kwargs: Any
    ) -> AsyncBlockOutput:
        def attached(mailbox: Mailbox) -> list[Attachment]:
            whole = mailbox.read(input_data.folder, input_data.uid, marks_seen=False)
            return [one for one in whole.content.attachments if _is_wanted(one, input_data)]

        files: list[str] = []
        names: list[str] = []
        for place, one in enumerate(await self.on_mailbox(credentials, attached)):
            files.append(await context.save_file(one.name, one.data, one.media_type, key=str(place)))
            names.append(one.name)
            yield "file", files[-1]
            yield "name", one.name
        yield "files", files
        yield "names", names


def _is_wanted(one: Attachment, given: EmailGetAttachmentsBlock.Input) -> bool:
    is_named = given.name_contains.strip().casefold() in one.name.casefold()
    return is_named and (given.with_inline or not one.is_inline)

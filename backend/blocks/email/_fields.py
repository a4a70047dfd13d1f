"""Inputs that several blocks share."""

from __future__ import annotations

from datetime import date

from backend.blocks.email._mailbox import Criteria
from backend.data.model import BlockSchema, SchemaField

FOLDER_HELP = "The folder's name as the mail server has it, like INBOX or Archive/2026"
UID_HELP = "The message's UID in that folder, as a search or the trigger gives it"


class PlaceInput(BlockSchema):
    """Which message."""

    folder: str = SchemaField(default="INBOX", description=FOLDER_HELP)
    uid: int = SchemaField(description=UID_HELP, ge=1, le=4_294_967_295)


class FilterInput(BlockSchema):
    """Which messages of a folder."""

    folder: str = SchemaField(default="INBOX", description=FOLDER_HELP)
    from_contains: str = SchemaField(
        default="",
        description="Part of the sender's address or name",
        max_length=500,
        placeholder="@example.com",
    )
    to_contains: str = SchemaField(
        default="", description="Part of a recipient's address or name", max_length=500, advanced=True
    )
    subject_contains: str = SchemaField(default="", description="Part of the subject", max_length=500)
    text_contains: str = SchemaField(
        default="", description="Part of the headers or of the text", max_length=500, advanced=True
    )
    only_unseen: bool = SchemaField(default=False, description="Only messages that nobody has read yet")
    only_with_attachments: bool = SchemaField(
        default=False, description="Only messages with attachments", advanced=True
    )

    def criteria(self, since: date | None = None, before: date | None = None) -> Criteria:
        return Criteria(
            sender=self.from_contains,
            recipient=self.to_contains,
            subject=self.subject_contains,
            text=self.text_contains,
            since=since,
            before=before,
            is_unseen=self.only_unseen,
            has_attachment=self.only_with_attachments,
        )

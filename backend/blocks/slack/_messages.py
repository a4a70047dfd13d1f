"""What blocks that write messages share."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import InvalidInput

LONGEST_TEXT = 40_000
"""Slack cuts what is longer. Source: https://docs.slack.dev/reference/methods/chat.postMessage (truncating content)."""
MOST_BLOCKS = 50
"""Source: https://docs.slack.dev/reference/block-kit/blocks."""
TS_HELP = "The `ts` of a message, like 1503435956.000247"


class MessageInput(BlockSchema):
    """What a message says."""

    text: str = SchemaField(
        default="",
        description="The message, in Slack's mrkdwn; beside `blocks`, what notifications show",
        format="long-text",
        max_length=LONGEST_TEXT,
        placeholder="Deployed *1.4.2* :rocket:",
    )
    blocks: list[JsonObject] = SchemaField(
        default_factory=list[JsonObject],
        description="The message as Block Kit, instead of plain text",
        max_length=MOST_BLOCKS,
        advanced=True,
    )

    def content(self) -> JsonObject:
        """The arguments for Slack.

        Raises:
            InvalidInput: there is nothing to say.
        """
        if not self.text.strip() and not self.blocks:
            raise InvalidInput("The message is empty. Give `text` or `blocks`.")
        return {"text": self.text or None, "blocks": self.blocks}


def client_msg_id(idempotency_key: str) -> str:
    """A UUID that is the same when the message is sent again."""
    return str(uuid5(NAMESPACE_URL, f"blockyard:slack:{idempotency_key}"))

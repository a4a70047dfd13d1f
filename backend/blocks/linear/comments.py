"""Comments on issues."""

from __future__ import annotations

from typing import Any

from backend.blocks.linear._api import LinearCredentials
from backend.blocks.linear._auth import LinearCredentialsField, LinearCredentialsInput
from backend.blocks.linear._base import ISSUE_HELP, LinearBlock
from backend.blocks.linear._names import issue_id_of
from backend.blocks.linear._samples import (
    COMMENT_ID,
    GONE,
    RAW_COMMENT,
    RAW_ISSUE,
    SHORT_COMMENT,
    answering,
    given,
)
from backend.blocks.linear._shapes import COMMENT_IN_SHORT, short_comment
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.json_parts import text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField


class LinearCreateCommentBlock(LinearBlock):
    """Comment on an issue, or answer a comment. A repetition after a crash writes no second one."""

    id = "ba9d67f9-0b8d-4e46-9cf1-dd6b802c2d5c"
    icon = "message-square-plus"

    class Input(BlockSchema):
        issue: str = SchemaField(description=ISSUE_HELP, placeholder="LIN-123")
        body: str = SchemaField(description="The text, in Markdown", format="long-text", min_length=1)
        parent_id: str = SchemaField(
            default="", description="The id of the comment that it answers; empty: none", advanced=True
        )
        credentials: LinearCredentialsInput = LinearCredentialsField("write")

    class Output(BlockSchema):
        id: str = SchemaField(description="The comment's id")
        url: str = SchemaField(description="Its address")
        comment: JsonObject = SchemaField(description=COMMENT_IN_SHORT)
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(issue="LIN-123", body="Yes"),
        given(issue=RAW_ISSUE["url"], body="Yes", parent_id=COMMENT_ID),
        given(issue="LIN", body="Yes"),
        given(issue="LIN-123", body=""),
        given(issue=GONE, body="Yes"),
    ]
    test_output = [
        [("id", COMMENT_ID), ("url", RAW_COMMENT["url"]), ("comment", SHORT_COMMENT)],
        [("id", COMMENT_ID), ("url", RAW_COMMENT["url"]), ("comment", SHORT_COMMENT)],
        [("error", says("'LIN'", "LIN-123"))],
        [("error", says("body"))],
        [("error", says("Could not find referenced Issue", "identifier"))],
    ]
    test_mock = answering(
        {
            "Issue": {"issue": RAW_ISSUE},
            "CreateComment": {"commentCreate": {"success": True, "comment": RAW_COMMENT}},
        }
    )

    async def run(
        self, input_data: Input, *, credentials: LinearCredentials, idempotency_key: str, **kwargs: Any
    ) -> AsyncBlockOutput:
        linear = self.linear(credentials)
        # `issueId` is an id in the schema; that an identifier does too is documented for `issue` alone.
        issue_id = text_at(await linear.read_issue(issue_id_of(input_data.issue)), "id")
        fields: JsonObject = {"issueId": issue_id, "body": input_data.body}
        if input_data.parent_id.strip():
            fields["parentId"] = input_data.parent_id.strip()
        comment = short_comment(await linear.create_comment(fields, idempotency_key=idempotency_key))
        yield "id", comment["id"]
        yield "url", comment["url"]
        yield "comment", comment

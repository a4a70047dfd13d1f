"""Comments on issues and pull requests."""

from __future__ import annotations

from typing import Any

from backend.blocks.github._api import MAX_ITEMS, GithubBlock, GithubInput, IssueInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import (
    COMMENT_URL,
    GONE,
    ISSUE,
    RAW_COMMENT,
    REPO,
    SHORT_COMMENT,
    answering,
    given,
)
from backend.blocks.github._shapes import number, short_comment, text
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.github.addresses import comment_path_of, thread_of

_ISSUES = "/repos/octocat/hello/issues"


class GithubCommentBlock(GithubBlock):
    """Comment on an issue or a pull request."""

    id = "a8db4d8d-db1c-4a25-a1b0-416a8c33602b"
    icon = "message-square-plus"
    at_most_once = True
    differences = (
        "Interrupted by a crash it fails, since GitHub cannot tell a repetition from a second comment.",
    )

    class Input(IssueInput):
        comment: str = SchemaField(description="The text, in Markdown", format="long-text", min_length=1)

    class Output(BlockSchema):
        id: int = SchemaField(description="The comment's id")
        url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(issue_url=ISSUE, comment="Yes"),
        given(issue_url=f"{REPO}/pull/1", comment="Yes"),
        given(issue_url=f"{GONE}/issues/1", comment="Yes"),
        given(issue_url=ISSUE, comment=""),
    ]
    test_output = [
        [("id", 7), ("url", COMMENT_URL)],
        [("id", 7), ("url", COMMENT_URL)],
        [("error", says("not there"))],
        [("error", says("comment"))],
    ]
    test_mock = answering({f"POST {_ISSUES}/1/comments": (201, RAW_COMMENT)})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        path = f"{thread_of(input_data.issue_url).issue_path}/comments"
        raw = await self.github(credentials).change("POST", path, {"body": input_data.comment})
        yield "id", number(raw.get("id"))
        yield "url", text(raw.get("html_url"))


class GithubUpdateCommentBlock(GithubBlock):
    """Replace the text of a comment, which is named by its address, or by its issue and its id."""

    id = "b3f4d747-10e3-4e69-8c51-f2be1d99c9a7"
    icon = "message-square-more"

    class Input(GithubInput):
        comment_url: str = SchemaField(
            default="", description="The comment's address", placeholder=f"{ISSUE}#issuecomment-7"
        )
        issue_url: str = SchemaField(default="", description="Or the address of its issue, with `comment_id`")
        comment_id: str = SchemaField(default="", description="The comment's id, with `issue_url`")
        comment: str = SchemaField(description="The new text, in Markdown", format="long-text", min_length=1)

    class Output(BlockSchema):
        id: int = SchemaField(description="The comment's id")
        url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(comment_url=COMMENT_URL, comment="Yes"),
        given(issue_url=ISSUE, comment_id="7", comment="Yes"),
        given(issue_url=ISSUE, comment_id="seven", comment="Yes"),
        given(comment_url=ISSUE, comment="Yes"),
        given(issue_url=f"{GONE}/issues/1", comment_id="7", comment="Yes"),
    ]
    test_output = [
        [("id", 7), ("url", COMMENT_URL)],
        [("id", 7), ("url", COMMENT_URL)],
        [("error", says("comment_id"))],
        [("error", says("#issuecomment-"))],
        [("error", says("not there"))],
    ]
    test_mock = answering({f"PATCH {_ISSUES}/comments/7": RAW_COMMENT})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        path = comment_path_of(input_data.comment_url, input_data.issue_url, input_data.comment_id)
        raw = await self.github(credentials).change("PATCH", path, {"body": input_data.comment})
        yield "id", number(raw.get("id"))
        yield "url", text(raw.get("html_url"))


class GithubListCommentsBlock(GithubBlock):
    """List the comments on an issue or a pull request, oldest first: one by one, then as a list."""

    id = "c4b5fb63-0005-4a11-b35a-0c2467bd6b59"
    icon = "messages-square"
    differences = ("`limit` asks for more pages; there it is the first, with 30.",)

    class Input(IssueInput):
        limit: int = SchemaField(
            default=30, ge=1, le=MAX_ITEMS, description="How many at most", advanced=True
        )

    class Output(BlockSchema):
        comment: JsonObject = SchemaField(
            description="One comment: `id`, `body`, `user`, `url`, `created_at`", each=True
        )
        comments: list[JsonObject] = SchemaField(description="All of them")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(issue_url=ISSUE),
        given(issue_url=f"{REPO}/issues/5"),
        given(issue_url=f"{GONE}/pull/1"),
    ]
    test_output = [
        [("comment", SHORT_COMMENT), ("comments", [SHORT_COMMENT])],
        [("comments", [])],
        [("error", says("not there"))],
    ]
    test_mock = answering({f"GET {_ISSUES}/1/comments": [RAW_COMMENT], f"GET {_ISSUES}/5/comments": []})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        path = f"{thread_of(input_data.issue_url).issue_path}/comments"
        found = await self.github(credentials).pages(path, limit=input_data.limit)
        comments = [short_comment(raw) for raw in found]
        for comment in comments:
            yield "comment", comment
        yield "comments", comments

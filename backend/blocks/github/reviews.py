"""What happens to a pull request: reviews, comments on lines, the merge."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.github._api import GithubBlock, PullInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import GONE, PULL, RAW_PULL, REPO, answering, given
from backend.blocks.github._shapes import inner, number, text
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.github.addresses import thread_of
from backend.util.errors import BlockError, ProviderError

_PULLS = "/repos/octocat/hello/pulls"
_REVIEW = f"{PULL}#pullrequestreview-80"
_LINE_COMMENT = f"{PULL}#discussion_r10"


class GithubReviewPullRequestBlock(GithubBlock):
    """Review a pull request: approve it, ask for changes, or comment, with remarks on lines if you like."""

    id = "4dbc90f3-73b9-49e8-8081-fdae78ef1084"
    icon = "clipboard-check"
    at_most_once = True

    class Input(PullInput):
        verdict: Literal["APPROVE", "REQUEST_CHANGES", "COMMENT"] = SchemaField(
            default="COMMENT", description="What the review comes to"
        )
        body: str = SchemaField(
            default="", description="The text; needed unless you approve", format="long-text"
        )
        comments: list[JsonObject] = SchemaField(
            default_factory=list[JsonObject],
            description='Remarks on lines: {"path": "a.py", "line": 3, "body": "…"} each',
            max_length=100,
            advanced=True,
        )

    class Output(BlockSchema):
        id: int = SchemaField(description="The review's id")
        state: str = SchemaField(description="APPROVED, CHANGES_REQUESTED or COMMENTED")
        url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(pr_url=PULL, verdict="APPROVE"),
        given(pr_url=PULL, verdict="REQUEST_CHANGES"),
        given(pr_url=PULL, body="a", comments=[{"path": "a.py"}]),
        given(pr_url=f"{REPO}/pull/3", verdict="APPROVE"),
        given(pr_url=f"{GONE}/pull/1", body="a"),
    ]
    test_output = [
        [("id", 80), ("state", "APPROVED"), ("url", _REVIEW)],
        [("error", says("body"))],
        [("error", says("comments[0]", "line"))],
        [("error", says("Can not approve your own pull request"))],
        [("error", says("not there"))],
    ]
    test_mock = answering(
        {
            f"POST {_PULLS}/2/reviews": {"id": 80, "state": "APPROVED", "html_url": _REVIEW},
            f"POST {_PULLS}/3/reviews": (
                422,
                {"message": "Unprocessable Entity", "errors": ["Can not approve your own pull request"]},
            ),
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        if input_data.verdict != "APPROVE" and not (input_data.body or input_data.comments):
            raise BlockError("A review that does not approve needs a body. Say what you found.")
        body: JsonObject = {"event": input_data.verdict}
        body |= {"body": input_data.body} if input_data.body else {}
        body |= {"comments": [_remark(k, one) for k, one in enumerate(input_data.comments)]}
        path = f"{thread_of(input_data.pr_url).pull_path}/reviews"
        raw = await self.github(credentials).change("POST", path, body)
        yield "id", number(raw.get("id"))
        yield "state", text(raw.get("state"))
        yield "url", text(raw.get("html_url"))


class GithubCommentOnLineBlock(GithubBlock):
    """Comment on a line that a pull request changes."""

    id = "b2f1970e-f89b-4501-ae4f-6663ed08e83e"
    icon = "message-square-code"
    at_most_once = True

    class Input(PullInput):
        file_path: str = SchemaField(description="The file", placeholder="src/a.py", min_length=1)
        line: int = SchemaField(description="The line's number", ge=1)
        side: Literal["RIGHT", "LEFT"] = SchemaField(
            default="RIGHT", description="RIGHT: the line as it will be; LEFT: as it was", advanced=True
        )
        comment: str = SchemaField(description="The text, in Markdown", format="long-text", min_length=1)

    class Output(BlockSchema):
        id: int = SchemaField(description="The comment's id")
        url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(pr_url=PULL, file_path="a.py", line=1, comment="Why?"),
        given(pr_url=PULL, file_path="a.py", line=0, comment="Why?"),
        given(pr_url=f"{GONE}/pull/1", file_path="a.py", line=1, comment="Why?"),
    ]
    test_output = [
        [("id", 10), ("url", _LINE_COMMENT)],
        [("error", says("line"))],
        [("error", says("not there"))],
    ]
    test_mock = answering(
        {
            f"GET {_PULLS}/2": RAW_PULL,
            f"POST {_PULLS}/2/comments": (201, {"id": 10, "html_url": _LINE_COMMENT}),
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        github, path = self.github(credentials), thread_of(input_data.pr_url).pull_path
        head = inner((await github.get(path)).get("head"))
        body: JsonObject = {
            "body": input_data.comment,
            "commit_id": text(head.get("sha")),
            "path": input_data.file_path,
            "line": input_data.line,
            "side": input_data.side,
        }
        raw = await github.change("POST", f"{path}/comments", body)
        yield "id", number(raw.get("id"))
        yield "url", text(raw.get("html_url"))


class GithubMergePullRequestBlock(GithubBlock):
    """Merge a pull request. One that is merged already is no failure."""

    id = "77456c22-33d8-4fd4-9eef-50b46a35bb48"
    icon = "git-merge"
    differences = (
        "It merges without asking anybody; there a person is asked before. Put a review block in front.",
        "A pull request that is merged already is no failure.",
    )

    class Input(PullInput):
        merge_method: Literal["merge", "squash", "rebase"] = SchemaField(
            default="merge", description="How: with a merge commit, as one commit, or commit by commit"
        )
        commit_title: str = SchemaField(
            default="", description="First line of the commit; empty: GitHub's own"
        )
        commit_message: str = SchemaField(
            default="", description="Its text; empty: GitHub's own", format="long-text"
        )

    class Output(BlockSchema):
        sha: str = SchemaField(description="The commit that the merge made")
        merged: bool = SchemaField(description="Whether it is merged")
        message: str = SchemaField(description="What GitHub says")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(pr_url=PULL, merge_method="squash", commit_title="Mend it (#2)"),
        given(pr_url=f"{REPO}/pull/3"),
        given(pr_url=f"{REPO}/pull/4"),
        given(pr_url=f"{GONE}/pull/1"),
        given(pr_url=PULL, merge_method="push"),
    ]
    test_output = [
        [("sha", "6dcb09b"), ("merged", True), ("message", "Pull Request successfully merged")],
        [("sha", "0a1b2c3"), ("merged", True), ("message", says("already"))],
        [("error", says("not mergeable"))],
        [("error", says("not there"))],
        [("error", says("merge_method"))],
    ]
    test_mock = answering(
        {
            f"PUT {_PULLS}/2/merge": {
                "sha": "6dcb09b",
                "merged": True,
                "message": "Pull Request successfully merged",
            },
            f"PUT {_PULLS}/3/merge": (405, {"message": "Pull Request is not mergeable"}),
            f"GET {_PULLS}/3": {**RAW_PULL, "merged": True, "merge_commit_sha": "0a1b2c3"},
            f"PUT {_PULLS}/4/merge": (405, {"message": "Pull Request is not mergeable"}),
            f"GET {_PULLS}/4": RAW_PULL,
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        github, path = self.github(credentials), thread_of(input_data.pr_url).pull_path
        names = ("merge_method", "commit_title", "commit_message")
        body = {name: getattr(input_data, name) for name in names if getattr(input_data, name)}
        try:
            raw = await github.change("PUT", f"{path}/merge", body)
        except ProviderError as error:
            pull = await github.get(path) if error.http_status == 405 else {}
            if pull.get("merged") is not True:
                raise
            raw = {"sha": pull.get("merge_commit_sha"), "merged": True, "message": "It was merged already."}
        yield "sha", text(raw.get("sha"))
        yield "merged", raw.get("merged") is True
        yield "message", text(raw.get("message"))


def _remark(place: int, given: JsonObject) -> JsonObject:
    """Raises BlockError: it does not say where or what."""
    if not (isinstance(given.get("path"), str) and isinstance(given.get("body"), str)):
        raise BlockError(f"comments[{place}] needs a path, a line and a body.")
    if not isinstance(given.get("line"), int):
        raise BlockError(f"comments[{place}] needs a line: a number, of the file as it will be.")
    names = ("path", "body", "line", "side", "start_line", "start_side")
    return {name: given[name] for name in names if name in given}

"""Issues: read, list, open, change, close, reopen."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.github._api import MAX_ITEMS, GithubBlock, IssueInput, RepositoryInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import GONE, ISSUE, RAW_ISSUE, REPO, SHORT_ISSUE, answering, given
from backend.blocks.github._shapes import login, number, short_issue, text
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.github.addresses import repository_of, thread_of
from backend.util.errors import BlockError

_PATH = "/repos/octocat/hello/issues"
_SHORT = (
    "In short: `number`, `title`, `url`, `state`, `user`, `labels`, `assignees`, `comments` (how many), "
    "`is_pull_request`, `created_at`, `updated_at`"
)


class GithubReadIssueBlock(GithubBlock):
    """Read an issue: its title, text and author. What is empty emits nothing."""

    id = "6443c75d-032a-4772-9c08-230c707c8acc"
    icon = "circle-dot"
    differences = ("It has a further output, `issue`, with state, labels and more.",)

    class Input(IssueInput):
        pass

    class Output(BlockSchema):
        title: str = SchemaField(description="The title")
        body: str = SchemaField(description="The text, in Markdown")
        user: str = SchemaField(description="The login of its author")
        issue: JsonObject = SchemaField(description=_SHORT)
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(issue_url=ISSUE),
        given(issue_url="octocat/hello#3"),
        given(issue_url=f"{GONE}/issues/1"),
        given(issue_url="https://example.com/octocat/hello/issues/1"),
    ]
    test_output = [
        [("title", "Größe"), ("body", "It is wrong."), ("user", "octocat"), ("issue", SHORT_ISSUE)],
        [("title", "Größe"), ("issue", {**SHORT_ISSUE, "user": ""})],
        [("error", says("not there", "404"))],
        [("error", says("example.com", "github.com/owner/name/issues/1"))],
    ]
    test_mock = answering(
        {f"GET {_PATH}/1": RAW_ISSUE, f"GET {_PATH}/3": {**RAW_ISSUE, "body": None, "user": None}}
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        raw = await self.github(credentials).get(thread_of(input_data.issue_url).issue_path)
        for pin, value in (
            ("title", raw.get("title")),
            ("body", raw.get("body")),
            ("user", login(raw.get("user"))),
        ):
            if value:
                yield pin, text(value)
        yield "issue", short_issue(raw)


class GithubListIssuesBlock(GithubBlock):
    """List the issues of a repository, newest first: as a list, then one by one."""

    id = "c215bfd7-0e57-4573-8f8c-f7d4963dcd74"
    icon = "list"
    differences = ("`limit` asks for more pages; there it is the first, with 30.",)

    class Input(RepositoryInput):
        state: Literal["open", "closed", "all"] = SchemaField(default="open", description="Which ones")
        labels: list[str] = SchemaField(
            default_factory=list[str], description="Only those that have all of these labels", advanced=True
        )
        with_pull_requests: bool = SchemaField(
            default=True, description="Pull requests too: for GitHub they are issues", advanced=True
        )
        limit: int = SchemaField(
            default=30, ge=1, le=MAX_ITEMS, description="How many at most", advanced=True
        )

    class Output(BlockSchema):
        issues: list[JsonObject] = SchemaField(description="All of them, in short")
        issue: JsonObject = SchemaField(description=_SHORT, each=True)
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=REPO),
        given(repo_url="octocat/hello", with_pull_requests=False, labels=["bug", "a b"]),
        given(repo_url=GONE),
        given(repo_url=REPO, limit=0),
    ]
    test_output = [
        [
            ("issues", [SHORT_ISSUE, {**SHORT_ISSUE, "is_pull_request": True}]),
            ("issue", SHORT_ISSUE),
            ("issue", {**SHORT_ISSUE, "is_pull_request": True}),
        ],
        [("issues", [SHORT_ISSUE]), ("issue", SHORT_ISSUE)],
        [("error", says("not there"))],
        [("error", says("limit"))],
    ]
    test_mock = answering({f"GET {_PATH}": [RAW_ISSUE, {**RAW_ISSUE, "pull_request": {"url": "…"}}]})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        params = {"state": input_data.state, "labels": ",".join(input_data.labels)}
        path = f"{repository_of(input_data.repo_url).path}/issues"
        # With pull requests left out, fewer than `limit` may remain of so many.
        found = await self.github(credentials).pages(path, params, limit=input_data.limit)
        issues = [
            short_issue(raw) for raw in found if input_data.with_pull_requests or "pull_request" not in raw
        ]
        yield "issues", issues
        for issue in issues:
            yield "issue", issue


class GithubMakeIssueBlock(GithubBlock):
    """Open an issue."""

    id = "691dad47-f494-44c3-a1e8-05b7990f2dab"
    icon = "circle-plus"
    at_most_once = True
    differences = (
        "Interrupted by a crash it fails, since GitHub cannot tell a repetition from a second issue.",
    )

    class Input(RepositoryInput):
        title: str = SchemaField(description="The title", min_length=1, max_length=256)
        body: str = SchemaField(description="The text, in Markdown", format="long-text")
        labels: list[str] = SchemaField(
            default_factory=list[str], description="Labels it gets, where you may set them", advanced=True
        )
        assignees: list[str] = SchemaField(
            default_factory=list[str], description="Logins of those it is for", advanced=True
        )

    class Output(BlockSchema):
        number: int = SchemaField(description="Its number in the repository")
        url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=REPO, title="Größe", body="It is wrong.", labels=["bug"]),
        given(repo_url=GONE, title="Größe", body=""),
        given(repo_url=REPO, title="", body=""),
        given(repo_url="https://github.com/octocat/off", title="a", body=""),
    ]
    test_output = [
        [("number", 1), ("url", ISSUE)],
        [("error", says("not there"))],
        [("error", says("title"))],
        [("error", says("switched off", "Issues are disabled"))],
    ]
    test_mock = answering(
        {
            f"POST {_PATH}": (201, RAW_ISSUE),
            "POST /repos/octocat/off/issues": (410, {"message": "Issues are disabled for this repo"}),
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        body: JsonObject = {"title": input_data.title, "body": input_data.body}
        body |= {"labels": input_data.labels} if input_data.labels else {}
        body |= {"assignees": input_data.assignees} if input_data.assignees else {}
        path = f"{repository_of(input_data.repo_url).path}/issues"
        raw = await self.github(credentials).change("POST", path, body)
        yield "number", number(raw.get("number"))
        yield "url", text(raw.get("html_url"))


class GithubUpdateIssueBlock(GithubBlock):
    """Change the title, the text or the labels of an issue or pull request. What is left empty stays."""

    id = "18dfb5ec-eacb-41ed-905e-17d903e96668"
    icon = "pencil"

    class Input(IssueInput):
        title: str = SchemaField(default="", description="The new title; empty: as it is", max_length=256)
        body: str = SchemaField(default="", description="The new text; empty: as it is", format="long-text")
        labels: list[str] | None = SchemaField(
            default=None, description="All labels it shall have; nothing: as they are", advanced=True
        )

    class Output(BlockSchema):
        issue: JsonObject = SchemaField(description=_SHORT)
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(issue_url=ISSUE, title="Größe"),
        given(issue_url=ISSUE),
        given(issue_url=f"{GONE}/issues/1", body="a"),
    ]
    test_output = [
        [("issue", SHORT_ISSUE)],
        [("error", says("Nothing"))],
        [("error", says("not there"))],
    ]
    test_mock = answering({f"PATCH {_PATH}/1": RAW_ISSUE})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        said: JsonObject = {"title": input_data.title or None, "body": input_data.body or None}
        said["labels"] = input_data.labels
        body = {name: value for name, value in said.items() if value is not None}
        if not body:
            raise BlockError("Nothing is to be changed. Give a title, a text or labels.")
        path = thread_of(input_data.issue_url).issue_path
        yield "issue", short_issue(await self.github(credentials).change("PATCH", path, body))


class GithubCloseIssueBlock(GithubBlock):
    """Close an issue or a pull request. One that is closed already stays so."""

    id = "48a4dfdf-1adb-46c0-9e60-8154b3357b32"
    icon = "circle-check-big"

    class Input(IssueInput):
        reason: Literal["completed", "not_planned"] = SchemaField(
            default="completed", description="Why: it is done, or it will not be"
        )

    class Output(BlockSchema):
        issue: JsonObject = SchemaField(description=_SHORT)
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(issue_url=ISSUE),
        given(issue_url=f"{GONE}/issues/1"),
        given(issue_url=ISSUE, reason="no"),
    ]
    test_output = [
        [("issue", {**SHORT_ISSUE, "state": "closed"})],
        [("error", says("not there"))],
        [("error", says("reason"))],
    ]
    test_mock = answering({f"PATCH {_PATH}/1": {**RAW_ISSUE, "state": "closed"}})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        body = {"state": "closed", "state_reason": input_data.reason}
        path = thread_of(input_data.issue_url).issue_path
        yield "issue", short_issue(await self.github(credentials).change("PATCH", path, body))


class GithubReopenIssueBlock(GithubBlock):
    """Reopen an issue or a pull request. One that is open stays so."""

    id = "45b893a2-4ac1-436c-81fe-12d4b718c890"
    icon = "rotate-ccw"

    class Input(IssueInput):
        pass

    class Output(BlockSchema):
        issue: JsonObject = SchemaField(description=_SHORT)
        error: str = SchemaField(description="Why it failed")

    test_input = [given(issue_url=ISSUE), given(issue_url=f"{REPO}/pull/9")]
    test_output = [[("issue", SHORT_ISSUE)], [("error", says("state cannot be changed"))]]
    test_mock = answering(
        {
            f"PATCH {_PATH}/1": RAW_ISSUE,
            f"PATCH {_PATH}/9": (
                422,
                {"message": "Validation Failed", "errors": ["state cannot be changed"]},
            ),
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        path = thread_of(input_data.issue_url).issue_path
        raw = await self.github(credentials).change("PATCH", path, {"state": "open"})
        yield "issue", short_issue(raw)

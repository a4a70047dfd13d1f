"""Pull requests: read, list, open, their files."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.github._api import MAX_ITEMS, GithubBlock, PullInput, RepositoryInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import GONE, PULL, RAW_PULL, REPO, SHORT_PULL, answering, given
from backend.blocks.github._shapes import login, number, short_pull, text
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.github.addresses import Repository, repository_of, thread_of
from backend.integrations.github.client import GithubClient
from backend.util.errors import ProviderError

_PULLS = "/repos/octocat/hello/pulls"
_SHORT = (
    "In short: `number`, `title`, `url`, `state`, `user`, `head` and `base` (branches), `is_draft`, `labels`, "
    "`created_at`, `updated_at`"
)
_MAX_FILES = 3000
"""GitHub lists no more of one pull request."""
_RAW_FILES = [
    {
        "filename": "a.py",
        "status": "modified",
        "additions": 1,
        "deletions": 1,
        "patch": "@@ -1 +1 @@\n-a\n+b",
    },
    {"filename": "b.png", "status": "added", "additions": 0, "deletions": 0},
]
_SHORT_FILES: list[JsonObject] = [
    {"path": "a.py", "status": "modified", "additions": 1, "deletions": 1, "patch": "@@ -1 +1 @@\n-a\n+b"},
    {"path": "b.png", "status": "added", "additions": 0, "deletions": 0, "patch": ""},
]


class GithubReadPullRequestBlock(GithubBlock):
    """Read a pull request: its title, text and author, and if asked for what it changes."""

    id = "bf94b2a4-1a30-4600-a783-a8a44ee31301"
    icon = "git-pull-request"
    differences = ("It has a further output, `pull_request`, with state, branches and more.",)

    class Input(PullInput):
        include_pr_changes: bool = SchemaField(default=False, description="Give the changes too")

    class Output(BlockSchema):
        title: str = SchemaField(description="The title")
        body: str = SchemaField(description="The text, in Markdown")
        author: str = SchemaField(description="The login of its author")
        changes: str = SchemaField(
            description="The patches of its files, one after the other; only if asked for"
        )
        pull_request: JsonObject = SchemaField(description=_SHORT)
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(pr_url=PULL),
        given(pr_url=PULL, include_pr_changes=True),
        given(pr_url=f"{GONE}/pull/1"),
        given(pr_url=REPO),
    ]
    test_output = [
        [("title", "Mend it"), ("body", "Closes #1"), ("author", "octocat"), ("pull_request", SHORT_PULL)],
        [
            ("title", "Mend it"),
            ("body", "Closes #1"),
            ("author", "octocat"),
            ("changes", "File: a.py\n@@ -1 +1 @@\n-a\n+b\n\nFile: b.png\n(no text)"),
            ("pull_request", SHORT_PULL),
        ],
        [("error", says("not there"))],
        [("error", says("neither"))],
    ]
    test_mock = answering({f"GET {_PULLS}/2": RAW_PULL, f"GET {_PULLS}/2/files": _RAW_FILES})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        github, path = self.github(credentials), thread_of(input_data.pr_url).pull_path
        raw = await github.get(path)
        for pin, value in (
            ("title", raw.get("title")),
            ("body", raw.get("body")),
            ("author", login(raw.get("user"))),
        ):
            if value:
                yield pin, text(value)
        if input_data.include_pr_changes:
            files = await github.pages(f"{path}/files", limit=_MAX_FILES)
            yield "changes", "\n\n".join(_patch(short_file(one)) for one in files)
        yield "pull_request", short_pull(raw)


class GithubListPullRequestsBlock(GithubBlock):
    """List the pull requests of a repository, newest first: as a list, then one by one."""

    id = "ffef3c4c-6cd0-48dd-817d-459f975219f4"
    icon = "git-pull-request"
    differences = ("`limit` asks for more pages; there it is the first, with 30.",)

    class Input(RepositoryInput):
        state: Literal["open", "closed", "all"] = SchemaField(default="open", description="Which ones")
        base: str = SchemaField(default="", description="Only those into this branch", advanced=True)
        limit: int = SchemaField(
            default=30, ge=1, le=MAX_ITEMS, description="How many at most", advanced=True
        )

    class Output(BlockSchema):
        pull_requests: list[JsonObject] = SchemaField(description="All of them, in short")
        pull_request: JsonObject = SchemaField(description=_SHORT, each=True)
        error: str = SchemaField(description="Why it failed")

    test_input = [given(repo_url=REPO), given(repo_url=REPO, base="dev"), given(repo_url=GONE)]
    test_output = [
        [("pull_requests", [SHORT_PULL]), ("pull_request", SHORT_PULL)],
        [("pull_requests", [])],
        [("error", says("not there"))],
    ]
    test_mock = answering({f"GET {_PULLS}": [RAW_PULL], f"GET {_PULLS}?state=open&base=dev&per_page=30": []})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        params = {"state": input_data.state, "base": input_data.base}
        path = f"{repository_of(input_data.repo_url).path}/pulls"
        found = await self.github(credentials).pages(path, params, limit=input_data.limit)
        pulls = [short_pull(raw) for raw in found]
        yield "pull_requests", pulls
        for pull in pulls:
            yield "pull_request", pull


class GithubListPullRequestFilesBlock(GithubBlock):
    """List the files that a pull request changes: one by one, then as a list."""

    id = "0c5e4b71-8f4f-400f-89d5-216d4cd90ad1"
    icon = "file-diff"

    class Input(PullInput):
        limit: int = SchemaField(
            default=300, ge=1, le=_MAX_FILES, description="How many at most", advanced=True
        )

    class Output(BlockSchema):
        file: JsonObject = SchemaField(
            description="One file: `path`, `status`, `additions`, `deletions`, `patch` (empty if it is no text)",
            each=True,
        )
        files: list[JsonObject] = SchemaField(description="All of them")
        error: str = SchemaField(description="Why it failed")

    test_input = [given(pr_url=PULL), given(pr_url=f"{GONE}/pull/1")]
    test_output = [
        [("file", _SHORT_FILES[0]), ("file", _SHORT_FILES[1]), ("files", _SHORT_FILES)],
        [("error", says("not there"))],
    ]
    test_mock = answering({f"GET {_PULLS}/2/files": _RAW_FILES})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        path = f"{thread_of(input_data.pr_url).pull_path}/files"
        found = await self.github(credentials).pages(path, limit=input_data.limit)
        files = [short_file(raw) for raw in found]
        for file in files:
            yield "file", file
        yield "files", files


class GithubMakePullRequestBlock(GithubBlock):
    """Open a pull request from one branch into another."""

    id = "dfb987f8-f197-4b2e-bf19-111812afd692"
    icon = "git-pull-request-create"
    differences = (
        "If the same one is open already, with this title and text, it is given instead of a failure.",
    )

    class Input(RepositoryInput):
        title: str = SchemaField(description="The title", min_length=1, max_length=256)
        body: str = SchemaField(description="The text, in Markdown", format="long-text")
        head: str = SchemaField(
            description="The branch with the changes; of a fork owner:branch",
            min_length=1,
            placeholder="mend",
        )
        base: str = SchemaField(description="The branch to merge into", min_length=1, placeholder="main")
        is_draft: bool = SchemaField(default=False, description="Open it as a draft", advanced=True)

    class Output(BlockSchema):
        number: int = SchemaField(description="Its number in the repository")
        url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=REPO, title="Mend it", body="Closes #1", head="mend", base="main"),
        given(repo_url="octocat/again", title="Mend it", body="Closes #1", head="mend", base="main"),
        given(repo_url="octocat/again", title="Another", body="Closes #1", head="mend", base="main"),
        given(repo_url=GONE, title="Mend it", body="", head="mend", base="main"),
    ]
    test_output = [
        [("number", 2), ("url", PULL)],
        [("number", 2), ("url", PULL)],
        [("error", says("A pull request already exists"))],
        [("error", says("not there"))],
    ]
    test_mock = answering(
        {
            f"POST {_PULLS}": (201, RAW_PULL),
            "POST /repos/octocat/again/pulls": (
                422,
                {
                    "message": "Validation Failed",
                    "errors": [
                        {
                            "resource": "PullRequest",
                            "code": "custom",
                            "message": "A pull request already exists for octocat:mend.",
                        }
                    ],
                },
            ),
            "GET /repos/octocat/again/pulls": [RAW_PULL],
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        github, repository = self.github(credentials), repository_of(input_data.repo_url)
        wanted: JsonObject = input_data.model_dump(include={"title", "body", "head", "base"})
        try:
            raw = await github.change(
                "POST", f"{repository.path}/pulls", {**wanted, "draft": input_data.is_draft}
            )
        except ProviderError as error:
            found = await _open_already(github, repository, wanted) if error.http_status == 422 else None
            if found is None:
                raise
            raw = found
        yield "number", number(raw.get("number"))
        yield "url", text(raw.get("html_url"))


async def _open_already(
    github: GithubClient, repository: Repository, wanted: JsonObject
) -> JsonObject | None:
    """What an earlier attempt has opened: GitHub has at most one open pull request for the two branches."""
    head = str(wanted["head"])
    params = {
        "state": "open",
        "head": head if ":" in head else f"{repository.owner}:{head}",
        "base": str(wanted["base"]),
    }
    for raw in await github.page(f"{repository.path}/pulls", params):
        if text(raw.get("title")) == wanted["title"] and text(raw.get("body")) == wanted["body"]:
            return raw
    return None


def short_file(raw: JsonObject) -> JsonObject:
    """Source: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files (2022-11-28)."""
    return {
        "path": text(raw.get("filename")),
        "status": text(raw.get("status")),
        "additions": number(raw.get("additions")),
        "deletions": number(raw.get("deletions")),
        "patch": text(raw.get("patch")),
    }


def _patch(file: JsonObject) -> str:
    return f"File: {file['path']}\n{file['patch'] or '(no text)'}"

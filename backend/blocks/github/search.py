"""Search GitHub: issues and pull requests, code, repositories.

Source: https://docs.github.com/en/rest/search/search (2022-11-28), which gives at most 1,000 results.
"""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.github._api import MAX_ITEMS, GithubBlock, GithubInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import RAW_ISSUE, REPO, SHORT_ISSUE, answering, given
from backend.blocks.github._shapes import inner, short_issue, short_repository, text
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField

_INVALID = (
    422,
    {"message": "Validation Failed", "errors": [{"resource": "Search", "field": "q", "code": "invalid"}]},
)
_RAW_CODE: JsonObject = {
    "name": "a.py", "path": "src/a.py", "sha": "f1", "html_url": f"{REPO}/blob/abc/src/a.py",
    "repository": {"full_name": "octocat/hello"},
}  # fmt: skip
_SHORT_CODE: JsonObject = {
    "name": "a.py", "path": "src/a.py", "url": f"{REPO}/blob/abc/src/a.py", "repository": "octocat/hello",
    "sha": "f1",
}  # fmt: skip
_RAW_REPOSITORY: JsonObject = {"full_name": "octocat/hello", "html_url": REPO, "stargazers_count": 80}
_SHORT_REPOSITORY = short_repository(_RAW_REPOSITORY)


class _Input(GithubInput):
    query: str = SchemaField(
        description="What to search, with GitHub's qualifiers", min_length=1, max_length=1024
    )
    limit: int = SchemaField(default=30, ge=1, le=MAX_ITEMS, description="How many at most", advanced=True)


class GithubSearchIssuesBlock(GithubBlock):
    """Search issues and pull requests: `repo:owner/name is:open label:bug`. One by one, then as a list."""

    id = "5b9b00e8-57e1-4975-b96e-368a34dc8607"
    icon = "search"

    class Input(_Input):
        sort: Literal["best-match", "created", "updated", "comments"] = SchemaField(
            default="best-match", description="What comes first", advanced=True
        )

    class Output(BlockSchema):
        issue: JsonObject = SchemaField(
            description=(
                "In short: `number`, `title`, `url`, `state`, `user`, `labels`, `assignees`, `comments`, "
                "`is_pull_request`, `created_at`, `updated_at`"
            ),
            each=True,
        )
        issues: list[JsonObject] = SchemaField(description="All of them")
        total: int = SchemaField(description="How many GitHub has found in all")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(query="repo:octocat/hello Größe"),
        given(query="wrong:", sort="created"),
        given(query=""),
    ]
    test_output = [
        [("issue", SHORT_ISSUE), ("issues", [SHORT_ISSUE]), ("total", 7)],
        [("error", says("q is not valid"))],
        [("error", says("query"))],
    ]
    test_mock = answering(
        {
            "GET /search/issues?q=repo%3Aoctocat%2Fhello+Gr%C3%B6%C3%9Fe&per_page=30": {
                "total_count": 7,
                "incomplete_results": False,
                "items": [RAW_ISSUE],
            },
            "GET /search/issues?q=wrong%3A&sort=created&per_page=30": _INVALID,
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        params = {"q": input_data.query, "sort": _sort(input_data.sort)}
        total, found = await self.github(credentials).search("/search/issues", params, limit=input_data.limit)
        issues = [short_issue(raw) for raw in found]
        for issue in issues:
            yield "issue", issue
        yield "issues", issues
        yield "total", total


class GithubSearchCodeBlock(GithubBlock):
    """Search the code of default branches: `addClass repo:owner/name language:js`. GitHub allows ten a minute."""

    id = "f3d8c6d4-61d2-45c4-86a3-74923a3fd603"
    icon = "file-search"

    class Input(_Input):
        pass

    class Output(BlockSchema):
        file: JsonObject = SchemaField(
            description="One file: `name`, `path`, `url`, `repository`, `sha`", each=True
        )
        files: list[JsonObject] = SchemaField(description="All of them")
        total: int = SchemaField(description="How many GitHub has found in all")
        error: str = SchemaField(description="Why it failed")

    test_input = [given(query="run repo:octocat/hello"), given(query="a", limit=5)]
    test_output = [
        [("file", _SHORT_CODE), ("files", [_SHORT_CODE]), ("total", 1)],
        [("error", says("q is not valid"))],
    ]
    test_mock = answering(
        {
            "GET /search/code?q=run+repo%3Aoctocat%2Fhello&per_page=30": {
                "total_count": 1,
                "items": [_RAW_CODE],
            },
            "GET /search/code?q=a&per_page=5": _INVALID,
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        params = {"q": input_data.query}
        total, found = await self.github(credentials).search("/search/code", params, limit=input_data.limit)
        files = [_short_code(raw) for raw in found]
        for file in files:
            yield "file", file
        yield "files", files
        yield "total", total


class GithubSearchRepositoriesBlock(GithubBlock):
    """Search repositories: `tetris language:assembly stars:>10`. One by one, then as a list."""

    id = "0b4c92a6-4eef-4740-b9a5-4596659838dc"
    icon = "book-search"

    class Input(_Input):
        sort: Literal["best-match", "stars", "forks", "help-wanted-issues", "updated"] = SchemaField(
            default="best-match", description="What comes first", advanced=True
        )

    class Output(BlockSchema):
        repository: JsonObject = SchemaField(
            description="In short: `full_name`, `url`, `description`, `language`, `stars` and more", each=True
        )
        repositories: list[JsonObject] = SchemaField(description="All of them")
        total: int = SchemaField(description="How many GitHub has found in all")
        error: str = SchemaField(description="Why it failed")

    test_input = [given(query="hello", sort="stars"), given(query="wrong:")]
    test_output = [
        [("repository", _SHORT_REPOSITORY), ("repositories", [_SHORT_REPOSITORY]), ("total", 1)],
        [("error", says("q is not valid"))],
    ]
    test_mock = answering(
        {
            "GET /search/repositories?q=hello&sort=stars&per_page=30": {
                "total_count": 1,
                "items": [_RAW_REPOSITORY],
            },
            "GET /search/repositories?q=wrong%3A&per_page=30": _INVALID,
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        params = {"q": input_data.query, "sort": _sort(input_data.sort)}
        github = self.github(credentials)
        total, found = await github.search("/search/repositories", params, limit=input_data.limit)
        repositories = [short_repository(raw) for raw in found]
        for repository in repositories:
            yield "repository", repository
        yield "repositories", repositories
        yield "total", total


def _sort(chosen: str) -> str:
    """GitHub's best match is no value but the lack of one."""
    return "" if chosen == "best-match" else chosen


def _short_code(raw: JsonObject) -> JsonObject:
    return {
        "name": text(raw.get("name")),
        "path": text(raw.get("path")),
        "url": text(raw.get("html_url")),
        "repository": text(inner(raw.get("repository")).get("full_name")),
        "sha": text(raw.get("sha")),
    }

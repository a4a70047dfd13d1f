"""Repositories: about one, its branches."""

from __future__ import annotations

from typing import Any

from backend.blocks.github._api import GithubBlock, RepositoryInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import GONE, REPO, answering, given
from backend.blocks.github._shapes import inner, short_repository, text
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.github.addresses import Repository, quoted_path, repository_of
from backend.integrations.github.client import GithubClient
from backend.util.errors import BlockError, ProviderError, ProviderNotFound

_PATH = "/repos/octocat/hello"
_RAW: JsonObject = {
    "full_name": "octocat/hello", "html_url": REPO, "description": None, "language": "Python",
    "stargazers_count": 80, "forks_count": 9, "open_issues_count": 2, "default_branch": "main",
    "topics": ["api"], "private": False, "archived": False, "updated_at": "2025-07-01T10:00:00Z",
}  # fmt: skip
_SHORT: JsonObject = {
    "full_name": "octocat/hello", "url": REPO, "description": "", "language": "Python", "stars": 80, "forks": 9,
    "open_issues": 2, "default_branch": "main", "topics": ["api"], "is_private": False, "is_archived": False,
    "updated_at": "2025-07-01T10:00:00Z",
}  # fmt: skip


class GithubGetRepositoryBlock(GithubBlock):
    """Get what GitHub knows of a repository: description, default branch, stars and more."""

    id = "951b6643-f58b-4228-b7ba-00563dcca458"
    icon = "book-marked"

    class Input(RepositoryInput):
        pass

    class Output(BlockSchema):
        repository: JsonObject = SchemaField(
            description=(
                "`full_name`, `url`, `description`, `language`, `stars`, `forks`, `open_issues` (with pull requests), "
                "`default_branch`, `topics`, `is_private`, `is_archived`, `updated_at`"
            )
        )
        default_branch: str = SchemaField(description="The branch that counts unless one is named")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=f"{REPO}.git"),
        given(repo_url="git@github.com:octocat/hello.git"),
        given(repo_url=GONE),
        given(repo_url="octocat"),
    ]
    test_output = [
        [("repository", _SHORT), ("default_branch", "main")],
        [("repository", _SHORT), ("default_branch", "main")],
        [("error", says("not there"))],
        [("error", says("no repository", "owner/name"))],
    ]
    test_mock = answering({f"GET {_PATH}": _RAW})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        raw = await self.github(credentials).get(repository_of(input_data.repo_url).path)
        yield "repository", short_repository(raw)
        yield "default_branch", text(raw.get("default_branch"))


class GithubListBranchesBlock(GithubBlock):
    """List one page of a repository's branches: as a list, then one by one."""

    id = "74243e49-2bec-4916-8bf4-db43d44aead5"
    icon = "git-branch"

    class Input(RepositoryInput):
        per_page: int = SchemaField(default=30, ge=1, le=100, description="How many a page has")
        page: int = SchemaField(default=1, ge=1, description="Which page, from 1")

    class Output(BlockSchema):
        branches: list[JsonObject] = SchemaField(description="All of the page")
        branch: JsonObject = SchemaField(description="One branch: `name`, `url`, `sha`", each=True)
        error: str = SchemaField(description="Why it failed")

    test_input = [given(repo_url=REPO), given(repo_url=REPO, per_page=1, page=2), given(repo_url=GONE)]
    test_output = [
        [
            ("branches", [{"name": "a/é", "url": f"{REPO}/tree/a/%C3%A9", "sha": "abc"}]),
            ("branch", {"name": "a/é", "url": f"{REPO}/tree/a/%C3%A9", "sha": "abc"}),
        ],
        [("branches", [])],
        [("error", says("not there"))],
    ]
    test_mock = answering(
        {
            f"GET {_PATH}/branches?per_page=30&page=1": [{"name": "a/é", "commit": {"sha": "abc"}}],
            f"GET {_PATH}/branches": [],
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        repository = repository_of(input_data.repo_url)
        params = {"per_page": input_data.per_page, "page": input_data.page}
        found = await self.github(credentials).page(f"{repository.path}/branches", params)
        branches = [_short_branch(repository, raw) for raw in found]
        yield "branches", branches
        for branch in branches:
            yield "branch", branch


class GithubMakeBranchBlock(GithubBlock):
    """Create a branch from another one. If it is there already and just there, nothing is changed."""

    id = "944cc076-95e7-4d1b-b6b6-b15d8ee5448d"
    icon = "git-branch-plus"
    differences = ("A branch that is there already, at the same commit, is no failure.",)

    class Input(RepositoryInput):
        new_branch: str = SchemaField(description="Its name", placeholder="mend", min_length=1)
        source_branch: str = SchemaField(
            description="The branch to start from", placeholder="main", min_length=1
        )

    class Output(BlockSchema):
        status: str = SchemaField(description="What was done, in a sentence")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=REPO, new_branch="mend", source_branch="main"),
        given(repo_url="octocat/again", new_branch="mend", source_branch="main"),
        given(repo_url="octocat/again", new_branch="old", source_branch="main"),
        given(repo_url=REPO, new_branch="mend", source_branch="no"),
    ]
    test_output = [
        [("status", says("mend", "main"))],
        [("status", says("mend", "main"))],
        [("error", says("'old'", "there already"))],
        [("error", says("no branch 'no'"))],
    ]
    test_mock = answering(
        {
            f"GET {_PATH}/git/ref/heads/main": {"object": {"sha": "abc"}},
            f"POST {_PATH}/git/refs": (201, {"ref": "refs/heads/mend"}),
            "GET /repos/octocat/again/git/ref/heads/main": {"object": {"sha": "abc"}},
            "GET /repos/octocat/again/git/ref/heads/mend": {"object": {"sha": "abc"}},
            "GET /repos/octocat/again/git/ref/heads/old": {"object": {"sha": "def"}},
            "POST /repos/octocat/again/git/refs": (422, {"message": "Reference already exists"}),
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        github, repository = self.github(credentials), repository_of(input_data.repo_url)
        new, source = input_data.new_branch.strip(), input_data.source_branch.strip()
        sha = await _commit_of(github, repository, source)
        if sha is None:
            raise BlockError(f"{repository} has no branch {source!r}, or the credential may not see it.")
        try:
            await github.send("POST", f"{repository.path}/git/refs", {"ref": f"refs/heads/{new}", "sha": sha})
        except ProviderError as error:
            known = await _commit_of(github, repository, new) if error.http_status == 422 else None
            if known is None:
                raise
            if known != sha:
                raise BlockError(
                    f"The branch {new!r} is there already, at another commit than {source!r}. Choose another name."
                ) from error
        yield "status", f"{repository} has the branch {new!r}, from {source!r}."


async def _commit_of(github: GithubClient, repository: Repository, branch: str) -> str | None:
    """None: there is no such branch."""
    try:
        raw = await github.get(f"{repository.path}/git/ref/heads/{quoted_path(branch)}")
    except ProviderNotFound:
        return None
    return text(inner(raw.get("object")).get("sha"))


def _short_branch(repository: Repository, raw: JsonObject) -> JsonObject:
    """Source: https://docs.github.com/en/rest/branches/branches (2022-11-28)."""
    name = text(raw.get("name"))
    sha = text(inner(raw.get("commit")).get("sha"))
    return {"name": name, "url": f"{repository.url}/tree/{quoted_path(name)}", "sha": sha}

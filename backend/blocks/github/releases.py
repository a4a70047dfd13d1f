"""Releases of a repository: list, the latest, create."""

from __future__ import annotations

from typing import Any

from backend.blocks.github._api import MAX_ITEMS, GithubBlock, RepositoryInput
from backend.blocks.github._auth import GithubCredentials
from backend.blocks.github._samples import GONE, OCTOCAT, REPO, answering, given
from backend.blocks.github._shapes import number, short_release, text
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.integrations.github.addresses import quoted, repository_of
from backend.util.errors import ProviderError, ProviderNotFound

_RELEASES = "/repos/octocat/hello/releases"
_URL = f"{REPO}/releases/tag/v1.0"
_ASSET = f"{REPO}/releases/download/v1.0/a.bin"
_RAW: JsonObject = {
    "id": 5, "tag_name": "v1.0", "name": "One", "body": "First.", "html_url": _URL, "author": OCTOCAT,
    "draft": False, "prerelease": False, "published_at": "2025-07-01T10:00:00Z",
    "assets": [{"name": "a.bin", "browser_download_url": _ASSET, "size": 3}],
}  # fmt: skip
_SHORT: JsonObject = {
    "id": 5, "tag": "v1.0", "name": "One", "body": "First.", "url": _URL, "author": "octocat", "is_draft": False,
    "is_prerelease": False, "published_at": "2025-07-01T10:00:00Z",
    "assets": [{"name": "a.bin", "url": _ASSET, "size_bytes": 3}],
}  # fmt: skip
_SAID = (
    "One release: `id`, `tag`, `name`, `body`, `url`, `author`, `is_draft`, `is_prerelease`, `published_at`, "
    "`assets` (each with `name`, `url`, `size_bytes`)"
)


class GithubListReleasesBlock(GithubBlock):
    """List the releases of a repository, newest first: one by one, then as a list."""

    id = "0a1ff4a7-a8bd-4352-aa86-3d47fdad47ef"
    icon = "tags"

    class Input(RepositoryInput):
        limit: int = SchemaField(
            default=30, ge=1, le=MAX_ITEMS, description="How many at most", advanced=True
        )

    class Output(BlockSchema):
        release: JsonObject = SchemaField(description=_SAID, each=True)
        releases: list[JsonObject] = SchemaField(description="All of them")
        error: str = SchemaField(description="Why it failed")

    test_input = [given(repo_url=REPO), given(repo_url=GONE)]
    test_output = [[("release", _SHORT), ("releases", [_SHORT])], [("error", says("not there"))]]
    test_mock = answering({f"GET {_RELEASES}": [_RAW]})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        path = f"{repository_of(input_data.repo_url).path}/releases"
        found = await self.github(credentials).pages(path, limit=input_data.limit)
        releases = [short_release(raw) for raw in found]
        for release in releases:
            yield "release", release
        yield "releases", releases


class GithubGetLatestReleaseBlock(GithubBlock):
    """Get the latest release of a repository: neither a draft nor a preview."""

    id = "185b1f58-7c80-4f26-9b9d-597faa849278"
    icon = "package-check"

    class Input(RepositoryInput):
        pass

    class Output(BlockSchema):
        tag: str = SchemaField(description="Its tag, like v1.0")
        release: JsonObject = SchemaField(description=_SAID)
        error: str = SchemaField(description="Why it failed")

    test_input = [given(repo_url=REPO), given(repo_url="octocat/young"), given(repo_url=GONE)]
    test_output = [
        [("tag", "v1.0"), ("release", _SHORT)],
        [("error", says("octocat/young has no release"))],
        [("error", says("not there"))],
    ]
    test_mock = answering({f"GET {_RELEASES}/latest": _RAW, "GET /repos/octocat/young": {"full_name": "…"}})

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        github, repository = self.github(credentials), repository_of(input_data.repo_url)
        try:
            raw = await github.get(f"{repository.path}/releases/latest")
        except ProviderNotFound as error:
            await github.get(repository.path)  # it is the release that is not there, and not the repository
            raise ProviderNotFound(
                f"{repository} has no release yet. Use Github List Releases for drafts and previews.",
                http_status=error.http_status,
            ) from error
        yield "tag", text(raw.get("tag_name"))
        yield "release", short_release(raw)


class GithubCreateReleaseBlock(GithubBlock):
    """Create a release of a tag. A tag that is not there is made."""

    id = "edbd01d3-5e9b-4ceb-99b9-d735296274e4"
    icon = "package-plus"

    class Input(RepositoryInput):
        tag: str = SchemaField(description="The tag", placeholder="v1.0", min_length=1)
        name: str = SchemaField(default="", description="The title; empty: the tag")
        body: str = SchemaField(default="", description="What is new, in Markdown", format="long-text")
        target: str = SchemaField(
            default="", description="Branch or commit for a new tag; empty: the default branch", advanced=True
        )
        is_draft: bool = SchemaField(default=False, description="Do not publish it yet", advanced=True)
        is_prerelease: bool = SchemaField(default=False, description="It is a preview", advanced=True)
        with_generated_notes: bool = SchemaField(
            default=False, description="Let GitHub list what was merged", advanced=True
        )

    class Output(BlockSchema):
        id: int = SchemaField(description="The release's id")
        url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo_url=REPO, tag="v1.0", name="One", body="First."),
        given(repo_url="octocat/again", tag="v1.0", name="One", body="First."),
        given(repo_url="octocat/again", tag="v1.0", name="Two", body="First."),
        given(repo_url=GONE, tag="v1.0"),
    ]
    test_output = [
        [("id", 5), ("url", _URL)],
        [("id", 5), ("url", _URL)],
        [("error", says("tag_name exists already"))],
        [("error", says("not there"))],
    ]
    test_mock = answering(
        {
            f"POST {_RELEASES}": (201, _RAW),
            "POST /repos/octocat/again/releases": (
                422,
                {
                    "message": "Validation Failed",
                    "errors": [{"resource": "Release", "code": "already_exists", "field": "tag_name"}],
                },
            ),
            "GET /repos/octocat/again/releases/tags/v1.0": _RAW,
        }
    )

    async def run(
        self, input_data: Input, *, credentials: GithubCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        github, path = self.github(credentials), f"{repository_of(input_data.repo_url).path}/releases"
        body = _body(input_data)
        try:
            raw = await github.change("POST", path, body)
        except ProviderError as error:
            if error.http_status != 422:
                raise
            raw = await github.get(f"{path}/tags/{quoted(input_data.tag)}")
            if any(text(raw.get(name)) != body[name] for name in ("name", "body")):
                raise  # another release has the tag; the same one was made by an earlier attempt
        yield "id", number(raw.get("id"))
        yield "url", text(raw.get("html_url"))


def _body(given: GithubCreateReleaseBlock.Input) -> JsonObject:
    body: JsonObject = {
        "tag_name": given.tag,
        "name": given.name or given.tag,
        "body": given.body,
        "draft": given.is_draft,
        "prerelease": given.is_prerelease,
        "generate_release_notes": given.with_generated_notes,
    }
    return body | ({"target_commitish": given.target} if given.target else {})

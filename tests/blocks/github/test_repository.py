"""Blocks of files, branches, releases and the repository itself against a local GitHub."""

from __future__ import annotations

import base64
import os

import pytest

from backend.blocks.github.files import (
    GithubCreateFileBlock,
    GithubDeleteFileBlock,
    GithubReadFileBlock,
    GithubReadFolderBlock,
    GithubUpdateFileBlock,
)
from backend.blocks.github.releases import (
    GithubCreateReleaseBlock,
    GithubGetLatestReleaseBlock,
    GithubListReleasesBlock,
)
from backend.blocks.github.repositories import (
    GithubGetRepositoryBlock,
    GithubListBranchesBlock,
    GithubMakeBranchBlock,
)
from backend.blocks.github.search import GithubSearchCodeBlock, GithubSearchRepositoriesBlock
from backend.util.errors import BlockError, ProviderError, ProviderNotFound
from tests.blocks.github.conftest import Run
from tests.support.github_server import REPO, Github, refused


async def test_a_file_is_created_updated_read_and_deleted(github: Github, run: Run) -> None:
    at = {"repo_url": REPO, "file_path": "docs/größe #1?.md"}
    created = dict(await run(GithubCreateFileBlock(), **at, content="one", commit_message="Begin"))
    assert created["sha"] == "commit-1"
    assert github.commits[0]["message"] == "Begin"
    updated = dict(await run(GithubUpdateFileBlock(), **at, content="zwölf"))
    assert updated["sha"] == "commit-2"
    read = dict(await run(GithubReadFileBlock(), **at))
    assert (read["text_content"], read["size"]) == ("zwölf", 6)
    assert dict(await run(GithubDeleteFileBlock(), **at)) == {"is_deleted": True, "sha": "commit-3"}
    assert github.files == {}


async def test_the_same_change_again_makes_no_commit(github: Github, run: Run) -> None:
    at = {"repo_url": REPO, "file_path": "a.md"}
    created = await run(GithubCreateFileBlock(), **at, content="one")
    assert await run(GithubCreateFileBlock(), **at, content="one") == created
    assert await run(GithubUpdateFileBlock(), **at, content="one") == created
    await run(GithubDeleteFileBlock(), **at)
    assert dict(await run(GithubDeleteFileBlock(), **at)) == {"is_deleted": False, "sha": ""}
    assert len(github.commits) == 2


async def test_what_is_there_is_not_overwritten_and_what_is_not_there_not_updated(
    github: Github, run: Run
) -> None:
    github.files["a.md"] = b"one"
    with pytest.raises(BlockError, match="there already"):
        await run(GithubCreateFileBlock(), repo_url=REPO, file_path="a.md", content="two")
    with pytest.raises(BlockError, match="not there"):
        await run(GithubUpdateFileBlock(), repo_url=REPO, file_path="b.md", content="two")
    await run(GithubUpdateFileBlock(), repo_url=REPO, file_path="b.md", content="two", may_be_new=True)
    assert github.files == {"a.md": b"one", "b.md": b"two"}


async def test_a_file_that_somebody_changes_meanwhile_is_read_again(github: Github, run: Run) -> None:
    github.files["a.md"] = b"one"
    conflict = refused(409, "a.md does not match 5f2f16bfff90e6620509c0cf442e7a3586dad8fb")
    github.next("PUT", f"/repos/{REPO}/contents/a.md", conflict)
    await run(GithubUpdateFileBlock(), repo_url=REPO, file_path="a.md", content="two")
    assert github.files["a.md"] == b"two"
    github.next("PUT", f"/repos/{REPO}/contents/a.md", *[conflict] * 3)
    with pytest.raises(ProviderError, match="changed meanwhile") as caught:
        await run(GithubUpdateFileBlock(), repo_url=REPO, file_path="a.md", content="three")
    assert caught.value.http_status == 409


async def test_a_large_file_and_one_that_is_no_text_are_read_as_they_are(github: Github, run: Run) -> None:
    github.files["big.bin"] = b"\xff" + os.urandom(2 * 1_048_576)
    with pytest.raises(BlockError, match="no text"):
        await run(GithubReadFileBlock(), repo_url=REPO, file_path="big.bin")
    github.files["big.txt"] = b"ab" * 1_048_576
    given = await run(GithubReadFileBlock(), repo_url=REPO, file_path="big.txt")
    assert base64.b64decode(given[0][1]) == github.files["big.txt"]
    assert given[2] == ("size", 2 * 1_048_576)


async def test_a_folder_gives_its_files_and_then_its_folders(github: Github, run: Run) -> None:
    github.files = {"a.md": b"a", "docs/b.md": b"bb", "docs/in/c.md": b"c", "docs/in/d.md": b"d"}
    assert await run(GithubReadFolderBlock(), repo_url=REPO, folder_path="docs") == [
        ("file", {"name": "b.md", "path": "docs/b.md", "size": 2}),
        ("dir", {"name": "in", "path": "docs/in"}),
    ]
    root = await run(GithubReadFolderBlock(), repo_url=REPO, folder_path="", branch="")
    assert [value["path"] for _, value in root] == ["a.md", "docs"]
    with pytest.raises(ProviderNotFound):
        await run(GithubReadFolderBlock(), repo_url=REPO, folder_path="docs", branch="no")
    with pytest.raises(BlockError, match="folder"):
        await run(GithubReadFileBlock(), repo_url=REPO, file_path="docs")


@pytest.mark.parametrize("path", ["../../user", "docs/../../../user", "./a", "a/.."])
async def test_no_path_leads_out_of_the_repository(github: Github, run: Run, path: str) -> None:
    with pytest.raises(BlockError, match="Write the path from"):
        await run(GithubReadFileBlock(), repo_url=REPO, file_path=path)
    assert github.server.seen == []


async def test_a_branch_is_made_once(github: Github, run: Run) -> None:
    made = {"repo_url": REPO, "new_branch": "a/b", "source_branch": "main"}
    first = await run(GithubMakeBranchBlock(), **made)
    assert await run(GithubMakeBranchBlock(), **made) == first
    assert github.branches["a/b"] == "sha-of-main"
    github.branches["main"] = "another"
    with pytest.raises(BlockError, match="another commit"):
        await run(GithubMakeBranchBlock(), **made)


async def test_one_page_of_the_branches_is_given(github: Github, run: Run) -> None:
    github.branches = {f"b{number}": "sha" for number in range(5)}
    found = await run(GithubListBranchesBlock(), repo_url=REPO, per_page=2, page=2)
    assert [one["name"] for one in found[0][1]] == ["b2", "b3"]


async def test_a_release_is_made_once_and_found(github: Github, run: Run) -> None:
    with pytest.raises(ProviderNotFound, match="no release yet"):
        await run(GithubGetLatestReleaseBlock(), repo_url=REPO)
    first = await run(GithubCreateReleaseBlock(), repo_url=REPO, tag="v1/ö", body="First.")
    assert await run(GithubCreateReleaseBlock(), repo_url=REPO, tag="v1/ö", body="First.") == first
    with pytest.raises(ProviderError, match="exists already"):
        await run(GithubCreateReleaseBlock(), repo_url=REPO, tag="v1/ö", body="Second.")
    await run(GithubCreateReleaseBlock(), repo_url=REPO, tag="v2", is_prerelease=True)
    latest = await run(GithubGetLatestReleaseBlock(), repo_url=REPO)
    assert latest[0] == ("tag", "v1/ö")
    listed = await run(GithubListReleasesBlock(), repo_url=REPO)
    assert [one["tag"] for one in listed[-1][1]] == ["v2", "v1/ö"]


async def test_a_repository_is_known(github: Github, run: Run) -> None:
    found = dict(await run(GithubGetRepositoryBlock(), repo_url=f"https://github.com/{REPO}"))
    assert (found["default_branch"], found["repository"]["stars"]) == ("main", 80)


async def test_code_is_found_by_its_words_over_all_pages_up_to_the_limit(github: Github, run: Run) -> None:
    github.files = {f"src/größe {number}.py": b"def size(): ..." for number in range(120)} | {"a.md": b"none"}
    found = await run(GithubSearchCodeBlock(), query=f"size repo:{REPO}", limit=110)
    assert [pin for pin, _ in found] == [*["file"] * 110, "files", "total"]
    assert found[0][1] == {
        "name": "größe 0.py",
        "path": "src/größe 0.py",
        "url": f"https://github.com/{REPO}/blob/main/src/größe 0.py",
        "repository": REPO,
        "sha": found[0][1]["sha"],
    }
    assert len({one["path"] for one in dict(found)["files"]}) == 110
    assert found[-1] == ("total", 120)
    assert dict(await run(GithubSearchCodeBlock(), query="size repo:octocat/another")) == {
        "files": [],
        "total": 0,
    }


async def test_a_search_of_code_without_a_word_is_refused_with_its_reason(github: Github, run: Run) -> None:
    with pytest.raises(ProviderError, match="q does not exist") as caught:
        await run(GithubSearchCodeBlock(), query=f"repo:{REPO}")
    assert caught.value.http_status == 422


async def test_repositories_are_found_by_name_in_the_wanted_order(github: Github, run: Run) -> None:
    name = REPO.partition("/")[2]
    found = await run(GithubSearchRepositoriesBlock(), query=f"{name} stars:>10", sort="stars")
    assert [pin for pin, _ in found] == ["repository", "repositories", "total"]
    assert (found[0][1]["full_name"], found[0][1]["stars"]) == (REPO, 80)
    assert github.server.seen[-1].query["sort"] == ["stars"]
    assert dict(await run(GithubSearchRepositoriesBlock(), query="nothing-like-it")) == {
        "repositories": [],
        "total": 0,
    }

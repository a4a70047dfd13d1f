"""Blocks of pull requests against a local GitHub."""

from __future__ import annotations

import pytest

from backend.blocks.github.pull_requests import (
    GithubListPullRequestFilesBlock,
    GithubListPullRequestsBlock,
    GithubMakePullRequestBlock,
    GithubReadPullRequestBlock,
)
from backend.blocks.github.reviews import (
    GithubCommentOnLineBlock,
    GithubMergePullRequestBlock,
    GithubReviewPullRequestBlock,
)
from backend.util.errors import ProviderError
from tests.blocks.github.conftest import Run
from tests.support.github_server import REPO, Github

PULL = f"https://github.com/{REPO}/pull/1"
WANTED = {"repo_url": REPO, "title": "Mend it", "body": "b", "head": "mend", "base": "main"}


async def test_a_pull_request_is_opened_once_however_often_it_is_asked_for(github: Github, run: Run) -> None:
    first = await run(GithubMakePullRequestBlock(), **WANTED)
    assert first == [("number", 1), ("url", PULL)]
    assert await run(GithubMakePullRequestBlock(), **WANTED) == first
    assert len(github.pulls) == 1
    with pytest.raises(ProviderError, match="already exists") as caught:
        await run(GithubMakePullRequestBlock(), **{**WANTED, "title": "Another"})
    assert caught.value.http_status == 422


async def test_a_pull_request_is_read_with_its_changes(github: Github, run: Run) -> None:
    github.add_pull()
    github.pull_files = [
        {"filename": f"{number}.py", "status": "added", "additions": 1, "deletions": 0, "patch": "+a"}
        for number in range(150)
    ]
    read = dict(await run(GithubReadPullRequestBlock(), pr_url=PULL, include_pr_changes=True))
    assert read["title"] == "Mend it"
    assert "body" not in read
    assert read["changes"].count("File: ") == 150
    files = await run(GithubListPullRequestFilesBlock(), pr_url=PULL, limit=120)
    assert len(files[-1][1]) == 120
    assert files[0] == ("file", files[-1][1][0])


async def test_pull_requests_are_listed_by_state_and_base(github: Github, run: Run) -> None:
    github.add_pull("a")
    github.add_pull("b", base="dev")
    github.add_pull("c")["state"] = "closed"
    found = await run(GithubListPullRequestsBlock(), repo_url=REPO, base="main")
    assert [one["title"] for one in found[0][1]] == ["a"]


async def test_a_review_and_a_comment_on_a_line_arrive(github: Github, run: Run) -> None:
    github.add_pull()
    remark = {"path": "a.py", "line": 3, "body": "Why?", "ignored": 1}
    done = await run(GithubReviewPullRequestBlock(), pr_url=PULL, verdict="APPROVE", comments=[remark])
    assert ("state", "APPROVED") in done
    assert github.reviews[0]["comments"] == [{"path": "a.py", "line": 3, "body": "Why?"}]
    done = await run(GithubCommentOnLineBlock(), pr_url=PULL, file_path="a.py", line=3, comment="Why?")
    assert done[0] == ("id", 10)


async def test_a_merge_is_done_once_and_said_twice(github: Github, run: Run) -> None:
    github.add_pull()
    first = dict(await run(GithubMergePullRequestBlock(), pr_url=PULL, merge_method="squash"))
    assert (first["sha"], first["merged"]) == ("6dcb09b", True)
    again = dict(await run(GithubMergePullRequestBlock(), pr_url=PULL))
    assert (again["sha"], again["merged"]) == ("6dcb09b", True)


async def test_a_merge_that_cannot_be_says_why(github: Github, run: Run) -> None:
    github.add_pull()["mergeable"] = False
    with pytest.raises(ProviderError, match="not mergeable"):
        await run(GithubMergePullRequestBlock(), pr_url=PULL)

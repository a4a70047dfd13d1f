"""Blocks of issues, their comments, labels and assignees against a local GitHub."""

from __future__ import annotations

import pytest

from backend.blocks.github.assignees import GithubAssignIssueBlock, GithubUnassignIssueBlock
from backend.blocks.github.comments import (
    GithubCommentBlock,
    GithubListCommentsBlock,
    GithubUpdateCommentBlock,
)
from backend.blocks.github.issues import (
    GithubCloseIssueBlock,
    GithubListIssuesBlock,
    GithubMakeIssueBlock,
    GithubReadIssueBlock,
    GithubReopenIssueBlock,
    GithubUpdateIssueBlock,
)
from backend.blocks.github.labels import GithubAddLabelBlock, GithubRemoveLabelBlock
from backend.blocks.github.search import GithubSearchIssuesBlock
from backend.util.errors import BlockError, ProviderNotFound
from tests.blocks.github.conftest import Run
from tests.support.github_server import REPO, Github

ISSUE = f"https://github.com/{REPO}/issues/1"


async def test_an_issue_is_opened_read_changed_closed_and_reopened(github: Github, run: Run) -> None:
    made = await run(GithubMakeIssueBlock(), repo_url=REPO, title="Größe", body="Wrong", labels=["bug"])
    assert made == [("number", 1), ("url", ISSUE)]
    read = dict(await run(GithubReadIssueBlock(), issue_url=ISSUE))
    assert (read["title"], read["body"], read["user"]) == ("Größe", "Wrong", "octocat")
    assert read["issue"]["labels"] == ["bug"]
    await run(GithubUpdateIssueBlock(), issue_url=ISSUE, title="Size")
    assert (github.issues[1]["title"], github.issues[1]["body"]) == ("Size", "Wrong")
    await run(GithubCloseIssueBlock(), issue_url=ISSUE, reason="not_planned")
    assert (github.issues[1]["state"], github.issues[1]["state_reason"]) == ("closed", "not_planned")
    await run(GithubReopenIssueBlock(), issue_url=ISSUE)
    assert github.issues[1]["state"] == "open"


async def test_all_labels_can_be_taken_away(github: Github, run: Run) -> None:
    await run(GithubMakeIssueBlock(), repo_url=REPO, title="a", body="", labels=["bug"])
    await run(GithubUpdateIssueBlock(), issue_url=ISSUE, labels=[])
    assert github.issues[1]["labels"] == []


async def test_a_list_goes_over_as_many_pages_as_its_limit_takes(github: Github, run: Run) -> None:
    for number in range(1, 251):
        github.add_issue(f"Issue {number}")
    for limit, pages in ((30, 1), (100, 1), (101, 2), (1000, 3)):
        github.server.seen.clear()
        found = await run(GithubListIssuesBlock(), repo_url=REPO, limit=limit)
        titles = [one["title"] for one in found[0][1]]
        assert titles == [f"Issue {number}" for number in range(250, 0, -1)][:limit]
        assert [value for pin, value in found if pin == "issue"] == found[0][1]
        assert len(github.server.seen) == pages


async def test_a_list_keeps_what_is_asked_for(github: Github, run: Run) -> None:
    github.add_issue("a", is_pull=True)
    github.add_issue("b")["state"] = "closed"
    github.add_issue("c")
    found = await run(GithubListIssuesBlock(), repo_url=REPO, state="all", with_pull_requests=False)
    assert [one["title"] for one in found[0][1]] == ["c", "b"]


async def test_comments_are_written_changed_and_listed(github: Github, run: Run) -> None:
    github.add_issue("a")
    url = f"{ISSUE}#issuecomment-1"
    assert await run(GithubCommentBlock(), issue_url=ISSUE, comment="😀") == [("id", 1), ("url", url)]
    await run(GithubUpdateCommentBlock(), comment_url=url, comment="no")
    assert github.comments[1]["body"] == "no"
    await run(GithubUpdateCommentBlock(), issue_url=ISSUE, comment_id="1", comment="yes")
    found = await run(GithubListCommentsBlock(), issue_url=f"{REPO}#1")
    assert [pin for pin, _ in found] == ["comment", "comments"]
    assert found[0][1]["body"] == "yes"
    with pytest.raises(ProviderNotFound):
        await run(GithubUpdateCommentBlock(), issue_url=ISSUE, comment_id="2", comment="yes")


async def test_a_label_with_any_character_goes_on_and_off(github: Github, run: Run) -> None:
    github.add_issue("a")
    for name in ("good first issue", "a/b", "größe 😀", "50%", "#1?"):
        await run(GithubAddLabelBlock(), issue_url=ISSUE, label=name)
        assert [one["name"] for one in github.issues[1]["labels"]] == [name]
        await run(GithubRemoveLabelBlock(), issue_url=ISSUE, label=name)
        assert github.issues[1]["labels"] == []


async def test_a_label_that_is_not_there_is_gone_and_an_issue_that_is_not_there_is_a_failure(
    github: Github, run: Run
) -> None:
    github.add_issue("a")
    (status,) = await run(GithubRemoveLabelBlock(), issue_url=ISSUE, label="bug")
    assert "did not have" in status[1]
    with pytest.raises(ProviderNotFound):
        await run(GithubRemoveLabelBlock(), issue_url=f"{REPO}#9", label="bug")


async def test_whom_github_passes_over_is_a_failure(github: Github, run: Run) -> None:
    github.add_issue("a")
    await run(GithubAssignIssueBlock(), issue_url=ISSUE, assignee="octocat")
    with pytest.raises(BlockError, match="stranger"):
        await run(GithubAssignIssueBlock(), issue_url=ISSUE, assignee="stranger")
    await run(GithubUnassignIssueBlock(), issue_url=ISSUE, assignee="octocat")
    assert github.issues[1]["assignees"] == []


async def test_a_search_says_how_many_there_are(github: Github, run: Run) -> None:
    for number in range(120):
        github.add_issue(f"a {number}")
    found = await run(GithubSearchIssuesBlock(), query="a ", limit=110)
    assert found[-1] == ("total", 120)
    assert len(dict(found)["issues"]) == 110

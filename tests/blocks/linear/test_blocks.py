"""Linear's blocks against a local Linear."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import execute_sync, parse

from backend.blocks.linear import _queries as queries
from backend.blocks.linear import _samples as samples
from backend.blocks.linear._names import issue_id_of
from backend.blocks.linear.comments import LinearCreateCommentBlock
from backend.blocks.linear.issues import LinearCreateIssueBlock, LinearReadIssueBlock, LinearUpdateIssueBlock
from backend.blocks.linear.search import LinearSearchIssuesBlock
from backend.util.errors import CredentialsError, InvalidInput, ProviderError, ProviderNotFound, RateLimited
from tests.blocks.linear.conftest import Run
from tests.support.linear_schema import SCHEMA
from tests.support.linear_server import LinearServer
from tests.support.linear_workspace import refusal

_ID = "539068e2-ae88-4d09-bd75-22eb4a59612f"


async def test_an_issue_is_created_read_changed_commented_and_found(linear: LinearServer, run: Run) -> None:
    made = dict(
        await run(
            LinearCreateIssueBlock(),
            team="eng",
            title="Größe 😀",
            description="It is *wrong*.",
            priority="urgent",
            assignee="grace@example.com",
            labels=["bug", "Backend"],
            project="apollo",
        )
    )
    assert (made["identifier"], made["url"]) == ("ENG-1", "https://linear.app/acme/issue/ENG-1")
    issue = made["issue"]
    assert (issue["priority"], issue["priority_label"], issue["assignee"]) == (1, "Urgent", "Grace Hopper")
    assert (issue["labels"], issue["project"], issue["team"]) == (["Bug", "Backend"], "Apollo", "ENG")
    await run(LinearUpdateIssueBlock(), issue=made["identifier"], state="done", assignee="me", priority="low")
    await run(LinearCreateCommentBlock(), issue=made["url"], body="Mended")
    read = dict(await run(LinearReadIssueBlock(), issue=made["id"]))
    assert (read["title"], read["state"], read["assignee"]) == ("Größe 😀", "Done", "Ada Lovelace")
    assert (read["issue"]["priority"], read["issue"]["completed_at"] != "") == (4, True)
    assert [one["body"] for one in read["comments"]] == ["Mended"]
    found = dict(await run(LinearSearchIssuesBlock(), text="größe"))
    assert found["issues"] == [read["issue"]]


# -- creating ----------------------------------------------------------------------------------------------


async def test_an_issue_needs_no_more_than_a_team_and_a_title(linear: LinearServer, run: Run) -> None:
    made = dict(await run(LinearCreateIssueBlock(), team="Operations", title="a"))
    assert (made["identifier"], made["issue"]["assignee"], made["issue"]["labels"]) == ("OPS-1", "", [])
    assert set(linear.calls("CreateIssue")[0]["input"]) == {"id", "teamId", "title", "priority"}


async def test_a_repetition_creates_no_second_issue(linear: LinearServer, run: Run) -> None:
    first = await run(LinearCreateIssueBlock(), team="ENG", title="a")
    assert await run(LinearCreateIssueBlock(), team="ENG", title="a") == first
    await run(LinearCreateIssueBlock(), key="run/node/1", team="ENG", title="a")
    assert [one["identifier"] for one in linear.workspace.issues] == ["ENG-1", "ENG-2"]


async def test_a_label_of_the_team_goes_before_that_of_another(linear: LinearServer, run: Run) -> None:
    await run(LinearCreateIssueBlock(), team="OPS", title="a", labels=["backend"])
    (label,) = linear.workspace.issues[0]["labelIds"]
    assert next(one for one in linear.workspace.labels if one["id"] == label)["team"]["key"] == "OPS"


async def test_ids_go_as_they_are_without_being_looked_up(linear: LinearServer, run: Run) -> None:
    acme = linear.workspace
    await run(
        LinearCreateIssueBlock(),
        team=acme.eng["id"],
        title="a",
        assignee=acme.grace["id"],
        labels=[acme.labels[0]["id"]],
        project=acme.projects[0]["id"],
    )
    assert [operation for operation, _, _ in linear.seen] == ["CreateIssue"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"team": "NOPE"}, r"no team 'NOPE'.* ENG \(Engineering\), OPS \(Operations\)"),
        ({"assignee": "nobody@example.com"}, "no active user 'nobody@example.com'"),
        ({"assignee": "charles@example.com"}, "no active user"),
        ({"labels": ["Bug", "Gone", "Lost"]}, "no label 'Gone', 'Lost'"),
        ({"labels": ["Area"]}, "no label 'Area'"),
        ({"project": "Mercury"}, "no project 'Mercury'"),
        ({"team": _ID}, "Could not find referenced Team"),
    ],
)
async def test_a_name_that_linear_does_not_have_is_told_before_anything_is_created(
    linear: LinearServer, run: Run, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ProviderNotFound, match=said):
        await run(LinearCreateIssueBlock(), **{"team": "ENG", "title": "a", **wrong})
    assert linear.workspace.issues == []


async def test_a_name_that_several_have_is_not_guessed(linear: LinearServer, run: Run) -> None:
    linear.workspace.add_user("Grace Hopper", "grace2")
    linear.workspace.add_project("Apollo")
    with pytest.raises(InvalidInput, match="more than one user 'Grace Hopper'"):
        await run(LinearCreateIssueBlock(), team="ENG", title="a", assignee="Grace Hopper")
    with pytest.raises(InvalidInput, match="more than one project 'Apollo'"):
        await run(LinearCreateIssueBlock(), team="ENG", title="a", project="Apollo")
    await run(LinearCreateIssueBlock(), team="ENG", title="a", assignee="@grace2")
    assert linear.workspace.issues[0]["assignee"]["displayName"] == "grace2"


# -- changing ----------------------------------------------------------------------------------------------


async def test_only_what_is_given_changes(linear: LinearServer, run: Run) -> None:
    acme = linear.workspace
    acme.add_issue("a", description="b", assigneeId=acme.ada["id"], priority=2)
    await run(LinearUpdateIssueBlock(), issue="ENG-1", title="c")
    assert linear.calls("UpdateIssue") == [{"id": "ENG-1", "input": {"title": "c"}}]
    assert [operation for operation, _, _ in linear.seen] == ["UpdateIssue"]


async def test_an_assignee_a_priority_and_labels_can_be_taken_away(linear: LinearServer, run: Run) -> None:
    acme = linear.workspace
    acme.add_issue("a", assigneeId=acme.ada["id"], priority=2, labelIds=[acme.labels[0]["id"]])
    made = await run(
        LinearUpdateIssueBlock(),
        issue="eng-1",
        assignee="Nobody",
        priority="none",
        add_labels=["feature"],
        remove_labels=["bug"],
    )
    issue = dict(made)["issue"]
    assert (issue["assignee"], issue["priority"], issue["labels"]) == ("", 0, ["Feature"])


async def test_a_state_is_looked_for_in_the_team_of_the_issue(linear: LinearServer, run: Run) -> None:
    linear.workspace.add_issue("a", team=linear.workspace.ops)
    made = dict(await run(LinearUpdateIssueBlock(), issue="OPS-1", state="in progress"))
    assert (made["issue"]["state"], made["issue"]["state_type"]) == ("In Progress", "started")
    with pytest.raises(ProviderNotFound, match=r"no state 'Doing'.*Todo, In Progress, Done, Canceled"):
        await run(LinearUpdateIssueBlock(), issue="OPS-1", state="Doing")


async def test_changing_nothing_is_a_failure_and_no_call(linear: LinearServer, run: Run) -> None:
    with pytest.raises(InvalidInput, match="nothing to change"):
        await run(LinearUpdateIssueBlock(), issue="ENG-1", title="", state=" ")
    assert linear.seen == []


# -- reading -----------------------------------------------------------------------------------------------


async def test_comments_come_oldest_first_and_one_by_one(linear: LinearServer, run: Run) -> None:
    issue = linear.workspace.add_issue("a")
    for number in range(60):
        linear.workspace.add_comment(issue, f"Comment {number}")
    found = await run(LinearReadIssueBlock(), issue="ENG-1", comment_limit=55)
    comments = dict(found)["comments"]
    assert [one["body"] for one in comments] == [f"Comment {number}" for number in range(5, 60)]
    assert [value for pin, value in found if pin == "comment"] == comments


async def test_a_comment_of_an_app_or_from_outside_has_its_name(linear: LinearServer, run: Run) -> None:
    issue = linear.workspace.add_issue("a")
    linear.workspace.add_comment(issue, "1", user=None, botActor={"name": "GitHub", "type": "integration"})
    outside = {"name": "Kay", "displayName": "kay", "id": "x"}
    linear.workspace.add_comment(issue, "2", user=None, externalUser=outside)
    comments = dict(await run(LinearReadIssueBlock(), issue="ENG-1"))["comments"]
    assert [(one["user"], one["user_email"]) for one in comments] == [("GitHub", ""), ("Kay", "")]


async def test_what_is_empty_emits_nothing(linear: LinearServer, run: Run) -> None:
    linear.workspace.add_issue("a")
    found = await run(LinearReadIssueBlock(), issue="ENG-1")
    assert [pin for pin, _ in found] == ["title", "state", "url", "issue", "comments"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("LIN-123", "LIN-123"),
        (" lin-123 ", "LIN-123"),
        ("A2B-1", "A2B-1"),
        ("https://linear.app/acme/issue/LIN-123/mend-it", "LIN-123"),
        ("https://linear.app/acme/issue/LIN-123#comment-1", "LIN-123"),
        (_ID.upper(), _ID),
    ],
)
def test_an_issue_is_named_by_identifier_address_or_id(written: str, meant: str) -> None:
    assert issue_id_of(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", "123", "LIN-", "LIN-0", "LIN 123", "https://example.com/acme/issue/LIN-123", "LIN-1\nLIN-2"],
)
def test_what_names_no_issue_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(InvalidInput, match="LIN-123, or its address"):
        issue_id_of(written)


# -- finding -----------------------------------------------------------------------------------------------


async def test_a_search_keeps_to_team_state_and_assignee(linear: LinearServer, run: Run) -> None:
    acme = linear.workspace
    acme.add_issue("one", assigneeId=acme.ada["id"])
    acme.add_issue("two", team=acme.ops, assigneeId=acme.grace["id"])
    acme.add_issue("three")
    await run(LinearUpdateIssueBlock(), issue="ENG-2", state="Done")

    async def found(**inputs: Any) -> list[str]:
        return [one["title"] for one in dict(await run(LinearSearchIssuesBlock(), **inputs))["issues"]]

    assert await found() == ["three", "two", "one"]
    assert await found(team="ops") == ["two"]
    assert await found(state="todo") == ["two", "one"]
    assert await found(assignee="me") == ["one"]
    assert await found(assignee="nobody") == ["three"]
    assert await found(team="ENG", state="Done", assignee="nobody") == ["three"]
    assert await found(text="t", team="ENG") == ["three"]
    assert await found(text="nothing of the kind") == []


async def test_a_search_goes_over_pages_and_says_that_there_is_more(linear: LinearServer, run: Run) -> None:
    for number in range(70):
        linear.workspace.add_issue(f"part {number}")
    for inputs in ({"text": "part"}, {}):
        found = await run(LinearSearchIssuesBlock(), limit=60, **inputs)
        assert len(dict(found)["issues"]) == 60
        assert [value for pin, value in found if pin == "issue"] == dict(found)["issues"]
        assert found[-1] == ("has_more", True)
    assert (await run(LinearSearchIssuesBlock(), limit=70))[-1] == ("has_more", False)


async def test_a_state_that_no_team_has_is_told_instead_of_finding_nothing(
    linear: LinearServer, run: Run
) -> None:
    with pytest.raises(ProviderNotFound, match=r"no state 'Doing'.*Todo, In Progress"):
        await run(LinearSearchIssuesBlock(), state="Doing")


# -- commenting --------------------------------------------------------------------------------------------


async def test_a_comment_can_answer_another(linear: LinearServer, run: Run) -> None:
    first = linear.workspace.add_comment(linear.workspace.add_issue("a"), "Why?")
    made = dict(await run(LinearCreateCommentBlock(), issue="ENG-1", body="So.", parent_id=first["id"]))
    assert made["comment"]["parent_id"] == first["id"]
    assert made["url"] == linear.workspace.comments[1]["url"]


async def test_a_repetition_writes_no_second_comment(linear: LinearServer, run: Run) -> None:
    linear.workspace.add_issue("a")
    linear.lose("CreateComment")
    first = await run(LinearCreateCommentBlock(), issue="ENG-1", body="Yes")
    assert await run(LinearCreateCommentBlock(), issue="ENG-1", body="Yes") == first
    assert len(linear.workspace.comments) == 1


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "operation", "inputs"),
    [
        (LinearCreateIssueBlock(), "CreateIssue", {"team": _ID, "title": "a"}),
        (LinearUpdateIssueBlock(), "UpdateIssue", {"issue": "ENG-1", "title": "a"}),
        (LinearReadIssueBlock(), "Issue", {"issue": "ENG-1"}),
        (LinearSearchIssuesBlock(), "Issues", {}),
        (LinearCreateCommentBlock(), "Issue", {"issue": "ENG-1", "body": "a"}),
    ],
    ids=lambda value: getattr(value, "name", None),
)
async def test_every_block_fails_with_the_refusal_of_linear(
    linear: LinearServer, run: Run, block: Any, operation: str, inputs: dict[str, Any]
) -> None:
    wrong_key = refusal("…", said="Log in.", kind="authentication error", code="AUTHENTICATION_ERROR")
    linear.refuse(operation, wrong_key, status=401)
    with pytest.raises(CredentialsError, match=r"Log in\."):
        await run(block, **inputs)
    linear.limit(operation, retry_after_s=5)
    with pytest.raises(RateLimited) as caught:
        await run(block, **inputs)
    assert caught.value.retry_after_s == 5
    linear.refuse(operation, refusal("…", said="Not so."))
    with pytest.raises(ProviderError, match=r"Not so\."):
        await run(block, **inputs)


# -- the examples of the blocks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "data"),
    [
        (queries.ISSUE, {"issue": samples.RAW_ISSUE}),
        (queries.ISSUES, {"issues": samples.page(samples.RAW_ISSUE)}),
        (queries.SEARCH_ISSUES, {"searchIssues": samples.page(samples.RAW_ISSUE)}),
        (queries.ISSUE_COMMENTS, {"issue": {"comments": samples.page(samples.RAW_COMMENT)}}),
        (queries.COMMENT, {"comment": samples.RAW_COMMENT}),
        (queries.CREATE_ISSUE, {"issueCreate": {"success": True, "issue": samples.RAW_ISSUE}}),
        (queries.UPDATE_ISSUE, {"issueUpdate": {"success": True, "issue": samples.RAW_ISSUE}}),
        (queries.CREATE_COMMENT, {"commentCreate": {"success": True, "comment": samples.RAW_COMMENT}}),
        (queries.TEAMS, samples.NAMES["Teams"]),
        (queries.USERS, samples.NAMES["Users"]),
        (queries.WORKFLOW_STATES, samples.NAMES["WorkflowStates"]),
        (queries.ISSUE_LABELS, samples.NAMES["IssueLabels"]),
        (queries.PROJECTS, samples.NAMES["Projects"]),
    ],
    ids=lambda value: value.split("(")[0] if isinstance(value, str) else "",
)
def test_an_example_answers_what_its_document_asks_for(document: str, data: dict[str, Any]) -> None:
    inputs = {"id": "", "first": 1, "term": "", "input": {"teamId": ""}}
    if "CommentCreateInput" in document or "IssueUpdateInput" in document:
        inputs["input"] = {}
    result = execute_sync(SCHEMA, parse(document), data, variable_values=inputs)
    assert (result.errors, result.data) == (None, data)

"""What happens on GitHub starts a graph: pull requests, issues, comments.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from typing import Any

from backend.blocks.github._events import (
    GithubTrigger,
    IssueCommentEvents,
    IssuesEvents,
    PullRequestEvents,
    TriggerInput,
    listens,
    part,
    sender,
)
from backend.blocks.github._samples import (
    COMMENT_URL,
    ISSUE,
    OCTOCAT,
    PULL,
    RAW_COMMENT,
    RAW_ISSUE,
    RAW_PULL,
    given,
)
from backend.blocks.github._shapes import label_names, login, number, objects, text
from backend.data.block import BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField

_REPO = "octocat/hello"
_OPENED_PULL: JsonObject = {"action": "opened", "number": 2, "pull_request": RAW_PULL, "sender": OCTOCAT}
_LABELED_ISSUE: JsonObject = {"action": "labeled", "issue": RAW_ISSUE, "sender": OCTOCAT}
_COMMENTED: JsonObject = {
    "action": "created", "issue": RAW_ISSUE, "comment": RAW_COMMENT, "sender": OCTOCAT,
}  # fmt: skip


class GithubPullRequestTriggerBlock(GithubTrigger):
    """Start when something happens to a pull request."""

    id = "6c60ec01-8128-419e-988f-96a063ee2fea"
    icon = "git-pull-request-arrow"
    webhook_config = listens("pull_request.{event}")

    class Input(TriggerInput):
        events: PullRequestEvents = SchemaField(description="What has to happen: the actions that are true")

    class Output(BlockSchema):
        payload: JsonObject = SchemaField(description="The whole event as GitHub sent it")
        triggered_by_user: JsonObject = SchemaField(description="Who did it: GitHub's account")
        event: str = SchemaField(description="What was done, like opened")
        number: int = SchemaField(description="The number of the pull request")
        pull_request: JsonObject = SchemaField(description="The whole pull request")
        pull_request_url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo=_REPO, events={"opened": True}, payload=_OPENED_PULL),
        given(repo=_REPO, events={"opened": True}, payload=_LABELED_ISSUE),
    ]
    test_output = [
        [
            ("payload", _OPENED_PULL),
            ("triggered_by_user", OCTOCAT),
            ("event", "opened"),
            ("number", 2),
            ("pull_request", RAW_PULL),
            ("pull_request_url", PULL),
        ],
        [("error", says("pull_request"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        pull = part(payload, "pull_request")
        yield "payload", payload
        yield "triggered_by_user", sender(payload)
        yield "event", text(payload.get("action"))
        yield "number", number(payload.get("number"))
        yield "pull_request", pull
        yield "pull_request_url", text(pull.get("html_url"))


class GithubIssuesTriggerBlock(GithubTrigger):
    """Start when something happens to an issue."""

    id = "b2605464-e486-4bf4-aad3-d8a213c8a48a"
    icon = "circle-dot"
    differences = ("`labels` has the names of labels, and `assignees` logins.",)
    webhook_config = listens("issues.{event}")

    class Input(TriggerInput):
        events: IssuesEvents = SchemaField(description="What has to happen: the actions that are true")

    class Output(BlockSchema):
        payload: JsonObject = SchemaField(description="The whole event as GitHub sent it")
        triggered_by_user: JsonObject = SchemaField(description="Who did it: GitHub's account")
        event: str = SchemaField(description="What was done, like opened")
        number: int = SchemaField(description="The number of the issue")
        issue: JsonObject = SchemaField(description="The whole issue")
        issue_url: str = SchemaField(description="Its address")
        issue_title: str = SchemaField(description="Its title")
        issue_body: str = SchemaField(description="Its text, in Markdown")
        labels: list[str] = SchemaField(description="The names of its labels")
        assignees: list[str] = SchemaField(description="The logins of those it is assigned to")
        state: str = SchemaField(description="open or closed")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo=_REPO, events={"labeled": True}, payload=_LABELED_ISSUE),
        given(repo=_REPO, events={}, payload={"zen": "Keep it logically awesome."}),
    ]
    test_output = [
        [
            ("payload", _LABELED_ISSUE),
            ("triggered_by_user", OCTOCAT),
            ("event", "labeled"),
            ("number", 1),
            ("issue", RAW_ISSUE),
            ("issue_url", ISSUE),
            ("issue_title", "Größe"),
            ("issue_body", "It is wrong."),
            ("labels", ["bug"]),
            ("assignees", ["octocat"]),
            ("state", "open"),
        ],
        [("error", says("issue"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        issue = part(payload, "issue")
        yield "payload", payload
        yield "triggered_by_user", sender(payload)
        yield "event", text(payload.get("action"))
        yield "number", number(issue.get("number"))
        yield "issue", issue
        yield "issue_url", text(issue.get("html_url"))
        yield "issue_title", text(issue.get("title"))
        yield "issue_body", text(issue.get("body"))
        yield "labels", label_names(issue)
        yield "assignees", [login(one) for one in objects(issue.get("assignees"))]
        yield "state", text(issue.get("state"))


class GithubIssueCommentTriggerBlock(GithubTrigger):
    """Start when somebody comments on an issue or a pull request, or changes a comment."""

    id = "ee62a71a-28c9-4b9f-a103-5b814ef2be0f"
    icon = "message-square"
    webhook_config = listens("issue_comment.{event}")

    class Input(TriggerInput):
        events: IssueCommentEvents = SchemaField(description="What has to happen: the actions that are true")

    class Output(BlockSchema):
        payload: JsonObject = SchemaField(description="The whole event as GitHub sent it")
        triggered_by_user: JsonObject = SchemaField(description="Who did it: GitHub's account")
        event: str = SchemaField(description="What was done: created, edited or deleted")
        comment: str = SchemaField(description="The comment's text, in Markdown")
        comment_url: str = SchemaField(description="Its address")
        author: str = SchemaField(description="The login of who wrote it")
        number: int = SchemaField(description="The number of the issue or pull request")
        issue_url: str = SchemaField(description="The address of the issue or pull request")
        is_pull_request: bool = SchemaField(description="Whether it is on a pull request")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo=_REPO, events={"created": True}, payload=_COMMENTED),
        given(repo=_REPO, events={"created": True}, payload=_LABELED_ISSUE),
    ]
    test_output = [
        [
            ("payload", _COMMENTED),
            ("triggered_by_user", OCTOCAT),
            ("event", "created"),
            ("comment", "Yes"),
            ("comment_url", COMMENT_URL),
            ("author", "octocat"),
            ("number", 1),
            ("issue_url", ISSUE),
            ("is_pull_request", False),
        ],
        [("error", says("comment"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        issue, comment = part(payload, "issue"), part(payload, "comment")
        yield "payload", payload
        yield "triggered_by_user", sender(payload)
        yield "event", text(payload.get("action"))
        yield "comment", text(comment.get("body"))
        yield "comment_url", text(comment.get("html_url"))
        yield "author", login(comment.get("user"))
        yield "number", number(issue.get("number"))
        yield "issue_url", text(issue.get("html_url"))
        yield "is_pull_request", "pull_request" in issue

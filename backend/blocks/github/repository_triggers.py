"""What happens to a repository on GitHub starts a graph: pushes, releases, stars, and anything else.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from typing import Any

from backend.blocks.github._events import (
    GithubTrigger,
    ReleaseEvents,
    StarEvents,
    TriggerInput,
    listens,
    part,
    sender,
)
from backend.blocks.github._samples import OCTOCAT, REPO, given
from backend.blocks.github._shapes import inner, number, objects, text
from backend.data.block import BlockOutput
from backend.data.examples import says
from backend.data.json_types import as_list
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError

_REPO = "octocat/hello"
_REPOSITORY: JsonObject = {"full_name": _REPO, "html_url": REPO, "stargazers_count": 81}
_COMMIT: JsonObject = {
    "id": "c2", "message": "Mend it", "url": f"{REPO}/commit/c2", "author": {"name": "Octocat"},
    "added": [], "removed": [], "modified": ["a.py"],
}  # fmt: skip
_PUSHED: JsonObject = {
    "ref": "refs/heads/a/main", "before": "c1", "after": "c2", "compare": f"{REPO}/compare/c1...c2",
    "commits": [_COMMIT], "pusher": {"name": "octocat"}, "repository": _REPOSITORY, "sender": OCTOCAT,
}  # fmt: skip
_RELEASE: JsonObject = {
    "id": 5,
    "tag_name": "v1.0",
    "name": None,
    "body": "First.",
    "html_url": f"{REPO}/releases/tag/v1.0",
}
_RELEASED: JsonObject = {
    "action": "published", "release": _RELEASE, "repository": _REPOSITORY, "sender": OCTOCAT,
}  # fmt: skip
_STARRED: JsonObject = {
    "action": "created", "starred_at": "2025-07-01T10:00:00Z", "repository": _REPOSITORY, "sender": OCTOCAT,
}  # fmt: skip


class GithubPushTriggerBlock(GithubTrigger):
    """Start when commits, a branch or a tag are pushed."""

    id = "8dfe53f4-c5d4-44a8-89f6-c4dc305c63bf"
    icon = "git-commit-horizontal"
    webhook_config = listens("{event}")

    class Input(TriggerInput):
        events: list[str] = SchemaField(
            default_factory=lambda: ["push"], hidden=True, description="Pushes have no actions"
        )

    class Output(BlockSchema):
        payload: JsonObject = SchemaField(description="The whole event as GitHub sent it")
        triggered_by_user: JsonObject = SchemaField(description="Who did it: GitHub's account")
        ref: str = SchemaField(description="What was pushed to, like refs/heads/main or refs/tags/v1.0")
        branch: str = SchemaField(description="The branch's name; empty for a tag")
        commit_sha: str = SchemaField(description="The commit it is at now; only zeros: it was deleted")
        commits: list[JsonObject] = SchemaField(
            description="The commits as GitHub sent them, oldest first, up to 2,048"
        )
        changed_files: list[str] = SchemaField(description="Paths that the commits add, change or remove")
        compare_url: str = SchemaField(description="The address that shows the difference")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo=_REPO, payload=_PUSHED),
        given(repo=_REPO, payload={**_PUSHED, "ref": "refs/tags/v1", "commits": []}),
        given(repo=_REPO, payload=_STARRED),
    ]
    test_output = [
        [
            ("payload", _PUSHED),
            ("triggered_by_user", OCTOCAT),
            ("ref", "refs/heads/a/main"),
            ("branch", "a/main"),
            ("commit_sha", "c2"),
            ("commits", [_COMMIT]),
            ("changed_files", ["a.py"]),
            ("compare_url", f"{REPO}/compare/c1...c2"),
        ],
        [
            ("payload", {**_PUSHED, "ref": "refs/tags/v1", "commits": []}),
            ("triggered_by_user", OCTOCAT),
            ("ref", "refs/tags/v1"),
            ("branch", ""),
            ("commit_sha", "c2"),
            ("commits", []),
            ("changed_files", []),
            ("compare_url", f"{REPO}/compare/c1...c2"),
        ],
        [("error", says("no push"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        ref, commits = text(payload.get("ref")), objects(payload.get("commits"))
        if not ref:
            raise BlockError("The payload is no push. Publish the graph and let GitHub start it.")
        yield "payload", payload
        yield "triggered_by_user", sender(payload)
        yield "ref", ref
        yield "branch", ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else ""
        yield "commit_sha", text(payload.get("after"))
        yield "commits", commits
        yield "changed_files", _changed(commits)
        yield "compare_url", text(payload.get("compare"))


class GithubReleaseTriggerBlock(GithubTrigger):
    """Start when something happens to a release."""

    id = "4105c258-e286-4886-ac5d-da166a35fb9a"
    icon = "package-open"
    webhook_config = listens("release.{event}")

    class Input(TriggerInput):
        events: ReleaseEvents = SchemaField(description="What has to happen: the actions that are true")

    class Output(BlockSchema):
        payload: JsonObject = SchemaField(description="The whole event as GitHub sent it")
        triggered_by_user: JsonObject = SchemaField(description="Who did it: GitHub's account")
        event: str = SchemaField(description="What was done, like published")
        release: JsonObject = SchemaField(description="The whole release")
        tag: str = SchemaField(description="Its tag, like v1.0")
        name: str = SchemaField(description="Its title, else its tag")
        body: str = SchemaField(description="Its text, in Markdown")
        release_url: str = SchemaField(description="Its address")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo=_REPO, events={"published": True}, payload=_RELEASED),
        given(repo=_REPO, events={"published": True}, payload=_STARRED),
    ]
    test_output = [
        [
            ("payload", _RELEASED),
            ("triggered_by_user", OCTOCAT),
            ("event", "published"),
            ("release", _RELEASE),
            ("tag", "v1.0"),
            ("name", "v1.0"),
            ("body", "First."),
            ("release_url", f"{REPO}/releases/tag/v1.0"),
        ],
        [("error", says("release"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        release = part(payload, "release")
        yield "payload", payload
        yield "triggered_by_user", sender(payload)
        yield "event", text(payload.get("action"))
        yield "release", release
        yield "tag", text(release.get("tag_name"))
        yield "name", text(release.get("name")) or text(release.get("tag_name"))
        yield "body", text(release.get("body"))
        yield "release_url", text(release.get("html_url"))


class GithubStarTriggerBlock(GithubTrigger):
    """Start when somebody stars a repository, or takes the star back."""

    id = "c967f6dc-69a5-44f0-b49c-94122e3e2709"
    icon = "star"
    webhook_config = listens("star.{event}")

    class Input(TriggerInput):
        events: StarEvents = SchemaField(description="What has to happen: the actions that are true")

    class Output(BlockSchema):
        payload: JsonObject = SchemaField(description="The whole event as GitHub sent it")
        triggered_by_user: JsonObject = SchemaField(description="Who did it: GitHub's account")
        event: str = SchemaField(description="created or deleted")
        stars: int = SchemaField(description="How many the repository has now")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo=_REPO, events={"created": True}, payload=_STARRED),
        given(repo=_REPO, events={"created": True}, payload={"zen": "Design for failure."}),
    ]
    test_output = [
        [("payload", _STARRED), ("triggered_by_user", OCTOCAT), ("event", "created"), ("stars", 81)],
        [("error", says("repository"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        repository = part(payload, "repository")
        yield "payload", payload
        yield "triggered_by_user", sender(payload)
        yield "event", text(payload.get("action"))
        yield "stars", number(repository.get("stargazers_count"))


class GithubEventTriggerBlock(GithubTrigger):
    """Start when anything happens in a repository: name the events, or take all."""

    id = "b7a51063-770e-4046-8e2f-603409fc9053"
    icon = "webhook"
    webhook_config = listens("{event}")

    class Input(TriggerInput):
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="GitHub's names: workflow_run, or with an action workflow_run.completed; empty: all events",
            placeholder="workflow_run.completed",
        )

    class Output(BlockSchema):
        payload: JsonObject = SchemaField(description="The whole event as GitHub sent it")
        triggered_by_user: JsonObject = SchemaField(description="Who did it: GitHub's account")
        action: str = SchemaField(
            description="What was done, like completed; empty for events without actions"
        )
        repository: str = SchemaField(description="Where, as owner/name")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(repo=_REPO, events=["star"], payload=_STARRED),
        given(repo=_REPO, payload=_PUSHED),
        given(repo=_REPO, payload={}),
    ]
    test_output = [
        [("payload", _STARRED), ("triggered_by_user", OCTOCAT), ("action", "created"), ("repository", _REPO)],
        [("payload", _PUSHED), ("triggered_by_user", OCTOCAT), ("action", ""), ("repository", _REPO)],
        [("error", says("empty"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        if not payload:
            raise BlockError("The payload is empty. Publish the graph and let GitHub start it.")
        yield "payload", payload
        yield "triggered_by_user", sender(payload)
        yield "action", text(payload.get("action"))
        yield "repository", text(inner(payload.get("repository")).get("full_name"))


def _changed(commits: list[JsonObject]) -> list[str]:
    """Each path once, in the order of the commits."""
    found = (
        path
        for commit in commits
        for kind in ("added", "modified", "removed")
        for path in as_list(commit.get(kind)) or []
    )
    return list(dict.fromkeys(text(path) for path in found))

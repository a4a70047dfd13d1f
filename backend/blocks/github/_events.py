"""What GitHub's triggers share: the filter of each, and reading a payload."""

from __future__ import annotations

from pydantic import BaseModel

from backend.blocks.github._api import GithubInput
from backend.blocks.github._auth import TEST_CREDENTIALS
from backend.blocks.github._shapes import inner
from backend.data.block import Block, BlockCategory, BlockWebhookConfig
from backend.data.json_types import as_object
from backend.data.model import JsonObject, SchemaField
from backend.util.errors import BlockError


class GithubTrigger(Block):
    """A block that GitHub starts. All of a repository share one webhook there."""

    categories = {BlockCategory.DEVELOPER_TOOLS, BlockCategory.INPUT}
    test_credentials = TEST_CREDENTIALS
    pure = True


class TriggerInput(GithubInput):
    repo: str = SchemaField(
        description="The repository as owner/name; you need to administer it",
        placeholder="owner/repository",
    )
    payload: JsonObject = SchemaField(
        default_factory=dict[str, object], hidden=True, description="The event as it came"
    )


def listens(event_format: str) -> BlockWebhookConfig:
    """To what a repository sends, as far as the input `events` says."""
    return BlockWebhookConfig(
        provider="github",
        webhook_type="repo",
        resource_format="{repo}",
        event_filter_input="events",
        event_format=event_format,
    )


def part(payload: JsonObject, name: str) -> JsonObject:
    """The object that the event is about.

    Raises:
        BlockError: it is not there, so this is another event, or none.
    """
    found = as_object(payload.get(name))
    if found is None:
        raise BlockError(
            f"The payload has no {name!r}, so it is not an event for this block. Publish the graph and let "
            "GitHub start it, or replay a delivery."
        )
    return found


def sender(payload: JsonObject) -> JsonObject:
    """Who did it: GitHub's account."""
    return inner(payload.get("sender"))


class PullRequestEvents(BaseModel):
    """The actions of `pull_request`."""

    opened: bool = False
    edited: bool = False
    closed: bool = False
    reopened: bool = False
    synchronize: bool = False
    assigned: bool = False
    unassigned: bool = False
    labeled: bool = False
    unlabeled: bool = False
    converted_to_draft: bool = False
    locked: bool = False
    unlocked: bool = False
    enqueued: bool = False
    dequeued: bool = False
    milestoned: bool = False
    demilestoned: bool = False
    ready_for_review: bool = False
    review_requested: bool = False
    review_request_removed: bool = False
    auto_merge_enabled: bool = False
    auto_merge_disabled: bool = False


class IssuesEvents(BaseModel):
    """The actions of `issues`."""

    opened: bool = False
    edited: bool = False
    deleted: bool = False
    closed: bool = False
    reopened: bool = False
    assigned: bool = False
    unassigned: bool = False
    labeled: bool = False
    unlabeled: bool = False
    locked: bool = False
    unlocked: bool = False
    transferred: bool = False
    milestoned: bool = False
    demilestoned: bool = False
    pinned: bool = False
    unpinned: bool = False


class IssueCommentEvents(BaseModel):
    """The actions of `issue_comment`."""

    created: bool = False
    edited: bool = False
    deleted: bool = False


class ReleaseEvents(BaseModel):
    """The actions of `release`."""

    published: bool = False
    unpublished: bool = False
    created: bool = False
    edited: bool = False
    deleted: bool = False
    prereleased: bool = False
    released: bool = False


class StarEvents(BaseModel):
    """The actions of `star`."""

    created: bool = False
    deleted: bool = False

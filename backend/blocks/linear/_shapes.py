"""What of Linear's nested answers goes on: flat objects, the same wherever a thing is shown."""

from __future__ import annotations

from backend.data.json_parts import objects_at, text_at, value_at
from backend.data.model import JsonObject

ISSUE_IN_SHORT = (
    "In short: `id`, `identifier`, `title`, `description`, `url`, `branch_name`, `priority` (0 none, 1 urgent to "
    "4 low), `priority_label`, `estimate`, `due_date`, `state`, `state_type`, `team`, `team_id`, `assignee`, "
    "`assignee_email`, `creator`, `project`, `labels` (25 at most), `created_at`, `updated_at`, `completed_at`"
)
COMMENT_IN_SHORT = (
    "In short: `id`, `body`, `url`, `user`, `user_email`, `parent_id`, `created_at`, `updated_at`"
)


def short_issue(raw: JsonObject) -> JsonObject:
    """Empty texts stand for what Linear leaves null. Source: `Issue` in Linear's schema."""
    return {
        "id": text_at(raw, "id"),
        "identifier": text_at(raw, "identifier"),
        "title": text_at(raw, "title"),
        "description": text_at(raw, "description"),
        "url": text_at(raw, "url"),
        "branch_name": text_at(raw, "branchName"),
        "priority": _number_at(raw, "priority"),
        "priority_label": text_at(raw, "priorityLabel"),
        "estimate": value_at(raw, "estimate"),
        "due_date": text_at(raw, "dueDate"),
        "state": text_at(raw, "state", "name"),
        "state_type": text_at(raw, "state", "type"),
        "team": text_at(raw, "team", "key"),
        "team_id": text_at(raw, "team", "id"),
        "assignee": text_at(raw, "assignee", "name"),
        "assignee_email": text_at(raw, "assignee", "email"),
        "creator": text_at(raw, "creator", "name"),
        "project": text_at(raw, "project", "name"),
        "labels": [text_at(one, "name") for one in objects_at(raw, "labels", "nodes")],
        "created_at": text_at(raw, "createdAt"),
        "updated_at": text_at(raw, "updatedAt"),
        "completed_at": text_at(raw, "completedAt"),
    }


def short_comment(raw: JsonObject) -> JsonObject:
    """`user` is the person, else the app or the person outside of Linear who wrote it."""
    names = (text_at(raw, who, "name") for who in ("user", "externalUser", "botActor"))
    return {
        "id": text_at(raw, "id"),
        "body": text_at(raw, "body"),
        "url": text_at(raw, "url"),
        "user": next(filter(None, names), ""),
        "user_email": text_at(raw, "user", "email"),
        "parent_id": text_at(raw, "parent", "id"),
        "created_at": text_at(raw, "createdAt"),
        "updated_at": text_at(raw, "updatedAt"),
    }


def _number_at(raw: JsonObject, key: str) -> int:
    """Linear's schema has whole numbers as Float."""
    value = value_at(raw, key)
    return int(value) if isinstance(value, int | float) else 0

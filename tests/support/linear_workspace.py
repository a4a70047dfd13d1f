"""What the local Linear holds, and how it answers each field of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from graphql import GraphQLError

Json = dict[str, Any]
MOST_ITEMS = 250
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_PRIORITIES = ("No priority", "Urgent", "High", "Medium", "Low")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: bool(value == wanted),
    "neq": lambda value, wanted: bool(value != wanted),
    "in": lambda value, wanted: value in wanted,
    "nin": lambda value, wanted: value not in wanted,
    "eqIgnoreCase": lambda value, wanted: str(value).lower() == str(wanted).lower(),
    "contains": lambda value, wanted: str(wanted) in str(value),
    "containsIgnoreCase": lambda value, wanted: str(wanted).lower() in str(value).lower(),
}


def refusal(
    message: str, *, said: str, code: str = "INPUT_ERROR", kind: str = "invalid input", status: int = 400
) -> Json:
    """One of `errors`, with the extensions that Linear gives.

    Source: https://linear.app/developers/sdk-errors, https://linear.app/developers/rate-limiting.
    """
    extensions = {"code": code, "type": kind, "statusCode": status, "userError": status < 500}
    return {"message": message, "extensions": {**extensions, "userPresentableMessage": said}}


def refused(message: str, said: str, **more: Any) -> GraphQLError:
    return GraphQLError(message, extensions=refusal(message, said=said, **more)["extensions"])


def not_found(what: str) -> GraphQLError:
    return refused(f"Entity not found: {what}", f"Could not find referenced {what}.")


def fits(value: Any, wanted: Json | None) -> bool:
    """Whether a thing is what a filter describes; what is not there fits only `null: true`.

    Source: https://linear.app/developers/filtering
    """
    return all(_fits(value, key, one) for key, one in (wanted or {}).items() if one is not None)


def _fits(value: Any, key: str, wanted: Any) -> bool:
    if key in ("and", "or"):
        return (all if key == "and" else any)(fits(value, one) for one in wanted)
    if key == "null":
        return (value is None) is wanted
    if value is None:
        return False
    return fits(value.get(key), wanted) if isinstance(value, dict) else _COMPARE[key](value, wanted)


def page(items: list[Json], *, first: int | None = None, after: str | None = None, **_: Any) -> Json:
    """A connection. Source: https://linear.app/developers/pagination"""
    size = 50 if first is None else first
    if not 0 < size <= MOST_ITEMS:
        raise refused("Argument Validation Error", f"first must be between 1 and {MOST_ITEMS}.")
    start = 0
    if after is not None:
        start = next((place for place, one in enumerate(items, 1) if one["id"] == after), -1)
        if start < 0:
            raise refused("Argument Validation Error", "after must be a cursor.")
    shown = items[start : start + size]
    return {
        "nodes": shown,
        "edges": [{"cursor": one["id"], "node": one} for one in shown],
        "pageInfo": {
            "hasNextPage": start + size < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": shown[0]["id"] if shown else None,
            "endCursor": shown[-1]["id"] if shown else None,
        },
    }


class LinearWorkspace:
    """Acme, with the teams ENG and OPS, and Ada (whose key it is), Grace and Charles, who has left."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.ada = self._user("Ada Lovelace", "ada")
        self.grace = self._user("Grace Hopper", "grace")
        self.charles = self._user("Charles Babbage", "charles", active=False)
        self.users = [self.ada, self.grace, self.charles]
        self.eng, self.ops = self._team("ENG", "Engineering"), self._team("OPS", "Operations")
        self.teams = [self.eng, self.ops]
        self.states = [self._state(team, *one) for team in self.teams for one in _STATES]
        self.labels = [
            self._label("Bug", None),
            self._label("Feature", None),
            self._label("Backend", self.eng),
            self._label("Backend", self.ops),
            self._label("Area", None, is_group=True),
        ]
        self.projects = [self._project("Apollo"), self._project("Gemini")]
        self.issues: list[Json] = []
        self.comments: list[Json] = []

    # -- what tests put there ------------------------------------------------------------------------------

    def add_issue(self, title: str, *, team: Json | None = None, **fields: Any) -> Json:
        self.issue_create(None, {"title": title, "teamId": (team or self.eng)["id"], **fields})
        return self.issues[-1]

    def add_comment(self, issue: Json, body: str, **fields: Any) -> Json:
        self.comment_create(None, {"issueId": issue["id"], "body": body})
        self.comments[-1].update(fields)
        return self.comments[-1]

    def add_user(self, name: str, nick: str) -> Json:
        self.users.append(self._user(name, nick))
        return self.users[-1]

    def add_project(self, name: str) -> Json:
        self.projects.append(self._project(name))
        return self.projects[-1]

    # -- fields of Query and Mutation, as graphql-core calls them ------------------------------------------

    def root(self) -> Json:
        """The source of all answers."""
        return {
            "viewer": self.ada,
            "organization": {"id": self._id(), "name": "Acme", "urlKey": "acme"},
            "issue": lambda _, id: self._issue(id),
            "comment": lambda _, id=None, hash=None: self._by_id(self.comments, id, "Comment"),
            "issues": lambda _, **given: self._listed(self._newest("updatedAt"), given),
            "searchIssues": self.search,
            "teams": lambda _, **given: self._listed(self.teams, given),
            "users": lambda _, **given: self._listed(self.users, given),
            "workflowStates": lambda _, **given: self._listed(self.states, given),
            "issueLabels": lambda _, **given: self._listed(self.labels, given),
            "projects": lambda _, **given: self._listed(self.projects, given),
            "issueCreate": self.issue_create,
            "issueUpdate": self.issue_update,
            "commentCreate": self.comment_create,
        }

    def search(self, _: Any, term: str, **given: Any) -> Json:
        words = term.lower().split()
        found = [
            one
            for one in self._newest("updatedAt")
            if all(word in f"{one['title']} {one['description'] or ''}".lower() for word in words)
        ]
        listed = self._listed(found, given)
        return {**listed, "totalCount": len([one for one in found if fits(one, given.get("filter"))])}

    def issue_create(self, _: Any, input: Json) -> Json:
        given = {"priority": 0, **input}
        team = self._by_id(self.teams, given["teamId"], "Team")
        made_id = self._own_id(self.issues, given)
        number = 1 + sum(one["team"] is team for one in self.issues)
        identifier, now = f"{team['key']}-{number}", self._now()
        issue: Json = {
            "id": made_id, "number": number, "identifier": identifier, "team": team, "creator": self.ada,
            "title": "", "description": None, "assignee": None, "project": None, "dueDate": None, "estimate": None,
            "labelIds": [], "state": next(one for one in self.states if one["team"] is team), "createdAt": now,
            "updatedAt": now, "completedAt": None, "archivedAt": None, "botActor": None, "parent": None,
            "branchName": f"ada/{identifier.lower()}", "url": f"https://linear.app/acme/issue/{identifier}",
        }  # fmt: skip
        issue["labels"] = lambda _, **paging: self._listed(self._labels_of(issue), paging)
        issue["comments"] = lambda _, **paging: self._listed(self._comments_of(issue), paging)
        self._apply(issue, given)
        self.issues.append(issue)
        return {"success": True, "lastSyncId": next(self._numbers), "issue": issue}

    def issue_update(self, _: Any, id: str, input: Json) -> Json:
        issue = self._issue(id)
        self._apply(issue, input)
        issue["updatedAt"] = self._now()
        return {"success": True, "lastSyncId": next(self._numbers), "issue": issue}

    def comment_create(self, _: Any, input: Json) -> Json:
        made_id, issue = self._own_id(self.comments, input), self._issue(input.get("issueId"))
        if not input.get("body"):
            raise refused("Argument Validation Error", "body must not be empty.")
        parent = input.get("parentId")
        now = self._now()
        comment: Json = {
            "id": made_id, "body": input["body"], "issue": issue, "user": self.ada, "createdAt": now,
            "updatedAt": now, "url": f"{issue['url']}#comment-{made_id[:8]}", "botActor": None,
            "externalUser": None, "parent": parent and self._by_id(self.comments, parent, "Comment"),
        }  # fmt: skip
        self.comments.append(comment)
        return {"success": True, "lastSyncId": next(self._numbers), "comment": comment}

    # -- how it is kept ------------------------------------------------------------------------------------

    def _apply(self, issue: Json, given: Json) -> None:
        changed: Json = {
            key: given[key] for key in ("title", "description", "dueDate", "estimate") if key in given
        }
        if "title" in given and not (given["title"] or "").strip():
            raise refused("Argument Validation Error", "title must not be empty.")
        if given.get("priority") is not None:
            if given["priority"] not in range(5):
                raise refused("Argument Validation Error", "priority must not be greater than 4.")
            changed |= {"priority": given["priority"], "priorityLabel": _PRIORITIES[given["priority"]]}
        for key, field, things, what in (
            ("assigneeId", "assignee", self.users, "User"),
            ("projectId", "project", self.projects, "Project"),
            ("stateId", "state", self.states, "WorkflowState"),
        ):
            if key in given:
                changed[field] = given[key] and self._by_id(things, given[key], what)
        state: Json = changed.get("state") or issue["state"]
        if state["team"] is not issue["team"]:
            raise refused("Discrepancy between issue state and team.", "The state is of another team.")
        labels = set(given.get("labelIds") or issue["labelIds"]) | set(given.get("addedLabelIds") or ())
        labels -= set(given.get("removedLabelIds") or ())
        self._check_labels(labels, issue["team"])
        issue.update(changed, labelIds=[one["id"] for one in self.labels if one["id"] in labels])
        is_done = issue["state"]["type"] == "completed"
        issue["completedAt"] = (issue["completedAt"] or self._now()) if is_done else None

    def _check_labels(self, ids: set[str], team: Json) -> None:
        for one in [self._by_id(self.labels, label, "IssueLabel") for label in ids]:
            if one["team"] not in (None, team):
                raise refused("LabelIds for incorrect team.", "The label is of another team.")
            if one["isGroup"]:
                raise refused("The label is a group.", "A label group cannot be given to an issue.")

    def _listed(self, things: list[Json], given: Json) -> Json:
        return page([one for one in things if fits(one, given.get("filter"))], **given)

    def _issue(self, written: str | None) -> Json:
        for one in self.issues:
            if written is not None and (one["id"] == written or one["identifier"] == written.upper()):
                return one
        raise not_found("Issue")

    def _labels_of(self, issue: Json) -> list[Json]:
        return [one for one in self.labels if one["id"] in issue["labelIds"]]

    def _comments_of(self, issue: Json) -> list[Json]:
        found = [one for one in self.comments if one["issue"] is issue]
        return sorted(found, key=_created_at, reverse=True)

    def _newest(self, key: str) -> list[Json]:
        return sorted(self.issues, key=lambda one: str(one[key]), reverse=True)

    def _by_id(self, things: list[Json], id: str | None, what: str) -> Json:
        for one in things:
            if one["id"] == id:
                return one
        raise not_found(what)

    def _own_id(self, things: list[Json], given: Json) -> str:
        """Linear does not document in which words it refuses an id that it has; that it refuses is what counts."""
        wanted = given.get("id")
        if wanted is None:
            return self._id()
        if not _UUID4.fullmatch(wanted):
            raise refused("Argument Validation Error", "id must be a UUID.")
        if any(one["id"] == wanted for one in things):
            raise refused("Entity already exists", "There is one with this id.")
        return str(wanted)

    def _id(self) -> str:
        return str(UUID(int=next(self._numbers), version=4))

    def _now(self) -> str:
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(self._numbers))
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def _user(self, name: str, nick: str, *, active: bool = True) -> Json:
        return {
            "id": self._id(), "name": name, "displayName": nick, "email": f"{nick}@example.com", "active": active,
            "isMe": nick == "ada", "avatarUrl": f"https://example.com/{nick}.png", "admin": False, "app": False,
            "guest": False, "url": f"https://linear.app/acme/profiles/{nick}",
        }  # fmt: skip

    def _team(self, key: str, name: str) -> Json:
        return {"id": self._id(), "key": key, "name": name, "description": None}

    def _state(self, team: Json, name: str, kind: str) -> Json:
        return {
            "id": self._id(), "name": name, "type": kind, "team": team, "color": "#bec2c8", "position": 1.0,
        }  # fmt: skip

    def _label(self, name: str, team: Json | None, *, is_group: bool = False) -> Json:
        return {
            "id": self._id(), "name": name, "team": team, "isGroup": is_group, "color": "#bec2c8", "parent": None,
        }  # fmt: skip

    def _project(self, name: str) -> Json:
        slug = f"{name.lower()}-1"
        url = f"https://linear.app/acme/project/{slug}"
        return {"id": self._id(), "name": name, "slugId": slug, "url": url}


_STATES = (("Todo", "unstarted"), ("In Progress", "started"), ("Done", "completed"), ("Canceled", "canceled"))


def _created_at(one: Json) -> str:
    return str(one["createdAt"])

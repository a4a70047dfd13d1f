"""The local GitHub's issues, comments and pull requests."""

from __future__ import annotations

from tests.support import github_shapes as shapes
from tests.support.github_shapes import Json
from tests.support.github_state import (
    AT,
    NOT_FOUND,
    REPO,
    Github,
    Handle,
    created,
    invalid,
    paged,
    refused,
    route,
)
from tests.support.http_server import Answer, Seen


@route("GET", f"{AT}/issues")
def _issues(github: Github, request: Seen) -> Answer:
    state = request.query.get("state", ["open"])[0]
    wanted = {name for name in request.query.get("labels", [""])[0].split(",") if name}
    found = [
        one
        for one in github.issues.values()
        if state in ("all", one["state"]) and wanted <= {label["name"] for label in one["labels"]}
    ]
    return paged(request, found[::-1])


@route("POST", f"{AT}/issues")
def _open_issue(github: Github, request: Seen) -> Answer:
    said = request.json()
    made = github.add_issue(said["title"], said.get("body"))
    made["labels"] = [shapes.label(name) for name in said.get("labels", [])]
    return created(made)


def issue_of(handle: Handle) -> Handle:
    """Gives the issue instead of its number."""

    def checked(github: Github, request: Seen, number: str, *rest: str) -> Answer:
        found = github.issues.get(int(number))
        return NOT_FOUND if found is None else handle(github, request, found, *rest)

    return checked


@route("GET", f"{AT}/issues/{{}}")
@issue_of
def _read_issue(github: Github, request: Seen, issue: Json) -> Answer:
    return Answer.of_json(issue)


@route("PATCH", f"{AT}/issues/{{}}")
@issue_of
def _change_issue(github: Github, request: Seen, issue: Json) -> Answer:
    said = request.json()
    if "labels" in said:
        said["labels"] = [shapes.label(name) for name in said["labels"]]
    issue.update(said)
    return Answer.of_json(issue)


@route("GET", f"{AT}/issues/{{}}/comments")
@issue_of
def _comments(github: Github, request: Seen, issue: Json) -> Answer:
    return paged(request, [one for one in github.comments.values() if one["issue_url"] == issue["url"]])


@route("POST", f"{AT}/issues/{{}}/comments")
@issue_of
def _comment(github: Github, request: Seen, issue: Json) -> Answer:
    number = len(github.comments) + 1
    github.comments[number] = shapes.comment(REPO, issue["number"], number, request.json()["body"])
    return created(github.comments[number])


@route("PATCH", f"{AT}/issues/comments/{{}}")
def _change_comment(github: Github, request: Seen, number: str) -> Answer:
    found = github.comments.get(int(number))
    if found is None:
        return NOT_FOUND
    found["body"] = request.json()["body"]
    return Answer.of_json(found)


@route("POST", f"{AT}/issues/{{}}/labels")
@issue_of
def _add_labels(github: Github, request: Seen, issue: Json) -> Answer:
    has = {one["name"] for one in issue["labels"]}
    issue["labels"] += [shapes.label(name) for name in request.json()["labels"] if name not in has]
    return Answer.of_json(issue["labels"])


@route("DELETE", f"{AT}/issues/{{}}/labels/{{}}")
@issue_of
def _remove_label(github: Github, request: Seen, issue: Json, name: str) -> Answer:
    kept = [one for one in issue["labels"] if one["name"] != name]
    if len(kept) == len(issue["labels"]):
        return refused(404, "Label does not exist")
    issue["labels"] = kept
    return Answer.of_json(kept)


@route("POST", f"{AT}/issues/{{}}/assignees")
@issue_of
def _assign(github: Github, request: Seen, issue: Json) -> Answer:
    known = [login for login in request.json()["assignees"] if login == "octocat"]  # others are passed over
    issue["assignees"] = [shapes.user(login) for login in known]
    return created(issue)


@route("DELETE", f"{AT}/issues/{{}}/assignees")
@issue_of
def _unassign(github: Github, request: Seen, issue: Json) -> Answer:
    gone = set(request.json()["assignees"])
    issue["assignees"] = [one for one in issue["assignees"] if one["login"] not in gone]
    return Answer.of_json(issue)


@route("GET", f"{AT}/pulls")
def _pulls(github: Github, request: Seen) -> Answer:
    query = {name: values[0] for name, values in request.query.items()}
    found = [
        one
        for one in github.pulls.values()
        if query.get("state", "open") in ("all", one["state"])
        and query.get("head", one["head"]["label"]) == one["head"]["label"]
        and query.get("base", one["base"]["ref"]) == one["base"]["ref"]
    ]
    return paged(request, found[::-1])


@route("POST", f"{AT}/pulls")
def _open_pull(github: Github, request: Seen) -> Answer:
    said = request.json()
    if any(one["head"]["ref"] == said["head"] and one["state"] == "open" for one in github.pulls.values()):
        message = f"A pull request already exists for octocat:{said['head']}."
        return invalid(resource="PullRequest", code="custom", message=message)
    return created(github.add_pull(said["title"], said["body"], said["head"], said["base"]))


def pull_of(handle: Handle) -> Handle:
    """Gives the pull request instead of its number."""

    def checked(github: Github, request: Seen, number: str, *rest: str) -> Answer:
        found = github.pulls.get(int(number))
        return NOT_FOUND if found is None else handle(github, request, found, *rest)

    return checked


@route("GET", f"{AT}/pulls/{{}}")
@pull_of
def _read_pull(github: Github, request: Seen, pull: Json) -> Answer:
    return Answer.of_json(pull)


@route("GET", f"{AT}/pulls/{{}}/files")
@pull_of
def _pull_files(github: Github, request: Seen, pull: Json) -> Answer:
    return paged(request, github.pull_files)


@route("POST", f"{AT}/pulls/{{}}/reviews")
@pull_of
def _review(github: Github, request: Seen, pull: Json) -> Answer:
    states = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
    made = {**request.json(), "id": 80, "state": states[request.json()["event"]]}
    made["html_url"] = f"{pull['html_url']}#pullrequestreview-80"
    github.reviews.append(made)
    return Answer.of_json(made)


@route("POST", f"{AT}/pulls/{{}}/comments")
@pull_of
def _line_comment(github: Github, request: Seen, pull: Json) -> Answer:
    said = request.json()
    if said["commit_id"] != pull["head"]["sha"]:
        return invalid(resource="PullRequestReviewComment", code="invalid", field="commit_id")
    return created({**said, "id": 10, "html_url": f"{pull['html_url']}#discussion_r10"})


@route("PUT", f"{AT}/pulls/{{}}/merge")
@pull_of
def _merge(github: Github, request: Seen, pull: Json) -> Answer:
    if pull["merged"] or not pull["mergeable"]:
        return refused(405, "Pull Request is not mergeable")
    pull.update(merged=True, state="closed", merge_commit_sha="6dcb09b")
    return Answer.of_json({"sha": "6dcb09b", "merged": True, "message": "Pull Request successfully merged"})

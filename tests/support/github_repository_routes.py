"""The local GitHub's repository: branches, releases, files, webhooks; and search."""

from __future__ import annotations

import base64
import hashlib

from tests.support import github_shapes as shapes
from tests.support.github_shapes import Json
from tests.support.github_state import (
    AT,
    NOT_FOUND,
    REPO,
    Github,
    created,
    invalid,
    paged,
    refused,
    route,
)
from tests.support.http_server import Answer, Seen


@route("GET", "/user")
def _user(github: Github, request: Seen) -> Answer:
    return Answer.of_json(shapes.user("octocat"))


@route("GET", AT)
def _repository(github: Github, request: Seen) -> Answer:
    return Answer.of_json(shapes.repository(REPO))


@route("GET", f"{AT}/branches")
def _branches(github: Github, request: Seen) -> Answer:
    return paged(request, [{"name": name, "commit": {"sha": sha}} for name, sha in github.branches.items()])


@route("GET", f"{AT}/git/ref/heads/{{*}}")
def _ref(github: Github, request: Seen, name: str) -> Answer:
    sha = github.branches.get(name)
    return NOT_FOUND if sha is None else Answer.of_json({"ref": f"refs/heads/{name}", "object": {"sha": sha}})


@route("POST", f"{AT}/git/refs")
def _make_ref(github: Github, request: Seen) -> Answer:
    name = request.json()["ref"].removeprefix("refs/heads/")
    if name in github.branches:
        return refused(422, "Reference already exists")
    github.branches[name] = request.json()["sha"]
    return created({"ref": f"refs/heads/{name}"})


@route("GET", f"{AT}/releases")
def _releases(github: Github, request: Seen) -> Answer:
    return paged(request, github.releases[::-1])


@route("POST", f"{AT}/releases")
def _release(github: Github, request: Seen) -> Answer:
    said = request.json()
    if any(one["tag_name"] == said["tag_name"] for one in github.releases):
        return invalid(resource="Release", code="already_exists", field="tag_name")
    github.releases.append(shapes.release(REPO, len(github.releases) + 1, said))
    return created(github.releases[-1])


@route("GET", f"{AT}/releases/latest")
def _latest(github: Github, request: Seen) -> Answer:
    found = [one for one in github.releases if not one["draft"] and not one["prerelease"]]
    return Answer.of_json(found[-1]) if found else NOT_FOUND


@route("GET", f"{AT}/releases/tags/{{*}}")
def _by_tag(github: Github, request: Seen, tag: str) -> Answer:
    found = [one for one in github.releases if one["tag_name"] == tag]
    return Answer.of_json(found[0]) if found else NOT_FOUND


@route("GET", "/search/issues")
def _search(github: Github, request: Seen) -> Answer:
    found = [one for one in github.issues.values() if request.query["q"][0] in one["title"]]
    count = len(found)
    return paged(
        request, found, lambda page: {"total_count": count, "incomplete_results": False, "items": page}
    )


@route("GET", "/search/code")
def _search_code(github: Github, request: Seen) -> Answer:
    """https://docs.github.com/en/rest/search/search#search-code: words of the files, and `repo:`."""
    asked = request.query["q"][0].split()
    words = [one.encode() for one in asked if ":" not in one]
    if not words:
        return invalid(resource="Search", field="q", code="missing")
    is_here = all(one == f"repo:{REPO}" for one in asked if one.startswith("repo:"))
    files = github.files.items() if is_here else ()
    found = [
        shapes.code(REPO, path, _blob(content))
        for path, content in files
        if all(word in content for word in words)
    ]
    count = len(found)
    return paged(
        request, found, lambda page: {"total_count": count, "incomplete_results": False, "items": page}
    )


@route("GET", "/search/repositories")
def _search_repositories(github: Github, request: Seen) -> Answer:
    """https://docs.github.com/en/rest/search/search#search-repositories: words of the name alone."""
    words = [one for one in request.query["q"][0].split() if ":" not in one]
    found = [shapes.repository(REPO)] if all(word in REPO for word in words) else []
    count = len(found)
    return paged(
        request, found, lambda page: {"total_count": count, "incomplete_results": False, "items": page}
    )


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _entry(path: str, content: bytes) -> Json:
    """https://docs.github.com/en/rest/repos/contents#get-repository-content"""
    is_large = len(content) > 1_048_576
    return {
        "type": "file",
        "encoding": "none" if is_large else "base64",
        "size": len(content),
        "name": path.rpartition("/")[2],
        "path": path,
        "content": "" if is_large else base64.encodebytes(content).decode(),
        "sha": _blob(content),
        "html_url": f"https://github.com/{REPO}/blob/main/{path}",
    }


@route("GET", f"{AT}/contents{{*}}")
def _contents(github: Github, request: Seen, path: str) -> Answer:
    path = path.strip("/")
    if request.query.get("ref", ["main"])[0] not in github.branches:
        return refused(404, f"No commit found for the ref {request.query['ref'][0]}")
    if path in github.files:
        is_raw = "raw" in request.headers["accept"]
        content = github.files[path]
        return Answer(body=content) if is_raw else Answer.of_json(_entry(path, content))
    start = f"{path}/" if path else ""
    below = [name for name in github.files if name.startswith(start)]
    folders = dict.fromkeys(
        name[len(start) :].partition("/")[0] for name in below if "/" in name[len(start) :]
    )
    listed = [_entry(name, github.files[name]) for name in below if "/" not in name[len(start) :]]
    listed += [{"type": "dir", "name": name, "path": f"{start}{name}", "size": 0} for name in folders]
    return Answer.of_json(listed) if listed else NOT_FOUND


@route("PUT", f"{AT}/contents/{{*}}")
def _put_contents(github: Github, request: Seen, path: str) -> Answer:
    said, known = request.json(), github.files.get(path)
    if known is not None and "sha" not in said:
        return refused(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if known is not None and said["sha"] != _blob(known):
        return refused(409, f"{path} does not match {said['sha']}")
    github.files[path] = base64.b64decode(said["content"])
    return _committed(github, said, _entry(path, github.files[path]), status=200 if known else 201)


@route("DELETE", f"{AT}/contents/{{*}}")
def _delete_contents(github: Github, request: Seen, path: str) -> Answer:
    said, known = request.json(), github.files.get(path)
    if known is None:
        return NOT_FOUND
    if said["sha"] != _blob(known):
        return refused(409, f"{path} does not match {said['sha']}")
    del github.files[path]
    return _committed(github, said, None)


def _committed(github: Github, said: Json, content: Json | None, *, status: int = 200) -> Answer:
    commit = {"sha": f"commit-{len(github.commits) + 1}", "message": said["message"]}
    github.commits.insert(0, commit)
    return Answer.of_json({"content": content, "commit": commit}, status=status)


@route("GET", f"{AT}/commits")
def _commits(github: Github, request: Seen) -> Answer:
    return paged(request, github.commits)


@route("GET", "/{}/{*}hooks")
def _hooks(github: Github, request: Seen, kind: str, rest: str) -> Answer:
    place = f"{kind}/{rest}".rstrip("/")
    found = [shapes.hook(place, number, said) for number, (at, said) in github.hooks.items() if at == place]
    return paged(request, found)


@route("POST", "/{}/{*}hooks")
def _make_hook(github: Github, request: Seen, kind: str, rest: str) -> Answer:
    said, place = request.json(), f"{kind}/{rest}".rstrip("/")
    if any(
        at == place and one["config"]["url"] == said["config"]["url"] for at, one in github.hooks.values()
    ):
        return invalid(resource="Hook", code="custom", message="Hook already exists on this repository")
    number = max(github.hooks, default=12345677) + 1
    github.hooks[number] = place, said
    return created(shapes.hook(place, number, said))


@route("PATCH", "/{}/{*}hooks/{}")
def _change_hook(github: Github, request: Seen, kind: str, rest: str, number: str) -> Answer:
    place, known = github.hooks.get(int(number), ("", {}))
    if not known:
        return NOT_FOUND
    known.update(request.json())
    return Answer.of_json(shapes.hook(place, int(number), known))


@route("DELETE", "/{}/{*}hooks/{}")
def _delete_hook(github: Github, request: Seen, kind: str, rest: str, number: str) -> Answer:
    return NOT_FOUND if github.hooks.pop(int(number), None) is None else Answer(204)

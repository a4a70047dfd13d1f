"""A GitHub on 127.0.0.1: one repository, `octocat/hello`, in memory, with the API's documented answers.

with github_server() as github, reachable(origin_map=github.origin_map):
    github.next("GET", "/user", refused(503))      # the next such request is answered so
    github.deliver("star", {"action": "created"})  # to all webhooks that were registered, signed
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support import github_issue_routes, github_repository_routes
from tests.support.github_state import NOT_FOUND, REPO, TOKEN, Github, refused
from tests.support.http_server import ELSEWHERE, local_http_server

__all__ = ["NOT_FOUND", "REPO", "TOKEN", "Github", "github_server", "refused"]
_WRITTEN_IN = (
    github_issue_routes,
    github_repository_routes,
)  # which note their routes when they are imported


@contextmanager
def github_server() -> Iterator[Github]:
    with local_http_server({}) as server:
        github = Github(server)
        server.routes[ELSEWHERE] = github.answer
        yield github

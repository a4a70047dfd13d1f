"""A GitHub on 127.0.0.1: one repository, `octocat/hello`, in memory, with the API's documented answers.

with github_server() as github, reachable(origin_map=github.origin_map):
    github.next("GET", "/user", refused(503))      # the next such request is answered so
    github.deliver("star", {"action": "created"})  # to all webhooks that were registered, signed
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support import github_issue_routes, github_repository_routes
from tests.support.github_state import NOT_FOUND, REPO, TOKEN, Github, refused
from tests.support.http_server import Answer, Route, Seen, local_http_server

__all__ = ["NOT_FOUND", "REPO", "TOKEN", "Github", "github_server", "refused"]
_WRITTEN_IN = (
    github_issue_routes,
    github_repository_routes,
)  # which note their routes when they are imported


@contextmanager
def github_server() -> Iterator[Github]:
    with local_http_server({}) as server:
        github = Github(server)
        server.routes = _Everything(github.answer)
        yield github


class _Everything(dict[str, Route]):
    def __init__(self, answer: Callable[[Seen], Answer]) -> None:
        self._answer = answer

    def get(self, key: str, default: Any = None, /) -> Any:
        return self._answer

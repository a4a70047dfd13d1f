"""What the local GitHub holds, and how its routes are written."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from uuid import uuid4

from tests.support import github_shapes as shapes
from tests.support.github_shapes import API, Json
from tests.support.http_server import Answer, LocalServer, Seen

REPO = "octocat/hello"
TOKEN = "token of the octocat"
AT = f"/repos/{REPO}"


def refused(status: int, message: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> Answer:
    """A refusal as GitHub writes it."""
    return Answer.of_json(shapes.refusal(message, status, **more), status=status, headers=headers)


NOT_FOUND = refused(404, "Not Found")


@dataclass
class Github:
    """What it holds. `files` are of the branch main: their content by path."""

    server: LocalServer
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    issues: dict[int, Json] = field(default_factory=dict[int, Json])
    pulls: dict[int, Json] = field(default_factory=dict[int, Json])
    pull_files: list[Json] = field(default_factory=list[Json])
    comments: dict[int, Json] = field(default_factory=dict[int, Json])
    reviews: list[Json] = field(default_factory=list[Json])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    commits: list[Json] = field(default_factory=list[Json])
    branches: dict[str, str] = field(default_factory=lambda: {"main": "sha-of-main"})
    releases: list[Json] = field(default_factory=list[Json])
    hooks: dict[int, tuple[str, Json]] = field(default_factory=dict[int, tuple[str, Json]])
    """By id: where (`repos/a/b`), and what was said, with its secret."""
    due: dict[tuple[str, str], list[Answer]] = field(default_factory=dict[tuple[str, str], list[Answer]])

    @property
    def origin_map(self) -> dict[str, str]:
        return {API: self.server.base_url}

    def next(self, method: str, path: str, *answers: Answer) -> None:
        """Answer the next requests so, before all else."""
        self.due.setdefault((method, path), []).extend(answers)

    def asked(self, method: str, path: str) -> list[Seen]:
        """The requests of this kind so far."""
        return [seen for seen in self.server.seen if (seen.method, seen.path) == (method, path)]

    def add_issue(self, title: str, body: str | None = None, *, is_pull: bool = False) -> Json:
        number = len(self.issues) + len(self.pulls) + 1
        self.issues[number] = shapes.issue(REPO, number, title, body, is_pull=is_pull)
        return self.issues[number]

    def add_pull(
        self, title: str = "Mend it", body: str = "", head: str = "mend", base: str = "main"
    ) -> Json:
        number = len(self.issues) + len(self.pulls) + 1
        self.pulls[number] = shapes.pull(REPO, number, title, body, head, base)
        return self.pulls[number]

    def deliver(self, event: str, payload: Json, *, delivery: str = "", served_at: str = "") -> list[int]:
        """Send an event to the webhooks that want it, as JSON; the status of each.

        `served_at`: the origin where their addresses are really served, if it is another than they say.
        Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
        """
        raw = json.dumps(payload).encode()
        wanted = [said for _, said in self.hooks.values() if {event, "*"} & set(said["events"])]
        delivery = delivery or str(uuid4())
        return [_post(said["config"], event, raw, delivery, served_at) for said in wanted]

    def answer(self, request: Seen) -> Answer:
        due = self.due.get((request.method, request.path))
        if due:
            return due.pop(0)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return refused(401, "Bad credentials")
        if request.headers.get("x-github-api-version") != "2022-11-28" or "user-agent" not in request.headers:
            return refused(403, "Request forbidden by administrative rules.")
        for method, pattern, handle in ROUTES:
            match = pattern.fullmatch(request.path)
            if method == request.method and match is not None:
                return handle(self, request, *map(unquote, match.groups()))
        return NOT_FOUND


def _post(config: Json, event: str, raw: bytes, delivery: str, served_at: str) -> int:
    url = served_at + urlsplit(config["url"]).path if served_at else config["url"]
    signature = hmac.new(config["secret"].encode(), raw, hashlib.sha256).hexdigest()
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Delivery": delivery,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": "292430182",
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    request = urllib.request.Request(url, raw, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


Handle = Callable[..., Answer]
ROUTES: list[tuple[str, re.Pattern[str], Handle]] = []


def route(method: str, path: str) -> Callable[[Handle], Handle]:
    """`{}` is one part of the path, `{*}` all the rest."""
    pattern = re.escape(path).replace(r"\{\}", "([^/]+)").replace(r"\{\*\}", "(.*)")

    def note(handle: Handle) -> Handle:
        ROUTES.append((method, re.compile(pattern), handle))
        return handle

    return note


def paged(request: Seen, items: list[Json], wrap: Callable[[list[Json]], Any] = lambda page: page) -> Answer:
    """https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api"""
    size = min(int(request.query.get("per_page", ["30"])[0]), 100)
    page = int(request.query.get("page", ["1"])[0])
    last = max(1, -(-len(items) // size))

    def link(number: int, kind: str) -> str:
        query = urlencode({**{name: values[0] for name, values in request.query.items()}, "page": number})
        return f'<{API}{request.path}?{query}>; rel="{kind}"'

    links = [link(page - 1, "prev"), link(1, "first")] if page > 1 else []
    links += [link(page + 1, "next"), link(last, "last")] if page < last else []
    headers = {"Link": ", ".join(links)} if links else {}
    return Answer.of_json(wrap(items[(page - 1) * size : page * size]), headers=headers)


def created(value: Json) -> Answer:
    return Answer.of_json(value, status=201)


def invalid(**error: str) -> Answer:
    return refused(422, "Validation Failed", errors=[error])

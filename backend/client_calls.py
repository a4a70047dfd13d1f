"""The requests of the HTTP interface: each is made here, once, for both kinds of client."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeVar, overload
from urllib.parse import quote
from uuid import uuid4

import httpx
import orjson
from pydantic import TypeAdapter, ValidationError

from backend.data.graph import Graph
from backend.data.model import JsonObject
from backend.data.run import RunOptions, RunStatus
from backend.server.wire.catalogue import BlockList
from backend.server.wire.common import Page, ProblemDetails
from backend.server.wire.files import FilesStored, FileView
from backend.server.wire.graphs import GraphProblems, GraphRow, GraphSaved, GraphView, ImportReport
from backend.server.wire.money import Costs
from backend.server.wire.people import Me, UserView
from backend.server.wire.run_nodes import Values
from backend.server.wire.runs import ReviewView, RunAccepted, RunDetails, RunEvents, RunResult, RunRow
from backend.util.errors import BadInput, BlockyardError, Problem, Unavailable
from backend.util.refusal import error_of

T = TypeVar("T")
P = ParamSpec("P")
TRIES = 5
"""How often a request is sent that may be repeated."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, and what its answer is. With `key` it may be repeated."""

    method: str
    path: str
    answer: Any
    query: dict[str, Any] = field(default_factory=dict[str, Any])
    body: bytes | None = None
    media_type: str = "application/json"
    key: str | None = None

    def may_repeat(self, tried: int) -> bool:
        """Whether it may be sent once more."""
        return tried < TRIES and (self.method == "GET" or self.key is not None)

    def headers(self) -> dict[str, str]:
        """All but the credentials."""
        found = {"accept": "application/json"}
        if self.body is not None:
            found["content-type"] = self.media_type
        if self.key is not None:
            found["idempotency-key"] = self.key
        return found

    def read(self, answer: httpx.Response) -> T:
        """What the answer says.

        Raises:
            BlockyardError: what it refuses; Unavailable when it is not Blockyard's.
        """
        if not answer.is_success:
            raise error_in(answer)
        if self.answer is None:
            return None  # type: ignore[return-value]  # the call is a Call[None]
        if self.answer is bytes:
            return answer.content  # type: ignore[return-value]  # the call is a Call[bytes]
        try:
            found: T = _adapter(self.answer).validate_json(answer.content)
        except ValidationError as error:
            raise Unavailable(
                f"The server's answer to {self.method} {self.path} is not understood. Use a client of its version."
            ) from error
        return found


@functools.cache
def _adapter(answer: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer)


def error_in(answer: httpx.Response) -> BlockyardError:
    """The refusal as it was raised in the server."""
    retry_after = str(answer.headers.get("retry-after", ""))
    retry_after_s = float(retry_after) if retry_after.isdigit() else None
    try:
        said = ProblemDetails.model_validate_json(answer.content)
    except ValidationError:
        what = f"{answer.request.method} {answer.request.url.path} was answered with {answer.status_code}"
        text = f"{what}, and not by Blockyard. Look whether this is the address of a Blockyard server."
        return error_of("", answer.status_code, text, (), retry_after_s)
    problems = tuple(Problem(**problem.model_dump()) for problem in said.errors)
    return error_of(said.code, said.status, said.detail, problems, retry_after_s)


class Awaits:
    """Who has the answers later: the base of clients whose methods are awaited."""


class Answers:
    """Who has them at once."""


class request(Generic[P, T]):  # noqa: N801  # a decorator
    """A method that makes a `Call`: its caller gets the answer, or in an AsyncClient an awaitable of it."""

    def __init__(self, make: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, client: Awaits, owner: type) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, client: Answers, owner: type) -> Callable[P, T]: ...
    def __get__(self, client: Any, owner: type) -> Any:
        make = self._make

        def ask(*args: P.args, **kwargs: P.kwargs) -> Any:
            return client.ask(make(client, *args, **kwargs))

        return ask


class Requests:
    """What can be asked. Lists are pages; `each` goes through all of them."""

    @request
    def log_in(self, email: str, password: str) -> Call[UserView]:
        """Open a session; its cookie goes with every later request."""
        return Call("POST", "/api/auth/login", UserView, body=_json({"email": email, "password": password}))

    @request
    def me(self) -> Call[Me]:
        """Who one is, and what one may do."""
        return Call("GET", "/api/auth/me", Me)

    @request
    def list_blocks(self) -> Call[BlockList]:
        """Every block, by name; one page."""
        return Call("GET", "/api/blocks", BlockList)

    @request
    def list_graphs(self, *, limit: int = 50, cursor: str | None = None) -> Call[Page[GraphRow]]:
        """Your graphs, newest first."""
        return Call("GET", "/api/graphs", Page[GraphRow], _query(limit=limit, cursor=cursor))

    @request
    def read_graph(self, graph_id: str, version: int | None = None) -> Call[GraphView]:
        """A version of a graph, the newest without one."""
        return Call("GET", f"/api/graphs/{part(graph_id)}", GraphView, _query(version=version))

    @request
    def create_graph(self, graph: Graph, *, key: str | None = None) -> Call[GraphSaved]:
        """Store a graph under a new id, with those in its file."""
        return Call("POST", "/api/graphs", GraphSaved, body=_graph(graph), key=key or _new_key())

    @request
    def save_graph(self, graph_id: str, graph: Graph) -> Call[GraphSaved]:
        """Store a new version, unless the newest one says the same."""
        return Call("PUT", f"/api/graphs/{part(graph_id)}", GraphSaved, body=_graph(graph))

    @request
    def validate_graph(self, graph_id: str, version: int | None = None) -> Call[GraphProblems]:
        """Every problem of a stored version."""
        path = f"/api/graphs/{part(graph_id)}/validate"
        return Call("POST", path, GraphProblems, _query(version=version))

    @request
    def check_graph(self, graph: Graph) -> Call[GraphProblems]:
        """Every problem of the graphs of a file; nothing is stored."""
        return Call("POST", "/api/graphs/validate", GraphProblems, body=_graph(graph))

    @request
    def import_graph(self, raw: bytes, *, key: str | None = None) -> Call[ImportReport]:
        """Store the graphs of a file under new ids; what is missing or not as it was."""
        return Call("POST", "/api/graphs/import", ImportReport, body=raw, key=key or _new_key())

    @request
    def export_graph(self, graph_id: str, version: int | Literal["draft"] | None = None) -> Call[bytes]:
        """The file of a graph and those that it runs, without anything secret."""
        return Call("GET", f"/api/graphs/{part(graph_id)}/export", bytes, _query(version=version))

    @request
    def start_run(
        self,
        graph_id: str,
        inputs: JsonObject | None = None,
        *,
        version: int | None = None,
        wait: bool | float = False,
        options: RunOptions | None = None,
        key: str | None = None,
    ) -> Call[RunResult | RunAccepted]:
        """Start a run; a RunResult when `wait` was asked for and the run has ended in time."""
        given = {} if options is None else options.model_dump(mode="json", exclude_unset=True)
        body = {**given, "inputs": inputs or {}, "version": version, "wait": wait}
        path, answer = f"/api/graphs/{part(graph_id)}/runs", RunResult | RunAccepted
        return Call("POST", path, answer, body=_json(body), key=key or _new_key())

    @request
    def list_runs(
        self,
        *,
        graph_id: str | None = None,
        status: RunStatus | None = None,
        q: str | None = None,
        label: str | None = None,
        parent_run_id: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Call[Page[RunRow]]:
        """Your runs, newest first."""
        query = _query(graph_id=graph_id, status=status, q=q, label=label, parent_run_id=parent_run_id)
        return Call("GET", "/api/runs", Page[RunRow], {**query, **_query(limit=limit, cursor=cursor)})

    @request
    def read_run(self, run_id: str) -> Call[RunDetails]:
        """A run: its inputs, where it stands, what it came to."""
        return Call("GET", f"/api/runs/{part(run_id)}", RunDetails)

    @request
    def read_events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Call[RunEvents]:
        """What is recorded of a run after event number `after`."""
        return Call("GET", f"/api/runs/{part(run_id)}/events", RunEvents, _query(after=after, limit=limit))

    @request
    def list_values(
        self, run_id: str, node_id: str, pin: str, *, after: int = 0, limit: int = 50
    ) -> Call[Values]:
        """What a node gave on a pin; `next_after` is the next page's `after`."""
        path = f"/api/runs/{part(run_id)}/nodes/{part(node_id)}/outputs/{part(pin)}"
        return Call("GET", path, Values, _query(after=after, limit=limit))

    @request
    def retry_run(
        self, run_id: str, *, wait: bool | float = False, key: str | None = None
    ) -> Call[RunResult | RunAccepted]:
        """A new run that takes over what finished in this one, and runs the rest."""
        path, answer = f"/api/runs/{part(run_id)}/retry", RunResult | RunAccepted
        return Call("POST", path, answer, body=_json({"wait": wait}), key=key or _new_key())

    @request
    def cancel_run(self, run_id: str) -> Call[RunAccepted]:
        """Ask a run to end; one that has ended stays as it is."""
        return Call("POST", f"/api/runs/{part(run_id)}/cancel", RunAccepted)

    @request
    def list_reviews(
        self, *, run_id: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> Call[Page[ReviewView]]:
        """What waits for you, oldest first."""
        query = _query(run_id=run_id, limit=limit, cursor=cursor)
        return Call("GET", "/api/reviews", Page[ReviewView], query)

    @request
    def answer_review(
        self, review_id: str, *, approved: bool, data: Any = None, message: str = ""
    ) -> Call[None]:
        """Approve or reject; the run goes on. `data` None: as it was asked."""
        body = {"approved": approved, "data": data, "message": message}
        return Call("POST", f"/api/reviews/{part(review_id)}", None, body=_json(body))

    @request
    def upload_file(
        self, name: str, data: bytes, media_type: str = "application/octet-stream", *, key: str | None = None
    ) -> Call[FilesStored]:
        """Store a file; its `reference` is what values hold."""
        kind = media_type if media_type.partition("/")[0] != "multipart" else "application/octet-stream"
        return Call("POST", "/api/files", FilesStored, _query(name=name), data, kind, key or _new_key())

    @request
    def list_files(
        self, *, run_id: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> Call[Page[FileView]]:
        """Your files, newest first."""
        return Call("GET", "/api/files", Page[FileView], _query(run_id=run_id, limit=limit, cursor=cursor))

    @request
    def read_file(self, file_id: str) -> Call[bytes]:
        """What is in a file."""
        return Call("GET", f"/api/files/{part(file_id)}/content", bytes)

    @request
    def delete_file(self, file_id: str) -> Call[None]:
        """For ever; values that name it no longer lead anywhere."""
        return Call("DELETE", f"/api/files/{part(file_id)}", None)

    @request
    def read_costs(self, group_by: str = "day", *, limit: int = 50, cursor: str | None = None) -> Call[Costs]:
        """What was spent, by day, graph, provider, model or block."""
        return Call("GET", "/api/costs", Costs, _query(group_by=group_by, limit=limit, cursor=cursor))

    @request
    def read_href(self, href: str) -> Call[bytes]:
        """The JSON of a value that came as a preview; only addresses of this server's API are asked."""
        if not href.startswith("/api/"):
            raise BadInput(f"{href!r} is no address of a value.")
        return Call("GET", href, bytes)


def _json(value: Any) -> bytes:
    return orjson.dumps(value)


def _graph(graph: Graph) -> bytes:
    return _json(graph.model_dump(mode="json", exclude_unset=True))


def _query(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def part(text: str) -> str:
    """As one part of a path, whatever is in it."""
    return quote(text, safe="") or "%20"


def _new_key() -> str:
    return uuid4().hex

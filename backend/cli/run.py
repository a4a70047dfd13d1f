"""`blockyard run`: a graph from a file or from the database, once, with a live view or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.output import ExitCode, code_of, print_json, refusal, say, tell_error
from backend.util.errors import BadInput, BlockyardError

if TYPE_CHECKING:
    from backend.cli.follow import Follower
    from backend.cli.order import Order
    from backend.cli.place import Place, RunSeen
    from backend.data.block import Decision
    from backend.data.model import JsonObject

EPILOG = """Examples:

  blockyard run examples/hello.json --input name=Ada

  blockyard run graph.json --inputs-file inputs.json --json

  cat graph.json | blockyard run - --input 'items=[1, 2, 3]'

  BLOCKYARD_API_KEY=by_… blockyard --server https://blocks.example.com run graph.json

Exit codes: 0 completed, 1 failed or cancelled, 2 bad input, 3 waits for a person."""

app = typer.Typer()


@app.command("run", epilog=EPILOG)
def run_command(
    graph: Annotated[
        str, typer.Argument(metavar="FILE|GRAPH_ID", help="A graph file (- is stdin) or a stored graph")
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", metavar="NAME=VALUE", help="JSON where it is JSON, else text"),
    ] = None,
    inputs_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="A JSON object with the inputs")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else")] = False,
    until: Annotated[str | None, typer.Option(metavar="NODE", help="Stop after this node")] = None,
    approve_all: Annotated[bool, typer.Option("--approve-all", help="Reviews approve themselves")] = False,
) -> None:
    """Run a graph. Ctrl-C cancels the run; pressed twice it leaves the run to the next command."""
    try:
        code = _run(graph, inputs or [], inputs_file, as_json, until, approve_all)
    except BadInput as error:
        if as_json:
            print_json(refusal(error))
        tell_error(error)
        code = code_of(error)
    raise typer.Exit(code)


def _run(
    name: str, pairs: list[str], inputs_file: str | None, as_json: bool, until: str | None, approve_all: bool
) -> ExitCode:
    from backend.cli.options import current, load_settings
    from backend.cli.order import read_order
    from backend.cli.place import Opened
    from backend.cli.session import in_place
    from backend.data.run import RunOptions

    options = RunOptions(until_node=until, safe_mode=not approve_all)
    order = read_order(name, pairs, inputs_file, options, max_bytes=load_settings().max_body_bytes)
    if current.server is None:
        _check(order)
    return in_place(lambda place: _execute(place, order, as_json=as_json), Opened.WORKER)


def _check(order: Order) -> None:
    """Before anything is opened; a server checks for itself, by the blocks that it has."""
    from backend.blocks import catalogue
    from backend.cli.order import check

    if order.graph is not None:
        check(order.graph, order.inputs, order.options, catalogue().find)


async def _execute(place: Place, order: Order, *, as_json: bool) -> ExitCode:
    from backend.cli.follow import Follower, cancel_on_interrupt, has_terminal

    is_live = not as_json and has_terminal()
    started = await place.start(order, is_durable_first=not as_json)
    with cancel_on_interrupt(place, started.run_id):
        if not as_json and not is_live:
            say(f"Run {started.run_id} has started.")
        seen = await stay(Follower(place, started.run_id, is_live=is_live))
    code = await conclude(place, seen, started.ms(), as_json=as_json)
    await place.finish_others()
    return code


async def stay(follower: Follower) -> RunSeen:
    """Until the run is final, or waits for a person who is not here or says later."""
    from backend.cli.asking import ask_person

    while True:
        seen = await follower.to_rest()
        if seen.status.is_final or not follower.is_live:
            return seen
        for review in await follower.place.reviews_of(follower.run_id):
            decision = await ask_person(review)
            if decision is None:
                return seen
            await _decide(follower.place, review["id"], decision)


async def _decide(place: Place, review_id: str, decision: Decision) -> None:
    try:
        await place.decide(review_id, decision)
    except BlockyardError as error:  # somebody else was faster, or the run was cancelled meanwhile
        say(str(error))


async def conclude(place: Place, seen: RunSeen, duration_ms: float | None, *, as_json: bool) -> ExitCode:
    """Print what the run came to; the exit code that says the same."""
    from backend.cli.report import exit_code, show_result

    result = await outcome(place, seen, duration_ms)
    if as_json:
        print_json(result)
    else:
        graph = await place.graph(seen.graph_id, seen.graph_version)
        show_result(result, {node.id: node.label for node in graph.nodes})
    _tell_how_to_answer(result.get("reviews", []))
    return exit_code(result)


async def outcome(place: Place, seen: RunSeen, duration_ms: float | None) -> JsonObject:
    """The result object; with `reviews` when the run waits for a person."""
    result = dict(seen.result)
    if duration_ms is not None:
        result["duration_ms"] = round(duration_ms, 3)
    reviews = [] if seen.status.is_final else await place.reviews_of(seen.run_id)
    if reviews:
        named = ("id", "node_id", "name", "data")
        result["reviews"] = [{key: review[key] for key in named} for review in reviews]
    return result


def _tell_how_to_answer(reviews: list[JsonObject]) -> None:
    for review in reviews:
        say(
            f"? {review['name']}  Answer with: blockyard review answer {review['id']} --approve (or --reject)"
        )

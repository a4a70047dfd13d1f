"""`blockyard run`: a graph from a file or from the database, once, with a live view or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.output import ExitCode, code_of, print_json, refusal, say, tell_error
from backend.util.errors import BadInput, BlockyardError

if TYPE_CHECKING:
    from backend.app import App
    from backend.cli.follow import Follower
    from backend.cli.order import Order
    from backend.data.model import JsonObject
    from backend.data.run import RunView

EPILOG = """Examples:

  blockyard run examples/hello.json --input name=Ada

  blockyard run graph.json --inputs-file inputs.json --json

  cat graph.json | blockyard run - --input 'items=[1, 2, 3]'

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
    from backend.blocks import catalogue
    from backend.cli.options import load_settings
    from backend.cli.order import read_order
    from backend.cli.session import in_app
    from backend.data.run import RunOptions

    options = RunOptions(until_node=until, safe_mode=not approve_all)
    limit = load_settings().max_body_bytes
    order = read_order(name, pairs, inputs_file, options, max_bytes=limit, find_block=catalogue().find)
    return in_app(lambda app: _execute(app, order, as_json=as_json))


async def _execute(app: App, order: Order, *, as_json: bool) -> ExitCode:
    from backend.cli.follow import Follower, Stopwatch, cancel_on_interrupt, finish_others, has_terminal
    from backend.cli.session import take_up
    from backend.data.user_store import LOCAL_USER_ID

    is_live = not as_json and has_terminal()
    interrupted = await take_up(app, LOCAL_USER_ID)
    if order.graph is not None:
        await app.worker.save_graph(LOCAL_USER_ID, order.graph)
    accepted = await app.worker.submit(
        LOCAL_USER_ID, order.graph_id, order.inputs, options=order.options, is_durable_first=not as_json
    )
    watch = Stopwatch(accepted)
    with cancel_on_interrupt(app, LOCAL_USER_ID, accepted.run_id):
        if not as_json and not is_live:
            say(f"Run {accepted.run_id} has started.")
        follower = Follower(app, LOCAL_USER_ID, accepted.run_id, is_live=is_live)
        view = await stay(follower)
    code = await conclude(app, view, watch.ms, as_json=as_json)
    await finish_others(app, interrupted)
    return code


async def stay(follower: Follower) -> RunView:
    """Until the run is final, or waits for a person who is not here or says later."""
    from backend.cli.asking import ask_person

    while True:
        view = await follower.to_rest()
        if view.status.is_final or not follower.is_live:
            return view
        for review in await follower.reviews():
            decision = await ask_person(review)
            if decision is None:
                return view
            await _decide(follower, review["id"], decision)


async def _decide(follower: Follower, review_id: str, decision: Any) -> None:
    try:
        await follower.app.worker.decide(follower.user_id, review_id, decision)
    except BlockyardError as error:  # somebody else was faster, or the run was cancelled meanwhile
        say(str(error))


async def conclude(app: App, view: RunView, duration_ms: float | None, *, as_json: bool) -> ExitCode:
    """Print what the run came to; the exit code that says the same."""
    from backend.cli.report import exit_code, show_result

    result = await outcome(app, view, duration_ms)
    if as_json:
        print_json(result)
    else:
        show_result(result, await _labels(app, view))
    _tell_how_to_answer(result.get("reviews", []))
    return exit_code(result)


async def outcome(app: App, view: RunView, duration_ms: float | None) -> JsonObject:
    """The result object; with `reviews` when the run waits for a person."""
    from backend.cli.follow import open_reviews
    from backend.cli.stored import with_large_values
    from backend.data.run_result import run_result
    from backend.data.user_store import LOCAL_USER_ID

    result = run_result(view, duration_ms=duration_ms)
    result["outputs"] = await with_large_values(app.database, LOCAL_USER_ID, result["outputs"])
    reviews = [] if view.status.is_final else await open_reviews(app, LOCAL_USER_ID, view.id)
    if reviews:
        named = ("id", "node_id", "name", "data")
        result["reviews"] = [{key: review[key] for key in named} for review in reviews]
    return result


def _tell_how_to_answer(reviews: list[JsonObject]) -> None:
    for review in reviews:
        say(
            f"? {review['name']}  Answer with: blockyard review answer {review['id']} --approve (or --reject)"
        )


async def _labels(app: App, view: RunView) -> dict[str, str]:
    from backend.data.graph_store import load_graph
    from backend.data.user_store import LOCAL_USER_ID

    async with app.database.begin() as connection:
        graph = await load_graph(connection, LOCAL_USER_ID, view.graph_id, view.graph_version)
    return {node.id: node.label for node in graph.nodes}

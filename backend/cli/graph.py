"""`blockyard graph`: graphs in files and in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.output import ExitCode, out, print_json, refusal, say, say_list, tell_error
from backend.util.errors import BadInput, GraphInvalid

if TYPE_CHECKING:
    from backend.data.db import Database

app = typer.Typer(no_args_is_help=True, help="Check and list graphs.")

VALIDATE_EPILOG = """Examples:

  blockyard graph validate examples/hello.json

  blockyard graph validate *.json && echo "all of them can run"

Exit codes: 0 it can run, 2 it cannot."""


@app.command(epilog=VALIDATE_EPILOG)
def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Graph files; - is stdin")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file")] = False,
) -> None:
    """Say everything that keeps a graph from running: the node, the pin and the cure. Stores nothing."""
    codes = [_validate(name, as_json=as_json) for name in files]
    raise typer.Exit(max(codes))


def _validate(name: str, *, as_json: bool) -> ExitCode:
    from backend.blocks import catalogue
    from backend.cli.options import load_settings
    from backend.cli.order import problems_within
    from backend.data.graph_file import read_graph_file

    try:
        graph = read_graph_file(name, max_bytes=load_settings().max_body_bytes)
        problems = problems_within(graph, catalogue().find)
        if problems:
            raise GraphInvalid(tuple(problems))
    except BadInput as error:
        if as_json:
            print_json({"file": name, "ok": False, "errors": refusal(error)["errors"]})
        elif isinstance(error, GraphInvalid):
            say(f"{name}: {len(error.problems)} problem{'s' * (len(error.problems) > 1)}")
            say_list(map(str, error.problems))
        else:
            tell_error(error)
        return ExitCode.BAD_INPUT
    if as_json:
        print_json({"file": name, "ok": True, "errors": []})
    else:
        say(f"{name}: {graph.name!r} can run ({len(graph.nodes)} nodes, {len(graph.links)} links).")
    return ExitCode.DONE


@app.command("list", epilog="Example:\n\n  blockyard graph list")
def list_command(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list")] = False,
) -> None:
    """The stored graphs, newest first; `blockyard run ID` runs one."""
    from backend.cli.session import in_database

    graphs = in_database(lambda database: _stored(database, limit))
    if as_json:
        print_json(graphs)
        return
    from rich.table import Table

    table = Table("id", "version", "name", box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.columns[0].no_wrap = True
    for graph in graphs:
        table.add_row(graph["id"], str(graph["latest_version"]), graph["name"])
    out().print(table)


async def _stored(database: Database, limit: int) -> list[dict[str, Any]]:
    from backend.data.graph_store import list_graphs
    from backend.data.user_store import LOCAL_USER_ID

    async with database.begin() as connection:
        return await list_graphs(connection, LOCAL_USER_ID, limit=limit)

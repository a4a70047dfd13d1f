"""`blockyard graph`: graphs in files and in the database."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.output import ExitCode, code_of, out, print_json, refusal, say, say_list, tell_error
from backend.util.errors import BadInput, BlockyardError, GraphInvalid

if TYPE_CHECKING:
    from backend.data.graph import Graph
    from backend.data.model import JsonObject
    from backend.util.errors import Problem

app = typer.Typer(no_args_is_help=True, help="Check, list, import and export graphs.")

VALIDATE_EPILOG = """Examples:

  blockyard graph validate examples/hello.json

  blockyard graph validate *.json && echo "all of them can run"

Exit codes: 0 it can run, 2 it cannot."""

IMPORT_EPILOG = """Examples:

  blockyard graph import graph.json

  curl -s https://example.com/graph.json | blockyard graph import - --json

Exit codes: 0 it is stored, also with problems, which are shown; 2 it cannot be stored."""

EXPORT_EPILOG = """Examples:

  blockyard graph export 01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11 > graph.json

  blockyard graph export 01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11 --version 3 --output graph.json"""


@app.command(epilog=VALIDATE_EPILOG)
def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Graph files; - is stdin")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file")] = False,
) -> None:
    """Say everything that keeps a graph from running: the node, the pin and the cure. Stores nothing."""
    codes = [_validate(name, as_json=as_json) for name in files]
    raise typer.Exit(max(codes))


def _validate(name: str, *, as_json: bool) -> ExitCode:
    from backend.cli.options import load_settings
    from backend.data.graph_file import read_graph_file

    try:
        graph = read_graph_file(name, max_bytes=load_settings().max_body_bytes)
        problems = _problems_in(graph)
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


def _problems_in(graph: Graph) -> list[Problem]:
    """By the blocks that are there where the command works; here nothing has to be opened for that."""
    from backend.cli.options import current

    if current.server is None:
        from backend.blocks import catalogue
        from backend.executor.graph_problems import problems_in_file

        return problems_in_file(graph, catalogue().find)
    from backend.cli.place import Opened
    from backend.cli.session import in_place

    return in_place(lambda place: place.problems_in(graph), Opened.DATABASE)


@app.command("import", epilog=IMPORT_EPILOG)
def import_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A graph file; - is stdin")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object")] = False,
) -> None:
    """Store the graphs of a file under new ids, and say what is missing or not as it was."""
    from backend.cli.options import load_settings
    from backend.cli.place import Opened
    from backend.cli.session import in_place
    from backend.data.graph_file import read_limited

    def work() -> None:
        raw = read_limited(file, max_bytes=load_settings().max_body_bytes)
        report = in_place(lambda place: place.import_graph(raw), Opened.DATABASE)
        if as_json:
            print_json(report)
        else:
            _tell_import(report)

    _or_refuse(work, as_json=as_json)


def _tell_import(report: JsonObject) -> None:
    from backend.cli.import_report import told

    print(report["id"], flush=True)
    own = report["mapped"][0]
    more = len(report["mapped"]) - 1
    beside = f" with {more} graph{'s' * (more > 1)} that it runs" if more else ""
    stops = len(report["problems"])
    say(
        f"Imported {own['name']!r}{beside}. Run it with: blockyard run {report['id']}"
        if not stops
        else f"Imported {own['name']!r}{beside}. {stops} problem{'s' * (stops > 1)} keep{'s' * (stops == 1)} it from "
        "running; they stand at the end."
    )
    for title, lines in told(report):
        if title:
            say(title)
        say_list(lines)


@app.command("export", epilog=EXPORT_EPILOG)
def export_command(
    graph_id: Annotated[str, typer.Argument(metavar="GRAPH_ID", help="A stored graph")],
    version: Annotated[
        str | None, typer.Option(metavar="N|draft", help="The newest version without it")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to stdout")
    ] = None,
) -> None:
    """Write a graph and those that it runs as JSON, without secrets, credentials and pinned outputs."""
    from backend.cli.place import Opened
    from backend.cli.session import in_place

    def work() -> None:
        _check_version(version)
        raw = in_place(lambda place: place.export_graph(graph_id, version), Opened.DATABASE)
        if output is None:
            sys.stdout.buffer.write(raw)
            sys.stdout.buffer.flush()
        else:
            _write(output, raw)

    _or_refuse(work, as_json=False)


def _check_version(version: str | None) -> None:
    if version is None or version == "draft":
        return
    if not (version.isascii() and version.isdigit()) or not 0 < int(version[:12]) <= 2_147_483_647:
        raise BadInput(f"There is no version {version!r}. Give a number, or the word draft.")


def _write(output: Path, raw: bytes) -> None:
    try:
        output.write_bytes(raw)
    except OSError as error:
        raise BadInput(
            f"{str(output)!r} cannot be written: {error.strerror}. Choose another file."
        ) from error
    say(f"Written to {output}.")


def _or_refuse(work: Callable[[], None], *, as_json: bool) -> None:
    try:
        work()
    except BlockyardError as error:
        if as_json:
            print_json(refusal(error))
        tell_error(error)
        raise typer.Exit(code_of(error)) from None


@app.command("list", epilog="Example:\n\n  blockyard graph list")
def list_command(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list")] = False,
) -> None:
    """The stored graphs, newest first; `blockyard run ID` runs one."""
    from backend.cli.place import Opened
    from backend.cli.session import in_place

    graphs = in_place(lambda place: place.list_graphs(limit), Opened.DATABASE)
    if as_json:
        print_json(graphs)
        return
    from rich.table import Table

    table = Table("id", "version", "name", box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.columns[0].no_wrap = True
    for graph in graphs:
        table.add_row(graph["id"], str(graph["latest_version"]), graph["name"])
    out().print(table)

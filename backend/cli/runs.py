"""`blockyard runs`: what has been run, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.output import ExitCode, out, print_json, say

if TYPE_CHECKING:
    from backend.cli.place import Place
    from backend.data.model import JsonObject
    from backend.data.run import RunEvent, RunStatus

_LENGTH_OF_ID = 36

app = typer.Typer(no_args_is_help=True, help="Look at runs.")

LIST_EPILOG = """Examples:

  blockyard runs list

  blockyard runs list --status waiting --json"""

SHOW_EPILOG = """Examples:

  blockyard runs show 01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11

  blockyard runs show 01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11 --events

Exit codes: as `blockyard run`."""


@app.command("list", epilog=LIST_EPILOG)
def list_command(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    status: Annotated[str | None, typer.Option(help="queued, running, waiting, completed, failed …")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list")] = False,
) -> None:
    """The newest runs first."""
    from backend.cli.place import Opened
    from backend.cli.session import in_place

    wanted = _status(status)
    runs = in_place(lambda place: place.list_runs(limit, wanted), Opened.DATABASE)
    if as_json:
        print_json(runs)
    else:
        _show_list(runs)


def _status(name: str | None) -> RunStatus | None:
    from backend.data.run import RunStatus
    from backend.util.errors import BadInput

    try:
        return None if name is None else RunStatus(name)
    except ValueError:
        known = ", ".join(status.value for status in RunStatus)
        raise BadInput(f"There is no status {name!r}. Choose one of: {known}.") from None


def _show_list(runs: list[JsonObject]) -> None:
    from datetime import datetime

    from rich.table import Table
    from rich.text import Text

    from backend.cli.live_view import STATUS_STYLES, duration
    from backend.data.run import RunStatus

    table = Table(
        "run", "status", "began", "took", "graph", box=None, header_style="dim", padding=(0, 2, 0, 0)
    )
    for column in table.columns[:4]:
        column.no_wrap = True
    table.columns[0].min_width = _LENGTH_OF_ID
    for run in runs:
        style = STATUS_STYLES.get(RunStatus(run["status"]), "cyan")
        table.add_row(
            run["run_id"],
            Text(run["status"].replace("_", " "), style=style),
            f"{datetime.fromisoformat(run['created_at']).astimezone():%d %b %H:%M:%S}",
            "" if run["duration_ms"] is None else duration(run["duration_ms"]),
            Text(run["graph_name"] or run["graph_id"]),
        )
    out().print(table)


@app.command(epilog=SHOW_EPILOG)
def show(
    run_id: Annotated[str, typer.Argument(metavar="RUN_ID")],
    events: Annotated[bool, typer.Option("--events", help="Also everything that is recorded of it")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """The status, outputs, errors and leftovers of a run."""
    from backend.cli.place import Opened
    from backend.cli.session import in_place

    shown = in_place(lambda place: _show(place, run_id, events=events, as_json=as_json), Opened.READER)
    raise typer.Exit(shown)


async def _show(place: Place, run_id: str, *, events: bool, as_json: bool) -> ExitCode:
    from backend.cli.report import exit_code
    from backend.cli.run import conclude, outcome

    seen = await place.see(run_id)
    recorded = await place.events(run_id) if events else []
    if as_json and events:
        result = await outcome(place, seen, None)
        print_json({**result, "events": [event.model_dump(mode="json") for event in recorded]})
        return exit_code(result)
    if not as_json:
        for event in recorded:
            say(_line(event))
    return await conclude(place, seen, None, as_json=as_json)


def _line(event: RunEvent) -> str:
    from backend.cli.report import shown

    place = "" if event.node_id is None else f" {event.node_id}[{event.firing}]"
    data: Any = event.data.get("value") if event.kind == "yielded" else event.data
    pin = f".{event.data['pin']}" if event.kind == "yielded" else ""
    return f"{event.seq:>6} {event.at:%H:%M:%S.%f} {event.kind}{place}{pin} {shown(data) if data != {} else ''}".rstrip()

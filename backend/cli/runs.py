"""`blockyard runs`: what has been run, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.output import ExitCode, out, print_json, say

if TYPE_CHECKING:
    from backend.app import App
    from backend.data.db import Database
    from backend.data.run import RunEvent, RunStatus, RunView

_LOOKED_AT = 2_000
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
    from backend.cli.session import in_database

    wanted = _status(status)
    runs, names = in_database(lambda database: _listed(database, limit, wanted))
    if as_json:
        print_json([run.model_dump(mode="json", exclude={"summary", "inputs"}) for run in runs])
    else:
        _show_list(runs, names)


def _status(name: str | None) -> RunStatus | None:
    from backend.data.run import RunStatus
    from backend.util.errors import BadInput

    try:
        return None if name is None else RunStatus(name)
    except ValueError:
        known = ", ".join(status.value for status in RunStatus)
        raise BadInput(f"There is no status {name!r}. Choose one of: {known}.") from None


async def _listed(
    database: Database, limit: int, status: RunStatus | None
) -> tuple[list[RunView], dict[str, str]]:
    """Runs that somebody started (not those within them), and the names of their graphs by id."""
    from backend.data.run_store import list_runs
    from backend.data.status_store import graph_names
    from backend.data.user_store import LOCAL_USER_ID

    async with database.begin() as connection:
        found = await list_runs(connection, LOCAL_USER_ID, limit=_LOOKED_AT, status=status)
        runs = [run for run in found if run.parent_run_id is None][:limit]
        return runs, await graph_names(connection, LOCAL_USER_ID, {run.graph_id for run in runs})


def _show_list(runs: list[RunView], names: dict[str, str]) -> None:
    from rich.table import Table
    from rich.text import Text

    from backend.cli.live_view import STATUS_STYLES, duration

    table = Table(
        "run", "status", "began", "took", "graph", box=None, header_style="dim", padding=(0, 2, 0, 0)
    )
    for column in table.columns[:4]:
        column.no_wrap = True
    table.columns[0].min_width = _LENGTH_OF_ID
    for run in runs:
        took = (run.ended_at - run.created_at).total_seconds() * 1000 if run.ended_at else None
        table.add_row(
            run.id,
            Text(run.status.value.replace("_", " "), style=STATUS_STYLES.get(run.status, "cyan")),
            f"{run.created_at.astimezone():%d %b %H:%M:%S}",
            "" if took is None else duration(took),
            Text(names.get(run.graph_id, run.graph_id)),
        )
    out().print(table)


@app.command(epilog=SHOW_EPILOG)
def show(
    run_id: Annotated[str, typer.Argument(metavar="RUN_ID")],
    events: Annotated[bool, typer.Option("--events", help="Also everything that is recorded of it")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """The status, outputs, errors and leftovers of a run."""
    from backend.cli.session import in_looking_app

    raise typer.Exit(in_looking_app(lambda app: _show(app, run_id, events=events, as_json=as_json)))


async def _show(app: App, run_id: str, *, events: bool, as_json: bool) -> ExitCode:
    from backend.cli.report import exit_code
    from backend.cli.run import conclude, outcome
    from backend.data.user_store import LOCAL_USER_ID

    view = await app.worker.view(LOCAL_USER_ID, run_id)
    recorded = await app.worker.events(LOCAL_USER_ID, run_id) if events else []
    if as_json and events:
        result = await outcome(app, view, None)
        print_json({**result, "events": [event.model_dump(mode="json") for event in recorded]})
        return exit_code(result)
    if not as_json:
        for event in recorded:
            say(_line(event))
    return await conclude(app, view, None, as_json=as_json)


def _line(event: RunEvent) -> str:
    from backend.cli.report import shown

    place = "" if event.node_id is None else f" {event.node_id}[{event.firing}]"
    data: Any = event.data.get("value") if event.kind == "yielded" else event.data
    pin = f".{event.data['pin']}" if event.kind == "yielded" else ""
    return f"{event.seq:>6} {event.at:%H:%M:%S.%f} {event.kind}{place}{pin} {shown(data) if data != {} else ''}".rstrip()

"""`blockyard keys`: the master key that opens all stored secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.options import load_settings
from backend.cli.output import ExitCode, out, print_json, say

if TYPE_CHECKING:
    from backend.data.db import Database
    from backend.data.key_rotation import KeyReport, Rotation

app = typer.Typer(no_args_is_help=True, help="Check and exchange the master key of stored secrets.")

ROTATE_EPILOG = """Examples:

  blockyard keys rotate   (also while `blockyard serve` runs)

  blockyard keys rotate --forget-old

The file <data dir>/master.key gets a new key in front of the old ones, which stay for backups that were made before.
Where the key is in BLOCKYARD_MASTER_KEY: put a new one in front of it with a comma, restart every process with both,
then call this. Whatever ends it, call it again: it goes on."""

CHECK_EPILOG = """Examples:

  blockyard keys check

  blockyard keys check --json

Exit codes: 0 everything opens, 1 something does not."""


@app.command(epilog=ROTATE_EPILOG)
def rotate(
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Take the old keys out of the file when all is done")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object")] = False,
) -> None:
    """Seal everything with a new master key, while processes work."""
    from dataclasses import asdict

    from backend.cli.session import in_database
    from backend.data.key_rotation import rotate_keys

    settings = load_settings()

    async def work(database: Database) -> Rotation:
        return await rotate_keys(database, settings, forget_old=forget_old, progress=say)

    done = in_database(work)
    if as_json:
        print_json(asdict(done))
    else:
        out().print(f"{done.rewrapped:,} secrets are sealed with the key {done.current} now.")
        _show_broken(done.broken)
    raise typer.Exit(ExitCode.FAILED if done.broken else ExitCode.DONE)


@app.command(epilog=CHECK_EPILOG)
def check(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object")] = False) -> None:
    """Say which key is in force and how much each has sealed, and open everything once."""
    from dataclasses import asdict

    from backend.cli.session import in_database
    from backend.data.key_rotation import report_keys

    settings = load_settings()

    async def work(database: Database) -> KeyReport:
        return await report_keys(database, settings)

    report = in_database(work)
    if as_json:
        print_json({**asdict(report), "is_settled": report.is_settled})
    else:
        _show(report)
    raise typer.Exit(ExitCode.FAILED if report.broken else ExitCode.DONE)


def _show(report: KeyReport) -> None:
    out().print(f"{report.source}; in force is the key {report.current}.")
    for key_id in dict.fromkeys([*report.here, *report.counts]):
        place = "" if key_id in report.here else ", and is not here"
        out().print(f"  {key_id} has sealed {report.counts.get(key_id, 0):,} secrets{place}")
    if not report.is_settled:
        out().print("A rotation was broken off: `blockyard keys rotate` goes on with it.")
    _show_broken(report.broken)


def _show_broken(broken: tuple[str, ...]) -> None:
    if broken:
        out().print(f"{len(broken):,} do not open: {', '.join(broken[:20])}. Enter those secrets again.")

"""`blockyard backup`, `restore`, `prune` and `doctor`: what keeps an installation alive."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.options import load_settings
from backend.cli.output import ExitCode, out, print_json, say
from backend.util.errors import Conflict

if TYPE_CHECKING:
    from backend.data.db import Database
    from backend.data.doctor import Finding

app = typer.Typer()

BACKUP_EPILOG = """Examples:

  blockyard backup

  blockyard backup before-update.dump   (also while `blockyard serve` runs)

The file holds everything in the database, credentials encrypted; the key that opens them is not in it."""

RESTORE_EPILOG = """Examples:

  blockyard restore before-update.dump   (into an empty installation)

  blockyard restore before-update.dump --overwrite"""

PRUNE_EPILOG = """Examples:

  blockyard prune --dry-run

  RETAIN_DAYS=30 blockyard prune

How long things are kept: RETAIN_DAYS and AUDIT_RETAIN_DAYS, FILE_RETAIN_DAYS, and each graph's own days."""

DOCTOR_EPILOG = """Examples:

  blockyard doctor

  blockyard doctor --json

Exit codes: 0 nothing is broken, 1 something is."""


@app.command(epilog=BACKUP_EPILOG)
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without: named by the time")] = None,
) -> None:
    """Write the whole database into one file."""
    from backend.data.backup import backup as write

    target = file or Path(f"blockyard-{datetime.now().astimezone():%Y%m%d-%H%M%S}.dump")
    settings = load_settings()
    with _address() as dsn:
        write(dsn, target, say)
    where = (
        "in BLOCKYARD_MASTER_KEY"
        if settings.master_key.get_secret_value()
        else "the file master.key of the data folder"
    )
    say(f"The key that opens its secrets is not in it: {where}. Keep a copy of that elsewhere.")


@app.command(epilog=RESTORE_EPILOG)
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `blockyard backup` wrote")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there")] = False,
) -> None:
    """Put a backup in the place of the database. Stop every other Blockyard process first."""
    from backend.data.backup import restore as put_back

    with _address() as dsn:
        put_back(dsn, file, say, overwrite=overwrite)


@app.command(epilog=PRUNE_EPILOG)
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many there are")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object")] = False,
) -> None:
    """Remove what nobody wants to keep any longer. Servers and workers do so by themselves, every hour."""
    from dataclasses import asdict

    from backend.cli.session import in_database
    from backend.executor.retention import Pruned, Retention

    settings = load_settings()

    async def work(database: Database) -> Pruned | None:
        retention = Retention(database, settings)
        return await (retention.count() if dry_run else retention.prune())

    pruned = in_database(work)
    if pruned is None:
        raise Conflict("Another process is pruning just now. Look again when it is done.")
    if as_json:
        print_json(asdict(pruned))
        return
    counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in asdict(pruned).items())
    out().print(f"{'Due' if dry_run else 'Removed'}: {counts}.")


@contextmanager
def _address() -> Generator[str]:
    """The address of the database; the embedded server runs meanwhile."""
    from backend.data.embedded import open_embedded

    settings = load_settings()
    if settings.database_url:
        yield settings.database_url
        return
    server = open_embedded(settings.data_dir, progress=say)
    try:
        yield server.dsn
    finally:
        server.close()


@app.command(epilog=DOCTOR_EPILOG)
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list")] = False,
) -> None:
    """Say what is wrong with this installation, and the cure. Changes nothing."""
    from backend.cli.health import at_work
    from backend.data.doctor import diagnose

    settings = load_settings()
    findings = [*diagnose(settings), *at_work(settings)]
    if as_json:
        shown = [{"name": f.name, "ok": f.ok, "message": f.message, "cure": f.cure} for f in findings]
        print_json(shown)
    else:
        _show(findings)
    raise typer.Exit(ExitCode.FAILED if any(finding.ok is False for finding in findings) else ExitCode.DONE)


def _show(findings: list[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    marks: dict[bool | None, Callable[[], Text]] = {
        True: lambda: Text("✓", style="green"),
        None: lambda: Text("!", style="yellow"),
        False: lambda: Text("✗", style="bold red"),
    }
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        text = Text(finding.message)
        if finding.cure:
            text.append(f"\n→ {finding.cure}", style="cyan")
        table.add_row(marks[finding.ok](), Text(finding.name, style="bold"), text)
    out().print(table)

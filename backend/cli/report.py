"""How a run that has come to rest is shown: as JSON, as lines, and as an exit code."""

from __future__ import annotations

from typing import Any

import orjson
from rich.console import Console
from rich.text import Text

from backend.cli.live_view import STATUS_STYLES, counted, duration, money
from backend.cli.output import ExitCode, out
from backend.data.model import JsonObject
from backend.data.run import RunStatus

MAX_LINES = 20
_LONGEST_VALUE = 2_000
_EXITS = {
    RunStatus.COMPLETED: ExitCode.DONE,
    RunStatus.COMPLETED_WITH_ERRORS: ExitCode.DONE,
    RunStatus.WAITING: ExitCode.WAITING,
}


def exit_code(result: JsonObject) -> ExitCode:
    """0 completed (also with errors that the graph lets pass), 3 waits for somebody, else 1."""
    return _EXITS.get(RunStatus(result["status"]), ExitCode.FAILED)


def show_result(result: JsonObject, labels: dict[str, str]) -> None:
    """Outputs, then whatever needs a look. `labels` are what people call the nodes."""
    console = out()
    status = RunStatus(result["status"])
    head = Text(status.value.replace("_", " ").capitalize(), style=STATUS_STYLES.get(status, "bold"))
    if result["duration_ms"] is not None:
        head.append(f" in {duration(result['duration_ms'])}", style="not bold dim")
    if result["cost"]["usd_micros"]:
        head.append(f", {money(result['cost']['usd_micros'])}", style="not bold dim")
    console.print(head)
    _show_outputs(console, result["outputs"])
    _show_errors(console, result["errors"])
    _show_rest(console, result, labels)
    console.print(Text(f"Run {result['run_id']}", style="dim"))


def _show_outputs(console: Console, outputs: dict[str, list[Any]]) -> None:
    for name, values in outputs.items():
        for value in values[:MAX_LINES]:
            console.print(Text.assemble((f"  {name}", "cyan"), "  ", shown(value)))
        if len(values) > MAX_LINES:
            console.print(Text(f"  … and {len(values) - MAX_LINES:,} more of {name!r}", style="dim"))


def _show_errors(console: Console, errors: list[JsonObject]) -> None:
    for error in errors[:MAX_LINES]:
        node = _place(error["node_name"], error["node_id"])
        item = f", item {'.'.join(map(str, error['item']))}" if error["item"] else ""
        console.print(Text.assemble(("  ✗ ", "red"), (f"{node}{item}: ", "bold"), error["message"]))
    if len(errors) > MAX_LINES:
        console.print(Text(f"  … and {len(errors) - MAX_LINES:,} more errors", style="dim"))


def _place(name: str | None, node_id: str | None) -> str:
    """What people call a node, and its id where that is something else."""
    if node_id is None:
        return "The run"
    return node_id if name in (None, node_id) else f"{name} ({node_id})"


def _show_rest(console: Console, result: JsonObject, labels: dict[str, str]) -> None:
    for left in result["leftovers"][:MAX_LINES]:
        pin = f"{labels.get(left['node_id'], left['node_id'])}.{left['pin']}"
        console.print(Text(f"  ! {counted(left['count'], 'value')} never used: {pin}", style="yellow"))
    never: list[str] = [labels.get(str(node_id), str(node_id)) for node_id in result["never_fired"]]
    if never:
        names = ", ".join(never[:MAX_LINES]) + (" …" if len(never) > MAX_LINES else "")
        console.print(Text(f"  ! never fired: {names}", style="yellow"))


def shown(value: Any) -> str:
    """A value in one line; a text as it is, everything else as JSON."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    if len(text) <= _LONGEST_VALUE:
        return text
    return f"{text[:_LONGEST_VALUE]} … ({len(text):,} characters; --json shows all)"

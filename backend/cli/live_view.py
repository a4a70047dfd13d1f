"""The live view of a run in a terminal: a table that is drawn again ten times a second."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from backend.cli.progress import NodeLine, NodeState, Progress
from backend.data.run import RunEvent, RunStatus

MARKS = {
    NodeState.IDLE: ("·", "dim"),
    NodeState.RUNNING: ("●", "cyan"),
    NodeState.WAITING: ("◷", "yellow"),
    NodeState.DONE: ("✓", "green"),
    NodeState.FAILED: ("✗", "red"),
}
STATUS_STYLES = {
    RunStatus.COMPLETED: "bold green",
    RunStatus.COMPLETED_WITH_ERRORS: "bold yellow",
    RunStatus.FAILED: "bold red",
    RunStatus.CANCELLED: "bold red",
    RunStatus.WAITING: "bold yellow",
}
_ROWS_OF_OTHERS = 14
_LONGEST_NAME = 32
_HEADINGS = ("", "node", "firings", "items", "time")


class LiveView:
    """`with LiveView(...) as view: view.take(event)`; leaves the last picture on the screen."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self.progress = progress
        self._console = console
        self._live = Live(
            console=console, get_renderable=self.picture, refresh_per_second=10, redirect_stdout=False
        )

    def __enter__(self) -> LiveView:
        self._live.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def take(self, event: RunEvent) -> None:
        """Something happened; it is seen at the next drawing."""
        self.progress.take(event)

    def picture(self) -> RenderableType:
        """The run as it stands."""
        room = max(self._console.size.height - _ROWS_OF_OTHERS, 5)
        lines = list(self.progress.lines())
        shown = chosen(lines, room)
        table = self._table(shown)
        parts: list[RenderableType] = [self._headline(), table]
        if len(shown) < len(lines):
            parts.append(Text(f"  … and {len(lines) - len(shown):,} more nodes", style="dim"))
        return Group(*parts)

    def _table(self, shown: Sequence[NodeLine]) -> Table:
        """Only the remarks give way when the terminal is narrow: the other columns say how wide they are."""
        rows = [self._row(line) for line in shown]
        table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
        for place, heading in enumerate(_HEADINGS):
            widest = max(
                (cell.cell_len for cell in (Text(heading), *(row[place] for row in rows))), default=1
            )
            width = max(min(widest, _LONGEST_NAME), 1)
            table.add_column(
                heading,
                no_wrap=True,
                min_width=width,
                max_width=width,
                justify="right" if place > 1 else "left",
            )
        table.add_column("", no_wrap=True)
        room = self._console.width - sum((column.min_width or 0) + 2 for column in table.columns)
        for row in rows:
            row[-1].truncate(max(room, 1), overflow="ellipsis")
            table.add_row(*row)
        return table

    def _headline(self) -> Text:
        progress = self.progress
        status = progress.status
        seconds = time.monotonic() - progress.began
        text = Text()
        text.append(progress.name, style="bold")
        text.append("  ")
        text.append(status.value.replace("_", " "), style=STATUS_STYLES.get(status, "bold cyan"))
        text.append(f"  {counted(progress.firings, 'firing')}  {seconds:.1f} s", style="dim")
        if progress.cost_usd_micros:
            text.append(f"  {money(progress.cost_usd_micros)}", style="dim")
        return text

    def _row(self, line: NodeLine) -> tuple[Text, ...]:
        mark, style = MARKS[line.state]
        items = self.progress.items(line)
        return (
            Text(mark, style=style),
            Text(line.label, style="dim" if line.state is NodeState.IDLE else ""),
            Text(f"{line.ended:,}" if line.started else ""),
            Text(f"{items[0]:,} of {items[1]:,}" if items else ""),
            Text(duration(line.busy_ms) if line.started else ""),
            _remark(line),
        )


def chosen(lines: Sequence[NodeLine], room: int) -> list[NodeLine]:
    """At most `room` lines in the order of the graph: what is at work or failed first, idle ones last."""
    if len(lines) <= room:
        return list(lines)
    rank = [NodeState.FAILED, NodeState.RUNNING, NodeState.WAITING, NodeState.DONE, NodeState.IDLE]
    places = sorted(range(len(lines)), key=lambda place: (rank.index(lines[place].state), place))
    return [lines[place] for place in sorted(places[:room])]


def _remark(line: NodeLine) -> Text:
    if line.failed:
        return Text(f"{line.failed:,} failed: {line.last_error}", style="red")
    if line.state is NodeState.WAITING:
        return Text(f"waits {line.note}", style="yellow")
    if line.retried:
        return Text(f"tried again {line.retried:,} times", style="yellow")
    return Text(line.note if line.state is NodeState.RUNNING else "", style="dim")


def counted(count: int, what: str) -> str:
    """`1 firing`, `1,200 firings`."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def duration(ms: float) -> str:
    """`0.3 ms`, `48 ms`, `12.4 s`, `3 min 20 s`."""
    if ms < 1000:
        return f"{ms:.1f} ms" if ms < 10 else f"{ms:.0f} ms"
    seconds = ms / 1000
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def money(usd_micros: int) -> str:
    """An amount in US dollars."""
    return f"${usd_micros / 1_000_000:.4f}"

"""The figures as a table: for a terminal, for the page, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from bench.figure import Figure

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
COLUMNS = ("work", "what", "floor", "ours", "× floor", "Node-RED", "target", "met")


def cells(figure: Figure) -> tuple[str, ...]:
    """One line, in the order of COLUMNS; empty for what was not measured."""
    sign = "≥ " if figure.more_is_better else "≤ "
    met = {None: "", True: "yes", False: "no"}[figure.is_met]
    return (
        figure.work,
        figure.what,
        _amount(figure.floor, figure.unit),
        _amount(figure.ours, figure.unit),
        "" if figure.ratio is None else f"{figure.ratio:.1f}",
        _amount(figure.peer, figure.unit),
        "" if figure.target is None else sign + _amount(figure.target, figure.unit),
        met,
    )


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    space = "" if unit.startswith("/") else " "
    return f"{value:,.{digits}f}{space}{unit}"


def print_table(console: Console, facts: Mapping[str, str], figures: Sequence[Figure]) -> None:
    """For people at a terminal."""
    table = Table(*COLUMNS[:2], title="Medians of this session", title_justify="left")
    for column in COLUMNS[2:]:
        table.add_column(column, justify="right")
    for figure in figures:
        line = cells(figure)
        table.add_row(*line, style="red" if figure.is_met is False else None)
    console.print(table)
    for note in notes(figures):
        console.print(f"  {note}")
    for name, value in facts.items():
        console.print(f"  {name}: {value}")


def notes(figures: Sequence[Figure]) -> list[str]:
    """What stands under the table, each once."""
    return list(dict.fromkeys(f"{figure.work}, {figure.note}" for figure in figures if figure.note))


def markdown(facts: Mapping[str, str], figures: Sequence[Figure], day: date) -> str:
    """For the page."""
    lines = [f"Measured on {day.isoformat()} by `python -m bench`; medians.", ""]
    lines += [_row(COLUMNS), _row(["---", "---", *["---:"] * (len(COLUMNS) - 2)])]
    lines += [_row(cells(figure)) for figure in figures]
    lines += ["", *(f"- {note}." for note in notes(figures)), ""]
    lines += [_row(["the machine", ""]), _row(["---", "---"])]
    lines += [_row(pair) for pair in facts.items()]
    return "\n".join(lines)


def _row(line: Sequence[str]) -> str:
    return f"| {' | '.join(line)} |"


def replace_between_markers(page: str, table: str) -> str:
    """The page with a new table.

    Raises:
        ValueError: the page has no markers, or they stand the wrong way round.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page needs the two lines {BEGIN} and {END}; the table goes between them.")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def write_json(path: Path, facts: Mapping[str, str], figures: Sequence[Figure]) -> None:
    """For programs."""
    content = {"machine": facts, "figures": [figure.as_json() for figure in figures]}
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))

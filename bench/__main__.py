"""`python -m bench [W1 W4 …] [--peers] [--json FILE] [--write FILE]`: measures and prints the table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from rich.console import Console

from bench import machine, table, w1, w1b, w2, w3, w4, w5, w7, w8, w9
from bench.figure import Figure

_WIDTH = 120
Measure = Callable[..., AsyncIterator[Figure]]

WORKS: dict[str, Measure] = {
    "W1": w1.measure,
    "W1b": w1b.measure,
    "W2": w2.measure,
    "W3": w3.measure,
    "W4": w4.measure,
    "W5": w5.measure,
    "W7": w7.measure,
    "W8": w8.measure,
    "W9": w9.measure,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"which of {', '.join(WORKS)}; all without")
    parser.add_argument("--peers", action="store_true", help="measure Node-RED too (needs Node.js)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table between the page's markers")
    given = parser.parse_args()
    unknown = [name for name in given.works if name not in WORKS]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; choose from {', '.join(WORKS)}")
    return given


async def measure(console: Console, names: list[str], *, with_peers: bool) -> list[Figure]:
    """One work after the other, in the order of the table."""
    figures: list[Figure] = []
    for name, work in WORKS.items():
        if name in names:
            with console.status(f"Measuring {name}"):
                figures += [figure async for figure in work(with_peers=with_peers)]
    return figures


async def main() -> None:
    given = arguments()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    facts = await machine.facts()
    figures = await measure(console, given.works or list(WORKS), with_peers=given.peers)
    table.print_table(console, facts, figures)
    if given.json:
        table.write_json(given.json, facts, figures)
    if given.write:
        text = table.markdown(facts, figures, datetime.now(UTC).date())
        page = given.write.read_text(encoding="utf-8")
        given.write.write_text(table.replace_between_markers(page, text), encoding="utf-8")


if __name__ == "__main__":
    uvloop.run(main())

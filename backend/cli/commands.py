"""All commands. Their modules import nothing heavy until a command runs, so that `--help` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backend.cli import blocks, data, graph, review, run, runs, serve
from backend.cli.options import current

EPILOG = """Examples:

  blockyard serve

  blockyard run examples/hello.json --input name=Ada

  blockyard doctor"""

app = typer.Typer(
    name="blockyard",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    data_dir: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where everything is kept (BLOCKYARD_DATA_DIR)")
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error, and log more")
    ] = False,
) -> None:
    """Blockyard: compose graphs of blocks, and run them durably."""
    current.data_dir, current.is_debug = data_dir, debug


for group in (serve, run, data):
    app.add_typer(group.app)
app.add_typer(graph.app, name="graph")
app.add_typer(blocks.app, name="blocks")
app.add_typer(runs.app, name="runs")
app.add_typer(review.app, name="review")

"""All commands. Their modules import nothing heavy until a command runs, so that `--help` is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backend.cli import blocks, data, graph, keys, provider, review, run, runs, serve, user
from backend.cli.options import current
from backend.util.errors import BadInput

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


AT_SERVER = frozenset({"run", "runs", "review", "graph", "blocks"})
"""Commands that `--server` is for."""
OF_A_CHECKOUT = frozenset({"provider"})
"""Commands for which it does not matter."""


@app.callback()
def options(
    context: typer.Context,
    data_dir: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where everything is kept (BLOCKYARD_DATA_DIR)")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            envvar="BLOCKYARD_SERVER",
            help="Work at this server; for run, runs, review, graph, blocks",
        ),
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(metavar="KEY", envvar="BLOCKYARD_API_KEY", help="An API key of the server")
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error, and log more")
    ] = False,
) -> None:
    """Blockyard: compose graphs of blocks, and run them durably."""
    current.data_dir, current.is_debug = data_dir, debug
    current.server, current.api_key = server or None, api_key or None
    if current.server is not None and context.invoked_subcommand not in OF_A_CHECKOUT:
        _check_server(context.invoked_subcommand)


def _check_server(command: str | None) -> None:
    """Refuse what cannot work at a server."""
    if command is not None and command not in AT_SERVER:
        cure = "Leave --server out, or unset BLOCKYARD_SERVER."
        raise BadInput(f"`blockyard {command}` works on the machine that it is called on. {cure}")
    if current.api_key is None:
        raise BadInput("The server wants an API key. Give --api-key, or set BLOCKYARD_API_KEY.")


for group in (serve, run, data):
    app.add_typer(group.app)
app.add_typer(graph.app, name="graph")
app.add_typer(blocks.app, name="blocks")
app.add_typer(runs.app, name="runs")
app.add_typer(review.app, name="review")
app.add_typer(user.app, name="user")
app.add_typer(keys.app, name="keys")
app.add_typer(provider.app, name="provider")

"""`blockyard provider`: make a provider's files, and say what they lack. It works in a checkout of Blockyard."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Add a provider, and see what it lacks; in a checkout.")

NEW_EPILOG = """Examples:

  blockyard provider new acme

  blockyard provider new acme --webhook --auth oauth2,api_key --label "Acme Cloud"

docs/adding-a-provider.md goes on from there."""

Auth = Annotated[str, typer.Option(help="api_key, oauth2, user_password, several with commas, or none")]
Webhook = Annotated[bool, typer.Option("--webhook", help="With a trigger block and a webhook manager")]
Label = Annotated[str, typer.Option(help='What people call it: "Google Maps"')]
Anyway = Annotated[bool, typer.Option("--anyway", help="Though the working tree has changes")]


@app.command("new", epilog=NEW_EPILOG)
def new_command(
    name: Annotated[str, typer.Argument(help="Small letters, digits and dashes: acme, google-maps")],
    auth: Auth = "api_key",
    webhook: Webhook = False,
    label: Label = "",
    anyway: Anyway = False,
) -> None:
    """Write every file of a new provider; its tests pass at once."""
    _run("new", name, *_options(auth, webhook, label, anyway))


@app.command("fill", epilog="Examples:\n\n  blockyard provider fill acme --webhook")
def fill_command(
    name: Annotated[str, typer.Argument(help="A provider that is there")],
    auth: Auth = "",
    webhook: Webhook = False,
    label: Label = "",
    anyway: Anyway = False,
) -> None:
    """Write what a provider lacks and leave what is there; a second time it changes nothing."""
    _run("fill", name, *_options(auth, webhook, label, anyway))


@app.command("check", epilog="Examples:\n\n  blockyard provider check acme\n\n  blockyard provider check")
def check_command(
    name: Annotated[str, typer.Argument(help="One provider; without it, all of them")] = "",
) -> None:
    """Say what is missing or wrong: file, line, and the text to paste."""
    _run("check", *([name] if name else []))


def _options(auth: str, webhook: bool, label: str, anyway: bool) -> list[str]:
    flags = [flag for flag, is_set in (("--webhook", webhook), ("--anyway", anyway)) if is_set]
    valued = [
        word for name, value in (("--auth", auth), ("--label", label)) if value for word in (name, value)
    ]
    return [*flags, *valued]


def _run(*arguments: str) -> None:
    """Hand over to the checkout's own tools, in a process that sees the files as they are now."""
    from backend.util.errors import BadInput
    from backend.util.settings import REPOSITORY

    if not (REPOSITORY / "tools/provider/__main__.py").is_file():
        raise BadInput(
            "Providers are made in a checkout of Blockyard, and this is an installed package. Clone the repository, "
            "`make setup`, and call `make provider NAME=acme` there."
        )
    done = subprocess.run([sys.executable, "-m", "tools.provider", *arguments], cwd=REPOSITORY)
    raise typer.Exit(done.returncode)

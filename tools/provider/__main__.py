"""`python -m tools.provider new|fill|check`; `make provider` and `blockyard provider` call it."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import typer

from tools.checks.sources import ROOT
from tools.provider.choices import Choices, parse_auth
from tools.provider.names import Refused
from tools.provider.new import Made, fill, new

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)
Name = Annotated[str, typer.Argument(help="Small letters, digits and dashes: acme, google-maps")]
Auth = Annotated[str, typer.Option(help="api_key, oauth2, user_password, several with commas, or none")]
Webhook = Annotated[bool, typer.Option("--webhook", help="With a trigger block and a webhook manager")]
Label = Annotated[str, typer.Option(help='What people call it: "Google Maps"')]
Anyway = Annotated[bool, typer.Option("--anyway", help="Though the working tree has changes")]


@app.command("new")
def new_command(
    name: Name, auth: Auth = "api_key", webhook: Webhook = False, label: Label = "", anyway: Anyway = False
) -> None:
    """Write every file of a new provider."""
    with _refusals():
        _tell(new(ROOT, name, _choices(auth, webhook, label), anyway=anyway))


@app.command("fill")
def fill_command(
    name: Name, auth: Auth = "", webhook: Webhook = False, label: Label = "", anyway: Anyway = False
) -> None:
    """Write what a provider lacks, and leave what is there."""
    with _refusals():
        choices = _choices(auth, webhook, label) if auth or webhook or label else None
        _tell(fill(ROOT, name, choices, anyway=anyway))


@app.command("check")
def check_command(
    name: Annotated[str, typer.Argument(help="One provider; without it, all of them")] = "",
) -> None:
    """Say what a provider lacks, with the text to paste."""
    from tools.provider.check import run

    with _refusals():
        raise typer.Exit(run(ROOT, name))


def _choices(auth: str, webhook: bool, label: str) -> Choices:
    return Choices(parse_auth(auth), has_webhook=webhook, label=label)


@contextmanager
def _refusals() -> Generator[None]:
    """What is refused is said in a sentence, and ends with 2."""
    try:
        yield
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        raise typer.Exit(2) from None


def _tell(made: Made) -> None:
    if not (made.written or made.edited or made.generated):
        print(f"{made.choices.label} has every file of the checklist; nothing was changed.")
        return
    for verb, files in (("wrote", made.written), ("edited", made.edited), ("generated", made.generated)):
        for file in files:
            print(f"{verb:>9}  {file}")
    stem, module = made.names.stem, made.names.module
    origin = f'{{"https://api.{stem}.example": "http://127.0.0.1:8099"}}'
    print(
        f"\n{made.choices.label} is there. Next:\n"
        f"  .venv/bin/pytest -q tests/blocks/{module}\n"
        "      its tests\n"
        f"  blockyard provider check {stem}\n"
        "      what is still missing\n"
        "  python examples/example_api.py &\n"
        "      the service that its blocks speak to until you put the real one in; its key is ex_demo\n"
        f"  HTTP_ORIGIN_MAP='{origin}' make dev\n"
        "      the builder has its blocks, and what you save is there at once\n"
        f"docs/adding-a-provider.md goes through the files one by one, from backend/blocks/{module}/_api.py on."
    )


if __name__ == "__main__":
    app()

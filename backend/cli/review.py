"""`blockyard review`: what runs ask of a person, and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.output import ExitCode, out, print_json, say
from backend.util.errors import BadInput

if TYPE_CHECKING:
    from backend.cli.place import Place
    from backend.data.block import Decision

app = typer.Typer(no_args_is_help=True, help="Answer what runs ask of a person.")

ANSWER_EPILOG = """Examples:

  blockyard review answer REVIEW_ID --approve

  blockyard review answer REVIEW_ID --reject --message "Too long"

  blockyard review answer REVIEW_ID --approve --data '{"text": "better"}'

Then it stays until the run is over. Exit codes: as `blockyard run`."""


@app.command("list", epilog="Example:\n\n  blockyard review list")
def list_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list")] = False,
) -> None:
    """What waits for an answer, oldest first."""
    from backend.cli.place import Opened
    from backend.cli.session import in_place

    reviews = in_place(lambda place: place.reviews(), Opened.DATABASE)
    if as_json:
        print_json(reviews)
        return
    if not reviews:
        say("Nothing waits for an answer.")
    from backend.cli.report import shown

    for review in reviews:
        out().print(
            f"{review['id']}  [bold]{_plain(review['name'])}[/bold]  [dim]run {review['run_id']}[/dim]"
        )
        out().print(f"  {_plain(shown(review['data']))}")


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


@app.command(epilog=ANSWER_EPILOG)
def answer(
    review_id: Annotated[str, typer.Argument(metavar="REVIEW_ID")],
    is_approved: Annotated[bool | None, typer.Option("--approve/--reject", help="One of the two")] = None,
    data: Annotated[str | None, typer.Option(metavar="JSON", help="The data as you want it instead")] = None,
    message: Annotated[str, typer.Option(help="A word to go with it")] = "",
    wait: Annotated[bool, typer.Option(help="Stay until the run is over")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Answer a review; its run goes on."""
    from backend.cli.place import Opened
    from backend.cli.session import in_place
    from backend.data.block import Decision

    if is_approved is None:
        raise BadInput("Say --approve or --reject.")
    decision = Decision(is_approved=is_approved, data=_edited(data), message=message)
    code = in_place(
        lambda place: _answer(place, review_id, decision, wait=wait, as_json=as_json), Opened.WORKER
    )
    raise typer.Exit(code)


def _edited(text: str | None) -> Any:
    from backend.util.json_text import parse_json

    if text is None:
        return None
    try:
        return parse_json(text.encode(errors="surrogateescape"))
    except BadInput as error:
        raise BadInput(f"--data: {error}") from error


async def _answer(place: Place, review_id: str, decision: Decision, *, wait: bool, as_json: bool) -> ExitCode:
    from backend.cli.follow import Follower, cancel_on_interrupt, has_terminal
    from backend.cli.run import conclude, stay
    from backend.util.errors import NotFound

    open_now = await place.reviews()
    run_id = next((review["run_id"] for review in open_now if review["id"] == review_id), None)
    if run_id is None:
        raise NotFound(
            f"There is no open review {review_id!r}. `blockyard review list` shows those there are."
        )
    root_id = await place.root_of(run_id)
    await place.decide(review_id, decision)
    if not wait:
        say("Stored; the next worker goes on with the run.")
        return ExitCode.DONE
    with cancel_on_interrupt(place, root_id):
        seen = await stay(Follower(place, root_id, is_live=not as_json and has_terminal()))
    return await conclude(place, seen, None, as_json=as_json)

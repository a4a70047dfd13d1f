"""`blockyard user`: accounts, made and mended at the machine itself; every change is in the audit log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.output import out, print_json, say
from backend.util.errors import BadInput, NotFound

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from backend.data.db import Database
    from backend.data.model import JsonObject
    from backend.server.wire.people import NewPerson

app = typer.Typer(no_args_is_help=True, help="Make accounts, and mend them.")

CREATE_EPILOG = """Examples:

  blockyard user create ada@example.com --role owner

  echo "$PASSWORD" | blockyard user create bob@example.com --name Bob --password-stdin

Without --password-stdin a password is made and printed, this once."""

RESET_EPILOG = """Examples:

  blockyard user reset-password ada@example.com

  echo "$PASSWORD" | blockyard user reset-password ada@example.com --password-stdin

All their sessions end; a server that runs knows within seconds."""

Address = Annotated[str, typer.Argument(metavar="EMAIL")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin")
]
_PAGE = 200


@app.command(epilog=CREATE_EPILOG)
def create(
    email: Address,
    name: Annotated[str, typer.Option(help="Without: what stands before the @")] = "",
    role: Annotated[str, typer.Option(help="owner, editor or viewer")] = "editor",
    from_stdin: FromStdin = False,
) -> None:
    """Make an account. The first owner's closes the setup of the installation."""
    from backend.cli.session import in_database
    from backend.server.passwords import new_password

    given = _password_in() if from_stdin else None
    person = _checked(email=email, name=name, role=role, password=given)
    password = given or new_password()
    in_database(lambda database: _create(database, person, password))
    say(f"{person.email} may log in now, as {person.role}.")
    _show(None if given else password)


@app.command("list", epilog="Example:\n\n  blockyard user list --json")
def list_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list")] = False,
) -> None:
    """Everybody who has an account, newest first."""
    from backend.cli.session import in_database

    people = in_database(_everybody)
    if as_json:
        print_json(people)
        return
    if not people:
        say("Nobody has an account. Make one: blockyard user create EMAIL --role owner")
        return
    _print_table(people)


@app.command("reset-password", epilog=RESET_EPILOG)
def reset_password(email: Address, from_stdin: FromStdin = False) -> None:
    """Give somebody a new password; without --password-stdin one is made and printed."""
    from backend.cli.session import in_database
    from backend.server.passwords import new_password

    given = _password_in() if from_stdin else None
    address = _checked(email=email, password=given).email
    password = given or new_password()
    ended = in_database(lambda database: _reset(database, address, password))
    say(f"{address} has a new password; {ended} sessions ended.")
    _show(None if given else password)


@app.command("set-role", epilog="Example:\n\n  blockyard user set-role ada@example.com viewer")
def set_role(
    email: Address, role: Annotated[str, typer.Argument(metavar="ROLE", help="owner, editor or viewer")]
) -> None:
    """Let somebody do more, or less."""
    person = _checked(email=email, role=role)
    _change(person.email, role=person.role)
    say(f"{person.email} is {person.role} now.")


@app.command(epilog="Example:\n\n  blockyard user deactivate ada@example.com")
def deactivate(email: Address) -> None:
    """Shut somebody out: their sessions end and their API keys do nothing. What is theirs stays."""
    address = _checked(email=email).email
    _change(address, is_active=False)
    say(f"{address} is shut out.")


@app.command(epilog="Example:\n\n  blockyard user activate ada@example.com")
def activate(email: Address) -> None:
    """Let somebody in again, with the password and the API keys that they had."""
    address = _checked(email=email).email
    _change(address, is_active=True)
    say(f"{address} may log in again.")


def _checked(**given: str | None) -> NewPerson:
    """What was asked for, in the form in which it is stored.

    Raises:
        BadInput: the same that the server refuses.
    """
    from backend.server.body import check_model
    from backend.server.wire.people import NewPerson
    from backend.util.json_text import refuse_unstorable

    refuse_unstorable(given)
    return check_model(NewPerson, given)


def _password_in() -> str:
    """The first line of stdin.

    Raises:
        BadInput: there is none, or it is no UTF-8.
    """
    raw = sys.stdin.buffer.readline().rstrip(b"\r\n")
    if not raw:
        raise BadInput("There is no password on stdin. Pipe one into the command, as its first line.")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadInput("The password on stdin is no UTF-8. Send it in UTF-8.") from error


def _show(password: str | None) -> None:
    """Print a password that was made: it alone stands on stdout."""
    if password is not None:
        say("The password, shown this once:")
        print(password, flush=True)


async def _create(database: Database, person: NewPerson, password: str) -> None:
    from backend.data.user_store import create_user, has_owner
    from backend.server.passwords import Passwords
    from backend.server.setup import close_setup
    from backend.server.wire.people import name_for
    from backend.util.clock import new_id

    user_id, password_hash = new_id(), await Passwords().hash(password)
    async with database.begin() as connection:
        if person.role == "owner" and not await has_owner(connection):
            await close_setup(connection)
        await create_user(
            connection,
            user_id=user_id,
            email=person.email,
            name=name_for(person),
            role=person.role,
            password_hash=password_hash,
        )
        await _record(connection, "user.create", user_id, {"email": person.email, "role": person.role})


async def _reset(database: Database, email: str, password: str) -> int:
    from backend.data.user_store import set_password
    from backend.server.passwords import Passwords

    password_hash = await Passwords().hash(password)
    async with database.begin() as connection:
        user_id = await _id_of(connection, email)
        ended = await set_password(connection, user_id, password_hash)
        await _record(connection, "user.reset_password", user_id, {"sessions_ended": ended})
    return ended


def _change(email: str, **changes: Any) -> None:
    """Change role or is_active of somebody, and note it."""
    from backend.cli.session import in_database

    async def change(database: Database) -> None:
        from backend.data.user_store import change_person

        async with database.begin() as connection:
            user_id = await _id_of(connection, email)
            before, after = await change_person(connection, user_id, **changes)
            changed = {field: [before[field], after[field]] for field in changes}
            await _record(connection, "user.change", user_id, changed)

    in_database(change)


async def _id_of(connection: AsyncConnection, email: str) -> str:
    from backend.data.user_store import LOCAL_USER_ID, find_user_id

    user_id = await find_user_id(connection, email)
    if user_id is None or user_id == LOCAL_USER_ID:
        raise NotFound(f"Nobody has the e-mail address {email!r}. `blockyard user list` shows who is here.")
    return user_id


async def _record(connection: AsyncConnection, action: str, user_id: str, detail: JsonObject) -> None:
    from backend.data.audit_store import record

    whole = {**detail, "by": "command line"}
    await record(connection, None, action, target_kind="user", target_id=user_id, detail=whole)


async def _everybody(database: Database) -> list[JsonObject]:
    from backend.data.user_store import list_people

    people: list[JsonObject] = []
    async with database.begin() as connection:
        while True:
            last = people[-1]["id"] if people else None
            page = await list_people(connection, limit=_PAGE, before=last)
            people.extend(page)
            if len(page) < _PAGE:
                return people


def _print_table(people: list[JsonObject]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("e-mail", "name", "role", ""):
        table.add_column(heading)
    for person in people:
        state = "" if person["is_active"] else "shut out"
        table.add_row(Text(person["email"]), Text(person["name"]), Text(person["role"]), Text(state))
    out().print(table)

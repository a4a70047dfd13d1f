"""What goes to the terminal: results to stdout, everything said about them to stderr, and the exit codes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from backend.util.errors import BadInput, BlockyardError, NotFound

if TYPE_CHECKING:
    from rich.console import Console

MAX_SHOWN = 20
_WIDTH_OF_FILES = 200


class ExitCode(IntEnum):
    """How a command ends; `run`, `review answer` and `runs show` all use the same four for a run."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    WAITING = 3
    INTERRUPTED = 130


def say(text: str) -> None:
    """A line for the person; never part of a result."""
    print(text, file=sys.stderr, flush=True)


def out() -> Console:
    """Where results are shown to a person."""
    return _console(is_stderr=False)


def err() -> Console:
    """The same on stderr."""
    return _console(is_stderr=True)


def _console(*, is_stderr: bool) -> Console:
    """Without a terminal lines are as long as they have to be."""
    from rich.console import Console

    has_terminal = (sys.stderr if is_stderr else sys.stdout).isatty()
    width = None if has_terminal else _WIDTH_OF_FILES
    return Console(stderr=is_stderr, highlight=False, soft_wrap=not has_terminal, width=width)


def print_json(value: Any) -> None:
    """One JSON document on stdout: indented for a person, one line for a program."""
    import orjson

    option = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    raw = orjson.dumps(value, option=option | orjson.OPT_APPEND_NEWLINE, default=str)
    sys.stdout.flush()
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()


def code_of(error: BlockyardError) -> ExitCode:
    """2 when what was asked for cannot be done as it was asked, 1 for everything else."""
    return ExitCode.BAD_INPUT if isinstance(error, BadInput | NotFound) else ExitCode.FAILED


def tell_error(error: BlockyardError) -> None:
    """The error as one line and its cure; several problems are one line each."""
    problems = error.problems
    if len(problems) < 2:
        say(f"blockyard: {problems[0] if problems else error}")
        return
    say(f"blockyard: {len(problems)} problems")
    say_list(map(str, problems))


def say_list(lines: Iterable[str]) -> None:
    """One line each, the surplus counted."""
    listed = list(lines)
    for line in listed[:MAX_SHOWN]:
        say(f"  - {line}")
    if len(listed) > MAX_SHOWN:
        say(f"  … and {len(listed) - MAX_SHOWN} more")


def refusal(error: BlockyardError) -> dict[str, Any]:
    """The JSON object of a command that was refused: shaped like a run's result, with no run in it."""
    problems = [
        {"node_id": p.node_id, "pin": p.pin, "path": p.path, "message": p.message, "cure": p.cure}
        for p in error.problems
    ] or [{"node_id": None, "pin": None, "path": None, "message": str(error), "cure": ""}]
    return {
        "run_id": None,
        "status": "refused",
        "outputs": {},
        "duration_ms": None,
        "cost": {"usd_micros": 0, "credits": 0.0},
        "leftovers": [],
        "never_fired": [],
        "errors": [{"code": error.code, **problem} for problem in problems],
    }

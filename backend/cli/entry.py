"""Calls the command and turns whatever goes wrong into a line, a cure and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import cast

from backend.cli.options import current
from backend.cli.output import ExitCode, code_of, say, tell_error
from backend.util.errors import BlockyardError


def enter() -> None:
    """See `backend.cli.main`."""
    from backend.cli.commands import app

    try:
        app(prog_name="blockyard")
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except Exception as error:  # the last one before the person: nothing may pass as a traceback
        if current.is_debug:
            raise
        sys.exit(_told(error))


def _told(error: Exception) -> ExitCode:
    found = inner(error)
    if isinstance(found, BlockyardError):
        tell_error(found)
        return code_of(found)
    if isinstance(found, BrokenPipeError):
        _close_stdout()
        return ExitCode.FAILED
    say(
        f"blockyard: Blockyard failed: {found!r}. Run it again with --debug before the command and report that."
    )
    return ExitCode.FAILED


def inner(error: BaseException) -> BaseException:
    """The error itself where a task group has wrapped it."""
    found = error
    while isinstance(found, BaseExceptionGroup):
        found = cast("BaseExceptionGroup[BaseException]", found).exceptions[0]
    return found


def _close_stdout() -> None:
    """So that the interpreter does not try to flush into the closed pipe at its end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

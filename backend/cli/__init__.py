"""The command line. `main` is what `blockyard` calls; everything else is imported when a command needs it."""

from __future__ import annotations


def main() -> None:
    """Run the command that the arguments name, and leave the process with its exit code."""
    from backend.cli.entry import enter

    enter()

"""Puts a review to whoever sits at the terminal."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import orjson

from backend.cli.output import say
from backend.data.block import Decision
from backend.data.model import JsonObject
from backend.util.errors import BadInput
from backend.util.json_text import parse_json

_CHOICES = "[y]es, [n]o, [e]dit the data, [l]ater"


async def ask_person(review: JsonObject) -> Decision | None:
    """What the person decides; None: later."""
    say(f"\n? {review['name']}")
    say(orjson.dumps(review["data"], option=orjson.OPT_INDENT_2).decode())
    data: Any = None
    while True:
        answer = (await _line(f"{_choices(review)}: ")).strip().lower()
        if answer in ("l", "later", ""):
            return None
        if answer in ("e", "edit") and review["is_editable"]:
            data = await _edited(data)
            continue
        if answer in ("y", "yes", "n", "no"):
            message = (await _line("A word with it (may be empty): ")).strip()
            return Decision(is_approved=answer.startswith("y"), data=data, message=message)


def _choices(review: JsonObject) -> str:
    return _CHOICES if review["is_editable"] else _CHOICES.replace(" [e]dit the data,", "")


async def _edited(before: Any) -> Any:
    text = (await _line("The new data, as JSON: ")).strip()
    try:
        return parse_json(text.encode(errors="surrogateescape"))
    except BadInput as error:
        say(f"{error} The data stays as it is.")
        return before


async def _line(prompt: str) -> str:
    """A line of the terminal; reads without a thread, so that Ctrl-C can end it. Empty at the end of input."""
    print(prompt, end="", file=sys.stderr, flush=True)
    loop, source = asyncio.get_running_loop(), sys.stdin.fileno()
    ready = asyncio.Event()
    loop.add_reader(source, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(source)
    return sys.stdin.readline()

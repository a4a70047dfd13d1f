"""Edits of a file's text that keep everything else in it. Each gives a text that has it back unchanged.

Python is edited by libcst, so that comments, order and spaces stay; other files by a marked block.
"""

from __future__ import annotations

from collections.abc import Callable

Put = Callable[[str], str]
"""The text with the edit in it. Raises NoPlace when the file has lost what the edit goes by."""


class NoPlace(Exception):
    """The place where an edit goes is not there; the message says what was looked for."""

"""Lines of a marked block: between its first line and the next one that ends it, in their order."""

from __future__ import annotations

import re

from tools.provider.edits import NoPlace, Put


def line_in_block(line: str, *, begin: str, end: str, key: str) -> Put:
    """`line` between the line `begin` and the next line `end`, before the first whose key comes after `key`.

    What a line's key is: its text without `# `, quotes and what stands from `:` or `=` on. A block that has a line
    of the key is left as it is, whatever that says. An empty `end` is an empty line, or the end of the file.
    """

    def put(text: str) -> str:
        lines = text.splitlines(keepends=True)
        first, last = _bounds(lines, begin, end)
        keys = [_key_of(one) for one in lines[first:last]]
        if key in keys:
            return text
        later = [place for place, other in enumerate(keys) if other is not None and other > key]
        # Before a comment that belongs to the line which comes after.
        place = first + later[0] if later else last
        while place > first and keys[place - first - 1] is None:
            place -= 1
        lines.insert(place, f"{line}\n")
        return "".join(lines)

    return put


def _bounds(lines: list[str], begin: str, end: str) -> tuple[int, int]:
    bare = [line.rstrip("\n") for line in lines]
    if begin not in bare:
        raise NoPlace(f"The block that begins with the line {begin!r} is not there. Put that line back.")
    first = bare.index(begin) + 1
    after = [place for place in range(first, len(bare)) if bare[place] == end]
    if not after and end:
        raise NoPlace(f"The block {begin!r} does not end: the line {end!r} is not there. Put it back.")
    return first, after[0] if after else len(lines)


def _key_of(line: str) -> str | None:
    """None for a remark."""
    found = re.match(r"\s*(?:# ?)?[\"']?([\w-]+)[\"']?\s*[:=]", line)
    return found[1] if found else None

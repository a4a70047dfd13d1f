"""Templates: Jinja2 syntax rendered by minijinja, fed JSON values only, within limits (security.md).

A simple template (paths, literals, a few filters) is rendered here in microseconds. Whatever else can be
written can also be made to grow without end, so it is rendered in a bounded process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import minijinja

from backend.util.bounded.jobs.templates import environment, explain
from backend.util.bounded.pool import TIMEOUT_S, run_bounded
from backend.util.bounded.protocol import MAX_OUTPUT_CHARS
from backend.util.errors import BlockError, LimitReached

MAX_SOURCE_CHARS = 200_000

FILTERS = frozenset(
    ["upper", "lower", "trim", "title", "capitalize", "length", "count", "default", "d", "first", "last", "join", "tojson", "escape", "e", "int", "float", "abs", "round", "string"]
)  # fmt: skip
"""What a simple template may use: no result is much longer than what came in, as each is used once."""

_RESERVED = frozenset(
    [
        "true",
        "false",
        "none",
        "True",
        "False",
        "None",
        "not",
        "and",
        "or",
        "in",
        "is",
        "if",
        "else",
        "self",
        "loop",
        "super",
        "caller",
    ]
)
_MAX_FILTERS = 4

MISSING: Any = object()
"""What `walk` gives where nothing is; null is something."""

_TAGS = re.compile(r"(\{\{.*?\}\}|\{#.*?#\})", re.DOTALL)
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_STRING = r"\"[^\"\\]{0,200}\"|'[^'\\]{0,200}'"
_ARGUMENT = rf"(?:{_STRING}|-?\d{{1,2}}|true|false|none)"
_FILTER = rf"\|\s*({_NAME})\s*(?:\(\s*{_ARGUMENT}(?:\s*,\s*{_ARGUMENT})*\s*\))?\s*"
_STEP = re.compile(rf"\.({_NAME})|\[\s*(?:(-?\d{{1,6}})|({_STRING}))\s*\]")
_EXPRESSION = re.compile(
    rf"\{{\{{(?![-+])\s*(?:(?P<root>{_NAME})(?P<steps>(?:\.{_NAME}|\[\s*(?:-?\d{{1,6}}|{_STRING})\s*\])*)"
    rf"|(?P<literal>{_STRING}|-?\d{{1,15}}))\s*(?P<filters>(?:{_FILTER})*)\}}\}}"
)
_EACH_FILTER = re.compile(rf"\|\s*({_NAME})")


def render(
    source: str, values: dict[str, Any], *, escape_html: bool = False, timeout_s: float = TIMEOUT_S
) -> str:
    """The text of a template. Blocks for up to `timeout_s` unless `is_simple(source)`.

    `values` are JSON values by variable name; what is undefined renders empty.

    Raises:
        BlockError: the template is wrong; the message says what and in which line.
        LimitReached: it took too long, too much memory or made too much text.
    """
    parts = _simple_parts(source)
    if parts is not None:
        return _render_simple(parts, values, escape_html)
    request = {"source": source, "values": values, "escape_html": escape_html}
    return str(run_bounded("templates", request, subject="The template", timeout_s=timeout_s))


def is_simple(source: str) -> bool:
    """Whether rendering takes microseconds, whatever the values: paths, literals and `FILTERS`."""
    return _simple_parts(source) is not None


@dataclass(frozen=True, slots=True)
class _Expression:
    """One `{{ … }}`: the path of a value, and a template of that value `v`; `is_plain`: just the value."""

    path: tuple[str | int, ...]
    source: str
    is_plain: bool

    def render(self, values: dict[str, Any], escape_html: bool) -> str:
        value = walk(values, self.path) if self.path else MISSING
        if self.is_plain and not escape_html and type(value) in _SHOWN:
            return str(value)
        if self.is_plain and value is MISSING:
            return ""
        known = {} if value is MISSING else {"v": value}
        try:
            return environment(escape_html).render_str(self.source, None, **known)
        except minijinja.TemplateError as error:
            reason = re.sub(r" \(line \d+\)", "", explain(error))
            raise BlockError(f"The template cannot be rendered: {reason}. Correct it.") from error


_METHODS = frozenset({"items", "keys", "values", "get"})
"""What an object offers beside its own keys (bounded/jobs/templates.py)."""
_SHOWN = frozenset({str, int, bool, type(None), list, dict})
"""Types that minijinja shows as Python does; it writes numbers like 1e22 out."""


def _render_simple(parts: tuple[str | _Expression, ...], values: dict[str, Any], escape_html: bool) -> str:
    made: list[str] = []
    length = 0
    for part in parts:
        text = part if isinstance(part, str) else part.render(values, escape_html)
        length += len(text)
        if length > MAX_OUTPUT_CHARS:
            raise LimitReached(
                f"The template made more than {MAX_OUTPUT_CHARS:,} characters and was stopped. Make it smaller."
            )
        made.append(text)
    return "".join(made)


def walk(value: Any, path: tuple[str | int, ...]) -> Any:
    """What minijinja finds at the path in a JSON value, `MISSING` where that is nothing."""
    for step in path:
        containers = (list, str) if isinstance(step, int) else (dict,)
        if type(value) not in containers:
            return MISSING
        try:
            value = value[step]
        except LookupError:
            return MISSING
    return value


@lru_cache(maxsize=2048)
def _simple_parts(source: str) -> tuple[str | _Expression, ...] | None:
    """The template cut into text and expressions; None when it is not simple."""
    if "{%" in source or len(source) > MAX_SOURCE_CHARS:
        return None
    try:
        return tuple(_parts(source))
    except ValueError:
        return None


def _parts(source: str) -> Iterator[str | _Expression]:
    """One newline at the end is dropped, as Jinja2 does."""
    text = source.removesuffix("\n")
    for place, part in enumerate(_TAGS.split(text if text == source else text.removesuffix("\r"))):
        if place % 2 == 0:
            if "{{" in part or "{#" in part:
                raise ValueError("an open tag")
            if part:
                yield part
        elif part.startswith("{{"):
            yield _expression(part)
        elif part.startswith("{#-") or part.endswith("-#}"):
            raise ValueError("white space control")


def _expression(tag: str) -> _Expression:
    match = _EXPRESSION.fullmatch(tag)
    if match is None or match["root"] in _RESERVED:
        raise ValueError("more than a path")
    filters = _EACH_FILTER.findall(_without_strings(match["filters"]))
    if len(filters) > _MAX_FILTERS or len(set(filters)) < len(filters) or not FILTERS.issuperset(filters):
        raise ValueError("filters that may grow")
    head = match["literal"] or "v"
    path = () if match["literal"] else (match["root"], *_steps(match["steps"]))
    if filters and not _METHODS.isdisjoint(path):
        raise ValueError("filters of what may be a method, where the key is missing")
    return _Expression(path, f"{{{{ {head}{match['filters']} }}}}", is_plain=head == "v" and not filters)


def _without_strings(code: str) -> str:
    return re.sub(_STRING, "", code)


def _steps(code: str) -> Iterator[str | int]:
    for name, place, key in _STEP.findall(code):
        yield int(place) if place else name or key[1:-1]

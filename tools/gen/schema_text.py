"""What Prisma leaves out of DMMF without a word, found in the text of the schema so that it is refused.

DMMF of Prisma 7.10.1 has no trace of `@ignore`, `@@ignore`, fields of type `Unsupported`, or the `map`
of a relation: a generator that reads only DMMF would drop them silently.
"""

from __future__ import annotations

import re

_BLOCK = re.compile(r"^\s*model\s+(\w+)\s*\{")
_STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//.*')
_HIDDEN = (
    (re.compile(r"@@ignore\b"), "@@ignore hides the model from the generator; take the model out"),
    (re.compile(r"(?<!@)@ignore\b"), "@ignore hides the field from the generator; take the field out"),
    (re.compile(r"\bUnsupported\("), "type Unsupported is hidden from the generator; use a type with @db"),
    (re.compile(r"@relation\(.*\bmap:"), "`map` of a relation is hidden from the generator; leave it out"),
)


def find_hidden(schema: str) -> list[str]:
    """One line for each thing in the schema's text that DMMF would not show: `Model.field: what and cure`."""
    problems: list[str] = []
    model = ""
    for line in schema.splitlines():
        code = _STRING_OR_COMMENT.sub(_without_text, line)
        if opened := _BLOCK.match(code):
            model = opened[1]
        problems += [f"{_place(model, code)}: {message}" for found, message in _HIDDEN if found.search(code)]
    return problems


def _without_text(match: re.Match[str]) -> str:
    return '""' if match[0].startswith('"') else ""


def _place(model: str, code: str) -> str:
    word = code.split(maxsplit=1)[0]
    return model if word.startswith("@@") else f"{model}.{word}"

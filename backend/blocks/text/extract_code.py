"""Fenced code taken out of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from backend.blocks.text._limits import MAX_WORKED_CHARS, QUICK_CHARS, check_length
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

_PINS: dict[str, tuple[str, ...]] = {
    "html": ("html", "htm"),
    "css": ("css",),
    "javascript": ("javascript", "js"),
    "python": ("python", "py", "python3"),
    "sql": ("sql",),
    "java": ("java",),
    "cpp": ("cpp", "c++"),
    "csharp": ("csharp", "c#", "cs"),
    "json_code": ("json",),
    "bash": ("bash", "shell", "sh"),
    "php": ("php",),
    "ruby": ("ruby", "rb"),
    "yaml": ("yaml", "yml"),
    "markdown": ("markdown", "md"),
    "typescript": ("typescript", "ts"),
    "xml": ("xml",),
}
_PIN_OF = {alias: pin for pin, aliases in _PINS.items() for alias in aliases}

_OPENING = re.compile(r"(?P<indent>\s*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>.*)")
_OPENING_WITHIN = re.compile(r"(?P<before>[^`]+)(?P<fence>`{3,})(?P<info>[\w+#]+)\s*")
_LANGUAGE = re.compile(r"[\w+#]+")


class CodeExtractionBlock(Block):
    """Take fenced code out of a text, such as a model's answer, and sort it by language.

    Fences are three or more ` or ~; one that is never closed ends with the text. Code in other languages stays
    in the rest.
    """

    id = "d3a7d896-3b78-4f44-8b4b-48fbf4f0bcd8"
    categories = {BlockCategory.TEXT}
    icon = "code"
    pure = True
    differences = (
        "A fence that is not closed reaches to the end of the text, and `~~~` is a fence too.",
        "Code in a language without a pin stays in remaining_text, with its fences.",
    )

    class Input(BlockSchema):
        text: str = SchemaField(description="The text with code in fences", format="long-text")

    class Output(BlockSchema):
        html: str = SchemaField(description="The HTML")
        css: str = SchemaField(description="The CSS")
        javascript: str = SchemaField(description="The JavaScript (also `js`)")
        python: str = SchemaField(description="The Python (also `py`)")
        sql: str = SchemaField(description="The SQL")
        java: str = SchemaField(description="The Java")
        cpp: str = SchemaField(description="The C++")
        csharp: str = SchemaField(description="The C# (also `cs`)")
        json_code: str = SchemaField(description="The JSON")
        bash: str = SchemaField(description="The shell code (also `sh`, `shell`)")
        php: str = SchemaField(description="The PHP")
        ruby: str = SchemaField(description="The Ruby (also `rb`)")
        yaml: str = SchemaField(description="The YAML (also `yml`)")
        markdown: str = SchemaField(description="The Markdown (also `md`)")
        typescript: str = SchemaField(description="The TypeScript (also `ts`)")
        xml: str = SchemaField(description="The XML")
        remaining_text: str = SchemaField(
            description="What is outside the code; not given if that is nothing"
        )
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"text": "Here it is:\n\n```python\nprint('hi')\n```\n\nAnd:\n\n```py\nprint('ho')\n```\nBye."},
        {"text": "~~~json\n{}\n~~~\n```html\n<p>é</p>\n```"},
        {"text": "```sql\nSELECT 1;\n\nunclosed 😀"},
        {"text": "```` md\n```js\nx\n```\n````"},
        {"text": "1. so:\n   ```sh\n   ls\n     -l\n   ```\n"},
        {"text": "```rust\nfn x() {}\n```\n```\nplain\n```"},
        {"text": "As JSON: ```json\n[1]\n```"},
        {"text": '```json {"a": 1}```'},
        {"text": "```PYTHON title=x\r\na\r\nb\r\n```\r\n"},
        {"text": "no code, `inline` and ```also inline```"},
        {"text": ""},
        {"text": "```js\n```"},
        {"text": "```css\n" + "a {}\n" * 50_000 + "```"},
        {"text": "```" * 100_000},
        {"text": ("~" * 5 + "\n") * 50_000},
        {"text": None},
        {"text": "x" * 1_000_001},
    ]
    test_output = [
        [("python", "print('hi')\n\nprint('ho')"), ("remaining_text", "Here it is:\n\nAnd:\n\nBye.")],
        [("html", "<p>é</p>"), ("json_code", "{}")],
        [("sql", "SELECT 1;\n\nunclosed 😀")],
        [("markdown", "```js\nx\n```")],
        [("bash", "ls\n  -l"), ("remaining_text", "1. so:")],
        [("remaining_text", "```rust\nfn x() {}\n```\n```\nplain\n```")],
        [("json_code", "[1]"), ("remaining_text", "As JSON:")],
        [("json_code", '{"a": 1}')],
        [("python", "a\nb")],
        [("remaining_text", "no code, `inline` and ```also inline```")],
        [],
        [("javascript", "")],
        [("css", "\n".join(["a {}"] * 50_000))],
        [("remaining_text", "```" * 100_000)],
        [("remaining_text", str)],
        [("error", says("text"))],
        [("error", says("1,000,001"))],
    ]

    def is_quick(self, input_data: Input) -> bool:
        return len(input_data.text) <= QUICK_CHARS

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        check_length(input_data.text, MAX_WORKED_CHARS)
        reader = _Reader()
        for line in input_data.text.replace("\r\n", "\n").split("\n"):
            reader.take(line)
        reader.close()
        for pin in _PINS:
            if pin in reader.code:
                yield pin, "\n\n".join(reader.code[pin])
        if rest := reader.text():
            yield "remaining_text", rest


@dataclass(slots=True)
class _Fence:
    """A code block that is open. `pin` None: it is not ours, and stays in the text."""

    mark: str
    indent: int
    pin: str | None
    lines: list[str] = field(default_factory=list[str])

    def is_closed_by(self, line: str) -> bool:
        closing = line.strip()
        return len(closing) >= len(self.mark) and closing == self.mark[0] * len(closing)


class _Reader:
    """Goes through a text line by line."""

    def __init__(self) -> None:
        self.code: dict[str, list[str]] = {}
        self._rest: list[str] = []
        self._fence: _Fence | None = None

    def take(self, line: str) -> None:
        if self._fence is None:
            self._outside(line)
        elif self._fence.is_closed_by(line):
            if self._fence.pin is None:
                self._rest.append(line)
            self.close()
        elif self._fence.pin is None:
            self._rest.append(line)
        else:
            self._fence.lines.append(_dedented(line, self._fence.indent))

    def close(self) -> None:
        """The end of a code block, or of the text."""
        fence, self._fence = self._fence, None
        if fence is not None and fence.pin is not None:
            self._add(fence.pin, "\n".join(fence.lines))

    def text(self) -> str:
        """What was outside, where code was with one empty line at most."""
        lines = [
            line for k, line in enumerate(self._rest) if line.strip() or (k and self._rest[k - 1].strip())
        ]
        return "\n".join(lines).strip()

    def _outside(self, line: str) -> None:
        opening = _OPENING.fullmatch(line)
        if opening is None:
            self._open_within(line)
        elif opening["fence"][0] == "`" and "`" in opening["info"]:
            self._in_one_line(line, opening)
        else:
            pin = _pin_of(opening["info"])
            self._fence = _Fence(opening["fence"], len(opening["indent"]), pin)
            if pin is None:
                self._rest.append(line)

    def _open_within(self, line: str) -> None:
        """A fence behind other words on its line, which is none unless it names a language."""
        opening = _OPENING_WITHIN.fullmatch(line)
        pin = _pin_of(opening["info"]) if opening else None
        if opening is None or pin is None:
            self._rest.append(line)
        else:
            self._rest.append(opening["before"].rstrip())
            self._fence = _Fence(opening["fence"], 0, pin)

    def _in_one_line(self, line: str, opening: re.Match[str]) -> None:
        """Models write code of one line so: ```json {}```."""
        code, fence, after = opening["info"].partition(opening["fence"])
        language = _LANGUAGE.match(code)
        pin = _pin_of(code) if fence and not after.strip() else None
        if language is None or pin is None or not code[language.end() :][:1].isspace():
            self._rest.append(line)
        else:
            self._add(pin, code[language.end() :].strip())

    def _add(self, pin: str, code: str) -> None:
        self.code.setdefault(pin, []).append(code)


def _pin_of(info: str) -> str | None:
    language = _LANGUAGE.match(info)
    return _PIN_OF.get(language[0].lower()) if language else None


def _dedented(line: str, indent: int) -> str:
    """The line without the white space that stands before its fence."""
    blank = len(line) - len(line.lstrip())
    return line[min(indent, blank) :]

"""Writes docs/blocks: a page and a picture for each block, from its class and its examples, and what leads to them.

The examples are the block's tests, so what a page shows is what the block does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from backend.blocks import catalogue
from backend.data.block import Block, BlockKind, Execution, Pin, TestCase
from backend.data.examples import Says, is_file
from backend.data.json_types import describe
from backend.data.model import extra
from backend.integrations.labels import LABELS
from backend.integrations.providers import ProviderName
from backend.integrations.quality import folder_of as folder_of_provider
from backend.server.provider_views import declared, providers_of
from tools.gen import node_svg
from tools.gen.page_parts import HEADER, cell, first_sentence, folder_of, link_to, place_of, prose, table
from tools.gen.provider_pages import provider_of_folder, provider_pages

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/blocks"
ERROR_PIN = "error"
_WRITTEN = ("*.md", "*.svg")
_MOST_EXAMPLES = 12
_LONGEST_VALUE = 400
_KINDS: Mapping[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "a whole number",
    float: "a number",
}
_RUNS: Mapping[Execution, str] = {
    Execution.INLINE: "at once, within the run",
    Execution.ASYNC: "beside the run",
    Execution.THREAD: "in a thread",
    Execution.PROCESS: "in a process of its own",
}


def pages() -> dict[Path, str]:
    """Every page and picture by its place."""
    blocks = sorted(catalogue(), key=lambda block: (folder_of(block), block.title))
    made = {page_of(block): _page(block) for block in blocks}
    made |= {picture_of(block): node_svg.picture(block) for block in blocks}
    by_folder = {name: list(found) for name, found in groupby(blocks, key=folder_of)}
    overviews = {name: _overview(name, found) for name, found in by_folder.items()}
    for name, text in (overviews | provider_pages(blocks)).items():
        made[FOLDER / f"{name}.md"] = text
    made[FOLDER / "README.md"] = _index(by_folder)
    return made


def write() -> None:
    """Renew the pages and pictures; those of blocks that are gone go too."""
    fresh = pages()
    for file in stale_files(fresh):
        if file in fresh:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(fresh[file], encoding="utf-8")
        else:
            file.unlink()


def stale_files(fresh: Mapping[Path, str]) -> list[Path]:
    """Pages and pictures that are not there, not as they should be, or of no block."""
    known = {file for pattern in _WRITTEN for file in FOLDER.rglob(pattern)}
    wrong = [
        file for file, text in fresh.items() if file not in known or file.read_text(encoding="utf-8") != text
    ]
    return sorted([*wrong, *(known - set(fresh))])


def page_of(block: Block) -> Path:
    return FOLDER / f"{place_of(block)}.md"


def picture_of(block: Block) -> Path:
    """Beside its page."""
    return page_of(block).with_suffix(".svg")


def _index(by_folder: Mapping[str, list[Block]]) -> str:
    count = sum(map(len, by_folder.values()))
    parts = [
        HEADER,
        f"# Blocks\n\n{count} blocks. `blockyard blocks show NAME` shows the pins of one at the command line.\n",
    ]
    for name, blocks in by_folder.items():
        parts.append(f"\n## [{_heading(name)}]({name}.md)\n\n")
        parts += [f"- {link_to(block)}: {first_sentence(block)}\n" for block in blocks]
    return "".join([*parts, *_without_blocks(by_folder)])


def _without_blocks(by_folder: Mapping[str, list[Block]]) -> Iterator[str]:
    lacking = [one for one in ProviderName if folder_of_provider(one) not in by_folder]
    if lacking:
        yield "\n## Providers without blocks of their own\n\n"
    for provider in lacking:
        about = declared(provider).description
        yield f"- [{LABELS[provider]}]({folder_of_provider(provider)}.md){about and f': {prose(about)}'}\n"


def _overview(name: str, blocks: list[Block]) -> str:
    rows = [(link_to(block), first_sentence(block)) for block in blocks]
    return f"{HEADER}# {_heading(name)}\n{table(('block', 'what it does'), rows)}"


def _heading(name: str) -> str:
    """What a folder is called: a provider by its own name."""
    provider = provider_of_folder(name)
    return name.replace("_", " ").capitalize() if provider is None else LABELS[provider]


def _page(block: Block) -> str:
    return "".join([HEADER, *_top(block), *_pins(block), *_worked(block), *_differences(block)])


def _top(block: Block) -> Iterator[str]:
    categories = ", ".join(sorted(block.categories))
    picture = picture_of(block).name
    yield f"# {block.title}\n\n![{_in_alt(node_svg.words_of(block))}]({picture})\n\n{block.description}\n\n"
    provider = min(providers_of(block), default=None)
    whose = f" · [{LABELS[provider]}](../{folder_of_provider(provider)}.md)" if provider else ""
    yield f"`{block.name}` · `{block.id}` · {categories} · icon `{block.icon}`{whose}\n\n"
    if block.kind is not BlockKind.NOTE:
        yield f"Runs {_RUNS[block.execution]}.{_manners(block)}\n\n"


def _in_alt(words: str) -> str:
    return words.replace("[", "(").replace("]", ")")


def _manners(block: Block) -> str:
    said = {
        " Its output keeps its last value for whatever comes later.": block.static_output,
        " It works once all items of its list have come.": block.collects,
        " It is never repeated after a crash.": block.at_most_once,
    }
    return "".join(text for text, is_so in said.items() if is_so)


def _pins(block: Block) -> Iterator[str]:
    pins = block.pins({})
    inputs = [pin for pin in pins.inputs.values() if not pin.is_hidden]
    if inputs or block.Input.credentials_pins():
        yield "## Inputs\n\n| pin | type | default | what it is |\n|---|---|---|---|\n"
        yield "".join(_row(pin, _default(pin)) for pin in inputs)
    for name in block.Input.credentials_pins():
        yield _credentials_row(block, name)
    if pins.outputs:
        yield "\n## Outputs\n\n| pin | type | what it is |\n|---|---|---|\n"
        yield "".join(_row(pin) for pin in pins.outputs.values())


def _credentials_row(block: Block, name: str) -> str:
    field = block.Input.model_fields[name]
    scopes = ", ".join(f"`{scope}`" for scope in extra(field).get("credentials_scopes") or ())
    about = field.description or "Chosen in the form"
    wanted = "required" if field.is_required() else ""
    return f"| `{name}` | credential | {wanted} | {cell(about)}{scopes and f'; scopes {scopes}'} |\n"


def _row(pin: Pin, *more: str) -> str:
    kind = describe(pin.schema) + (", one by one" if pin.is_each else "")
    cells = [f"`{pin.name}`", kind, *more, str(pin.schema.get("description", ""))]
    return "| " + " | ".join(map(cell, cells)) + " |\n"


def _default(pin: Pin) -> str:
    if pin.is_required:
        return "required"
    default = pin.schema.get("default")
    return "" if default in (None, [], {}, "") else _code(default, 60)


def _worked(block: Block) -> Iterator[str]:
    cases = block.test_cases()
    short = [case for case in cases if len(_json(case.input)) <= _LONGEST_VALUE]
    shown = short or sorted(cases, key=lambda case: len(_json(case.input)))[:1]
    for place, case in enumerate(shown[:_MOST_EXAMPLES]):
        heading = {0: "\n## Example\n\n", 1: "\n## More examples\n\n"}.get(place, "\n")
        yield f"{heading}```json\n{_json(case.input, indent=2 if place == 0 else None)}\n```\n\n"
        yield _gives(case)


def _gives(case: TestCase) -> str:
    if not case.output:
        return "gives nothing.\n"
    return "gives\n\n" + "".join(_line(pin, value) for pin, value in case.output)


def _line(pin: str, value: Any) -> str:
    if pin == ERROR_PIN:
        return f"- a failure, and `{pin}`: {_wanted(value)}\n"
    return f"- `{pin}`: {_wanted(value)}\n"


def _wanted(value: Any) -> str:
    """What an example expects: a value, a type, or a claim about it."""
    if isinstance(value, Says):
        return "a text with " + " and ".join(f"“{word}”" for word in value.words)
    if isinstance(value, type):
        return _KINDS.get(value, f"some {value.__name__}")
    if callable(value):
        return "a file" if value is is_file else "a value that is checked by a rule"
    return _code(value, _LONGEST_VALUE)


def _code(value: Any, longest: int) -> str:
    text = _json(value)
    if len(text) > longest:
        text = f"{text[:longest]}…"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if fence != "`" else ""
    return f"{fence}{space}{text}{space}{fence}"


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)


def _differences(block: Block) -> Iterator[str]:
    if block.differences:
        yield "\n## Not as on the AutoGPT platform\n\n"
        yield "".join(f"- {sentence}\n" for sentence in block.differences)

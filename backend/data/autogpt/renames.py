"""What the platform calls otherwise now: ids of blocks, pins, values (old name -> present one)."""

from __future__ import annotations

from typing import Any

from backend.data.autogpt.elements import FileGraph, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.autogpt.known_blocks import KnownBlock, id_of, known_block
from backend.data.convert import convert
from backend.data.graph_privacy import FindBlock
from backend.data.json_types import as_list
from backend.data.model import JsonObject

_RETIRED = {
    "a1b2c3d4-5e6f-7g8h-9i0j-k1l2m3n4o5p6": "ExtractWebsiteContentBlock",
    "b2g2c3d4-5e6f-7g8h-9i0j-k1l2m3n4o5p6": "FindInDictionaryBlock",
    "c3d4e5f6-7g8h-9i0j-1k2l-m3n4o5p6q7r8": "AITextSummarizerBlock",
    "c3d4e5f6-g7h8-i9j0-k1l2-m3n4o5p6q7r8": "AIConversationBlock",
    "b2c3d4e5-6f7g-8h9i-0j1k-l2m3n4o5p6q7": "SearchTheWebBlock",
    "h1i2j3k4-5l6m-7n8o-9p0q-r1s2t3u4v5w6": "SendDiscordMessageBlock",
    "d3f4g5h6-1i2j-3k4l-5m6n-7o8p9q0r1s2t": "ReadDiscordMessagesBlock",
    "h5e7f8g9-1b2c-3d4e-5f6g-7h8i9j0k1l2m": "GetWikipediaSummaryBlock",
    "a1234567-89ab-cdef-0123-456789abcdef": "SendEmailBlock",
    "f8e7d6c5-b4a3-2c1d-0e9f-8g7h6i5j4k3l": "StepThroughItemsBlock",
    "b29c1b50-5d0e-4d9f-8f9d-1b0e6fcbf0h2": "GetCurrentDateAndTimeBlock",
    "31d1064e-7446-4693-o7d4-65e5ca9110d1": "NoteBlock",
    "c6731acb-4105-4zp1-bc9b-03d0036h370g": "ReadRSSFeedBlock",
}
RETIRED_IDS = frozenset(_RETIRED)

_COMBINE = "CombineTextsBlock"
_DROPDOWN = "AgentDropdownInputBlock"
_TEXT_INPUTS = frozenset({"AgentInputBlock", "AgentShortTextInputBlock", "AgentLongTextInputBlock"})
_CLOCKS = frozenset({"GetCurrentDateBlock", "GetCurrentTimeBlock", "GetCurrentDateAndTimeBlock"})
_TEXT: JsonObject = {"type": "string"}
_OLD_OPTIONS = "placeholder_values"
_COMBINED = {"input1": "input_$_0", "input2": "input_$_1"}


def rename_block(graph: FileGraph, node: FileNode, find_block: FindBlock, findings: Findings) -> None:
    """Give the node the present id of its block, and what is known of that."""
    before = node.block_id
    if before in _RETIRED:
        node.block_id = id_of(_RETIRED[before])
    node.known, node.block = known_block(node.block_id), find_block(node.block_id)
    if before in _RETIRED:
        findings.rename(graph, node, "block", before, _RETIRED[before])


def rename_values(graph: FileGraph, node: FileNode, find_block: FindBlock, findings: Findings) -> None:
    """Bring the node's constants to the present pins and values."""
    if node.known is None:
        return
    if node.known.kind == "input" and _OLD_OPTIONS in node.constants:
        _rename_options(graph, node, node.known, find_block, findings)
    if node.known.name == _COMBINE:
        _rename_combined(graph, node, findings)
    if node.known.name in _CLOCKS and "format" in node.constants:
        _rename_format(graph, node, findings)
    if node.known.models and isinstance(node.constants.get("model"), str):
        _rename_model(graph, node, node.known, findings)


def present_sink(graph: FileGraph, node: FileNode, pin: str, findings: Findings) -> str:
    """What the pin is called now that a link of the file ends at."""
    name = node.known.name if node.known else ""
    after = pin
    if name == _COMBINE:
        after = _COMBINED.get(pin, pin)
    elif name in _CLOCKS and pin == "format":
        after = "format_type_#_format"
        node.constants.setdefault("format_type", {"discriminator": "strftime"})
    elif name == _DROPDOWN and pin == _OLD_OPTIONS:
        after = "options"
    if after != pin:
        findings.rename(graph, node, "pin", pin, after)
    return after


def _rename_options(
    graph: FileGraph, node: FileNode, known: KnownBlock, find_block: FindBlock, findings: Findings
) -> None:
    given = as_list(node.constants.pop(_OLD_OPTIONS)) or []
    options = [_text(one) for one in given if one is not None]
    if known.name == _DROPDOWN:
        node.constants.setdefault("options", options)
        findings.rename(graph, node, "pin", _OLD_OPTIONS, "options")
    elif options and known.name in _TEXT_INPUTS:
        value = _text(node.constants.get("value"))
        is_other = value not in (None, "") and value not in options
        node.constants["options"] = [*options, value] if is_other else options
        node.block_id = id_of(_DROPDOWN)
        node.known, node.block = known_block(node.block_id), find_block(node.block_id)
        findings.rename(graph, node, "block", known.name, _DROPDOWN)
    elif options:
        findings.change(graph, node, _OLD_OPTIONS, "An input of this kind has no list of options any more.")


def _text(value: Any) -> Any:
    """The text that a value becomes at a pin of texts; nothing stays nothing."""
    return value if value is None or isinstance(value, str) else convert(value, _TEXT)


def _rename_combined(graph: FileGraph, node: FileNode, findings: Findings) -> None:
    for before, after in _COMBINED.items():
        if before in node.constants:
            value = node.constants.pop(before)
            node.constants.setdefault(after, value)
            findings.rename(graph, node, "pin", before, after)


def _rename_format(graph: FileGraph, node: FileNode, findings: Findings) -> None:
    """The text of a format became one of several ways to write a date."""
    text: Any = node.constants.pop("format")
    if isinstance(text, str) and text:
        node.constants.setdefault("format_type", {"discriminator": "strftime", "format": text})
        findings.rename(graph, node, "pin", "format", "format_type")


def _rename_model(graph: FileGraph, node: FileNode, known: KnownBlock, findings: Findings) -> None:
    """A model that is not known any more gives way to its name without the provider, or to the default."""
    before = str(node.constants["model"])
    if before in known.models or not known.default_model:
        return
    short = before.rpartition("/")[2]
    after = short if short in known.models else known.default_model
    node.constants["model"] = after
    findings.rename(graph, node, "value", before, after)
    if after != short:
        findings.change(
            graph,
            node,
            "model",
            f"There is no model {before[:80]!r}. {after!r} was chosen; choose another one.",
        )

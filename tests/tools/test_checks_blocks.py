"""The rules about blocks: their ids, and what they say about themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from backend.data.block import Block, BlockCategory, BlockData
from backend.data.model import BlockSchema, SchemaField
from tools.checks import block_icons, block_ids, blocks_described

ID = "7f1c2a52-3f0e-4c6b-9a3e-1d2b3c4d5e6f"


class CompleteBlock(Block):
    """Give back what it gets."""

    id = ID
    categories = {BlockCategory.TEXT}
    icon = "text"
    test_input: ClassVar[dict[str, Any]] = {"text": "a"}
    test_output: ClassVar[list[Any]] = [("text", "a")]

    class Input(BlockSchema):
        text: str = SchemaField(description="What to give back")

    class Output(BlockSchema):
        text: str = SchemaField(description="The same")

    def run(self, input_data: Input, **kwargs: Any) -> Iterator[BlockData]:
        yield "text", input_data.text


class UnfinishedBlock(Block):
    class Input(BlockSchema):
        text: str
        payload: str = SchemaField(default="", hidden=True)

    class Output(BlockSchema):
        text: str

    def run(self, input_data: Input, **kwargs: Any) -> Iterator[BlockData]:
        yield "text", input_data.text


class OddIdBlock(CompleteBlock):
    id = "not-a-uuid"


def test_complete_and_remembered_block_passes() -> None:
    assert block_ids.findings_for([CompleteBlock], {ID: "CompleteBlock"}) == []
    assert blocks_described.findings_for([CompleteBlock]) == []


def test_new_block_is_told_the_line_to_add() -> None:
    [finding] = block_ids.findings_for([CompleteBlock], {})
    assert finding.cure.endswith(f"{ID} CompleteBlock")
    assert finding.file == "tests/tools/test_checks_blocks.py"


def test_id_of_another_block_is_refused() -> None:
    [finding] = block_ids.findings_for([CompleteBlock], {ID: "RetiredBlock"})
    assert "RetiredBlock" in finding.message


def test_block_without_an_id_is_told_the_line_to_paste() -> None:
    [finding] = block_ids.findings_for([UnfinishedBlock], {})
    assert finding.cure == f'Paste: id = "{UnfinishedBlock.id}"'


def test_id_that_is_no_uuid_is_refused() -> None:
    [finding] = block_ids.findings_for([OddIdBlock], {"not-a-uuid": "OddIdBlock"})
    assert "'not-a-uuid'" in finding.message


def test_id_that_is_remembered_twice_is_refused() -> None:
    remembered = block_ids.read_registry(f"# a remark\n{ID} OneBlock\n\n{ID} OtherBlock\n")
    assert remembered == [(ID, "OneBlock"), (ID, "OtherBlock")]
    assert len(block_ids.repeated("block_ids.txt", remembered)) == 1


def test_everything_that_a_block_does_not_say_is_named_at_once() -> None:
    messages = [finding.message for finding in blocks_described.findings_for([UnfinishedBlock])]
    assert messages == [
        "UnfinishedBlock has no description.",
        "UnfinishedBlock: the input 'text' has no description.",
        "UnfinishedBlock: the output 'text' has no description.",
        "UnfinishedBlock has no test data.",
    ]


class UndrawnBlock(CompleteBlock):
    icon = "unicorn"


def test_icons_are_those_that_can_be_drawn() -> None:
    icons = frozenset({"text"})
    assert block_icons.findings_for([CompleteBlock], icons) == []
    [unknown] = block_icons.findings_for([UndrawnBlock], icons)
    assert "'unicorn'" in unknown.message
    category, icon = block_icons.findings_for([UnfinishedBlock], icons)
    assert "no category" in category.message
    assert "no icon" in icon.message
    assert block_icons.check() == []

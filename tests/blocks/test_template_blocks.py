"""Where blocks with templates are run, and what a format makes of an output."""

from __future__ import annotations

import pytest

from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.text.template import FillTextTemplateBlock
from backend.data.block import Block, Execution

SIMPLE, COMPLEX = "Hello {{ name }}", "{% for x in y %}{{ x }}{% endfor %}"


@pytest.mark.parametrize("block", [FillTextTemplateBlock(), AgentOutputBlock()])
@pytest.mark.parametrize(
    ("template", "linked", "execution"),
    [
        (SIMPLE, frozenset[str](), Execution.INLINE),
        (SIMPLE, frozenset({"values_#_name"}), Execution.INLINE),
        (COMPLEX, frozenset[str](), Execution.THREAD),
        (SIMPLE, frozenset({"format"}), Execution.THREAD),
    ],
)
def test_only_a_known_simple_template_is_rendered_inline(
    block: Block, template: str, linked: frozenset[str], execution: Execution
) -> None:
    assert block.execution_for({"format": template}, linked) is execution


def test_an_output_without_a_format_is_inline() -> None:
    assert AgentOutputBlock().execution_for({"name": "a"}, frozenset({"value"})) is Execution.INLINE
    assert AgentOutputBlock().execution_for({"name": "a", "format": None}, frozenset()) is Execution.INLINE


def test_a_fill_without_a_format_is_not_trusted() -> None:
    assert FillTextTemplateBlock().execution_for({}, frozenset()) is Execution.THREAD
    assert (
        FillTextTemplateBlock().execution_for({"format_$_0": "x"}, frozenset({"format_$_0"}))
        is Execution.THREAD
    )

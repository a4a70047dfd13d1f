"""The picture of a block is the node of the builder: small, whole, readable in both themes and without eyes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from backend.blocks import catalogue
from backend.blocks.agent.run_graph import AgentExecutorBlock
from backend.blocks.basic.notes import NoteBlock
from backend.blocks.github.issues import GithubMakeIssueBlock
from backend.blocks.github.triggers import GithubPullRequestTriggerBlock
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.model import BlockSchema, SchemaField
from tools.gen import node_svg, svg_text
from tools.gen.colours import hexadecimal, palette
from tools.gen.lucide import icon
from tools.gen.marks import logos, pin_shapes
from tools.gen.node_face import face_of, kind_of

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


class ABlockWithSuchALongNameThatItCannotPossiblyStandInItsHeadInFullBlock(Block):
    """Has more of everything than there is room for."""

    id = "1c7d4ab1-2f2f-4a4e-9c3a-54a8e0d35e9e"
    categories = {BlockCategory.DEVELOPER_TOOLS}
    icon = "list-plus"

    class Input(BlockSchema):
        first_of_all_the_many_inputs_of_this_block: str = SchemaField(default="", description="1")
        second: int | None = SchemaField(default=None, description="2")
        third: str | int = SchemaField(default="", description="3")
        fourth: bool = SchemaField(default=False, description="4")
        fifth: list[str] = SchemaField(default=[], description="5")
        sixth: dict[str, Any] = SchemaField(default={}, description="6")
        last_but_wanted: str = SchemaField(description="7")
        rare: str = SchemaField(default="", description="8", advanced=True)
        unseen: str = SchemaField(default="", description="9", hidden=True)

    class Output(BlockSchema):
        first_of_all_the_many_outputs_of_this_block: str = SchemaField(description="1")
        a: str = SchemaField(description="2")
        b: str = SchemaField(description="3")
        c: str = SchemaField(description="4")
        d: str = SchemaField(description="5")
        e: str = SchemaField(description="6")
        error: str = SchemaField(description="Why it failed")

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "a", input_data.rare


LONG = ABlockWithSuchALongNameThatItCannotPossiblyStandInItsHeadInFullBlock


@pytest.fixture(scope="module")
def pictures() -> dict[str, str]:
    return {block.name: node_svg.picture(block) for block in [*catalogue(), LONG()]}


def words_in(picture: str) -> list[str]:
    return ["".join(text.itertext()) for text in ET.fromstring(picture).iter(f"{SVG}text")]


def test_every_picture_is_whole_and_small_and_brings_nothing_from_elsewhere(pictures: dict[str, str]) -> None:
    for name, picture in pictures.items():
        tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(picture).iter()}
        assert not tags & {"script", "image", "foreignObject", "use", "a"}, name
        outside = picture.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|@font-face|@import|href=|\bon\w+=", outside), name
        assert len(picture.encode()) < 7_000, name


def test_the_same_block_gives_the_same_picture(pictures: dict[str, str]) -> None:
    for block in catalogue():
        assert node_svg.picture(type(block)()) == pictures[block.name]


def test_a_picture_says_in_words_what_it_shows() -> None:
    root = ET.fromstring(node_svg.picture(GithubMakeIssueBlock()))
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert [named.get(name) for name in root.get("aria-labelledby", "").split()] == [
        "Github Make Issue",
        node_svg.words_of(GithubMakeIssueBlock()),
    ]
    assert "repo url (required)" in node_svg.words_of(GithubMakeIssueBlock())
    assert node_svg.words_of(GithubMakeIssueBlock()).endswith("Needs a GitHub connection.")


def test_every_colour_of_the_light_has_one_for_the_dark(pictures: dict[str, str]) -> None:
    colour = re.compile(r"([.\w,-]+)\{(fill|stroke):(#\w{6})\}")
    for name, picture in pictures.items():
        light, dark = picture.split("@media(prefers-color-scheme:dark)")
        in_light = {(selector, said): value for selector, said, value in colour.findall(light)}
        in_dark = {(selector, said): value for selector, said, value in colour.findall(dark)}
        assert in_light.keys() == in_dark.keys(), name
        assert in_light[".title", "fill"] != in_dark[".title", "fill"], name


def test_everything_that_is_drawn_has_a_colour(pictures: dict[str, str]) -> None:
    for name, picture in pictures.items():
        selectors = re.findall(r"([.\w,]+)\{(?:fill|stroke):#", picture)
        coloured = {one.removeprefix(".") for found in selectors for one in found.split(",")}
        used = {one for found in re.findall(r'class="([^"]+)"', picture) for one in found.split()}
        assert used - {"end"} <= coloured, name


def test_words_of_a_row_never_meet_and_stay_within_the_block(pictures: dict[str, str]) -> None:
    for name, picture in pictures.items():
        root = ET.fromstring(picture)
        edge = float(root.get("width", "")) - 48
        ends: dict[str, float] = {}
        for text in root.iter(f"{SVG}text"):
            x, look = float(text.get("x", "")), text.get("class", "").split()
            size = {"title": 13, "note": 13, "words": 12}.get(look[0], 11)
            wide = svg_text.width("".join(text.itertext()), size, is_bold=look[0] == "title")
            if "end" in look:
                assert x - wide > ends.get(text.get("y", ""), 0), (name, text.text)
                assert x < edge, (name, text.text)
            else:
                ends[text.get("y", "")] = x + wide
                assert x + wide < edge, (name, text.text)


def test_a_required_input_comes_before_others_when_there_are_too_many_and_the_rest_is_counted() -> None:
    face = face_of(LONG())
    assert [row.label for row in face.inputs.rows][1:] == ["second", "third", "fourth", "last but wanted"]
    assert (face.inputs.more, face.outputs.more) == (3, 1)
    said = words_in(node_svg.picture(LONG()))
    assert "last but wantedrequired" in said
    assert {"+ 3 more", "+ 1 more"} <= set(said)
    assert not [one for one in said if "unseen" in one or one == "error"]


def test_what_is_too_long_is_cut_with_an_ellipsis() -> None:
    picture = node_svg.picture(LONG())
    title, *_ = words_in(picture)
    assert title.startswith("A Block With Such A Long")
    assert title.endswith("…")
    assert float(ET.fromstring(picture).get("width", "")) == node_svg.WIDEST + 48


def test_a_trigger_is_round_on_its_left_and_shows_where_its_connection_is_chosen() -> None:
    trigger, block = (
        ET.fromstring(node_svg.picture(one))
        for one in (GithubPullRequestTriggerBlock(), GithubMakeIssueBlock())
    )
    radii = [
        re.findall(r"a([\d.]+) ", root.findall(f".//{SVG}path[@class='face']")[0].get("d", ""))
        for root in (trigger, block)
    ]
    assert radii == [["7.5", "7.5", "21.5", "21.5"], ["7.5", "7.5", "7.5", "7.5"]]
    assert "GitHub connection" in words_in(node_svg.picture(GithubPullRequestTriggerBlock()))
    assert trigger.find(f".//{SVG}rect[@class='field']") is not None


def test_a_graph_in_a_graph_stands_on_a_second_edge_and_a_note_has_neither_frame_nor_pins() -> None:
    agent, note = (ET.fromstring(node_svg.picture(one)) for one in (AgentExecutorBlock(), NoteBlock()))
    assert agent.find(f".//{SVG}path[@class='frame foot']") is not None
    looks = {element.get("class", "").split(" ")[0] for element in note.iter()}
    assert "bar" in looks
    assert not looks & {"face", "pin", "foot"}


def test_a_provider_is_known_by_its_logo_and_other_blocks_by_their_icon() -> None:
    assert logos()["github"].shapes in node_svg.picture(GithubMakeIssueBlock())
    assert logos()["github"].is_ink
    assert "fill=" not in logos()["github"].shapes
    assert icon(LONG.icon) in node_svg.picture(LONG())


def test_measures_are_those_of_the_builder() -> None:
    geometry = (ROOT / "frontend/src/components/canvas/geometry.ts").read_text(encoding="utf-8")
    for name in ("HEAD", "FOOT", "ROW", "ROWS_PADDING", "FRAME", "NARROW", "NOTE_LINE"):
        assert f"const {name} = {getattr(node_svg, name)};" in geometry


def test_every_kind_of_pin_has_the_shape_that_the_page_draws_and_a_colour() -> None:
    assert set(pin_shapes()) == {"text", "number", "bool", "object", "list", "file", "any", "error"}
    assert {f"t-{kind}" for kind in pin_shapes()} - {"t-error"} <= palette().keys()


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "file"}, "file"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}, {"type": "null"}]}, "number"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "any"),
        ({"$ref": "#/$defs/Way", "$defs": {"Way": {"enum": ["up", "down"], "type": "string"}}}, "text"),
        ({"enum": ["up", "down"]}, "text"),
        ({"enum": ["up", 1]}, "any"),
        ({"type": "array", "items": {"type": "string"}}, "list"),
        ({"type": "boolean"}, "bool"),
        ({"type": "object"}, "object"),
        ({}, "any"),
    ],
)
def test_a_schema_has_the_kind_that_all_its_types_share(schema: dict[str, Any], kind: str) -> None:
    assert kind_of(schema) == kind


def test_colours_of_the_tokens_become_those_of_srgb() -> None:
    assert hexadecimal(1, 0, 0) == "#ffffff"
    assert hexadecimal(0, 0, 0) == "#000000"
    # The corners of sRGB, as CSS Color 4 gives them in OKLCH.
    assert hexadecimal(0.62796, 0.25768, 29.234) == "#ff0000"
    assert hexadecimal(0.45201, 0.31321, 264.052) == "#0000ff"
    assert palette()["surface"].light > palette()["surface"].dark


def test_an_icon_is_found_by_an_older_name_too_and_an_unknown_one_is_refused() -> None:
    assert icon("circle-help") == icon("circle-question-mark")
    assert 'key="' not in icon("git-branch")
    with pytest.raises(KeyError):
        icon("no-such-icon")


def test_lines_are_as_long_as_there_is_room() -> None:
    text = "Words that go on and on, and a-word-that-is-much-too-long-for-any-line-at-all at the end"
    broken = svg_text.lines(text, 120, 13)
    assert len(broken) > 2
    assert all(svg_text.width(line, 13) <= 120 for line in broken)
    assert "…" in "".join(broken)


def test_words_of_any_script_are_written_as_xml() -> None:
    assert svg_text.plain('a < "b" & c\n 😀') == "a &lt; &quot;b&quot; &amp; c 😀"
    assert svg_text.width("日本", 10) == 20

"""Markdown to blocks of Notion and back: what each becomes, what survives the way there and back, and the limits."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks.notion._blocks import children_of, inner_of, kind_of
from backend.blocks.notion._markdown_in import blocks_of
from backend.blocks.notion._markdown_out import markdown_of, text_of
from backend.blocks.notion._rich_text import Run, plain, rich, runs_of
from backend.data.model import JsonObject


def shape(blocks: list[JsonObject]) -> list[Any]:
    """`(kind, text, children)` of each."""
    return [(kind_of(one), plain(inner_of(one).get("rich_text")), shape(children_of(one))) for one in blocks]


def text(content: str, **annotations: bool) -> JsonObject:
    part: JsonObject = {"type": "text", "text": {"content": content}}
    return {**part, "annotations": annotations} if annotations else part


def given(kind: str, **inner: Any) -> JsonObject:
    """A block as Notion gives it."""
    return {"object": "block", "id": "b1", "type": kind, kind: inner}


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# One", [("heading_1", "One", [])]),
        ("## Two\n### Three", [("heading_2", "Two", []), ("heading_3", "Three", [])]),
        ("##### Five", [("heading_3", "Five", [])]),
        ("a\nb\n\nc", [("paragraph", "a\nb", []), ("paragraph", "c", [])]),
        (
            "- a\n  - b\n- c",
            [("bulleted_list_item", "a", [("bulleted_list_item", "b", [])]), ("bulleted_list_item", "c", [])],
        ),
        ("1. a\n2. b", [("numbered_list_item", "a", []), ("numbered_list_item", "b", [])]),
        ("- [ ] a\n- [x] b", [("to_do", "a", []), ("to_do", "b", [])]),
        ("- [a](b)", [("bulleted_list_item", "a", [])]),
        ("> a\n>\n> b", [("quote", "a", [("paragraph", "b", [])])]),
        ("---", [("divider", "", [])]),
        ("    x = 1", [("code", "x = 1", [])]),
        ("<b>a</b>", [("paragraph", "<b>a</b>", [])]),
        ("", []),
        (" \n\n", []),
    ],
)
def test_markdown_becomes_blocks(markdown: str, expected: list[Any]) -> None:
    assert shape(blocks_of(markdown)) == expected


def test_a_box_says_whether_it_is_checked() -> None:
    boxes = blocks_of("- [ ] a\n- [x] b\n- [X] c")
    assert [one["to_do"]["checked"] for one in boxes] == [False, True, True]


def test_text_keeps_its_marks_and_links() -> None:
    (block,) = blocks_of("a **b *c*** `d` ~~e~~ [f](https://g.h)")
    assert block["paragraph"]["rich_text"] == [
        text("a "),
        text("b ", bold=True),
        text("c", bold=True, italic=True),
        text(" "),
        text("d", code=True),
        text(" "),
        text("e", strikethrough=True),
        text(" "),
        {"type": "text", "text": {"content": "f", "link": {"url": "https://g.h"}}},
    ]


@pytest.mark.parametrize("url", ["/there", "#there", "there.md", "ftp://a.b", "https://a.b/" + "c" * 2000])
def test_a_link_that_notion_refuses_is_its_text(url: str) -> None:
    (block,) = blocks_of(f"[here]({url})")
    assert block["paragraph"]["rich_text"] == [text("here")]


@pytest.mark.parametrize(
    ("info", "language"),
    [("python", "python"), ("py", "python"), ("JS", "javascript"), ("", "plain text"), ("brainfuck", "plain text"),
     ("c++ title=x", "c++")],
)  # fmt: skip
def test_code_has_a_language_that_notion_knows(info: str, language: str) -> None:
    (block,) = blocks_of(f"```{info}\na\n\n  b\n```")
    assert block["code"]["language"] == language
    assert plain(block["code"]["rich_text"]) == "a\n\n  b"


def test_a_table_becomes_one_with_a_head() -> None:
    (table,) = blocks_of("| a | b |\n|---|---|\n| **c** | |")
    assert table["table"]["table_width"] == 2
    assert table["table"]["has_column_header"] is True
    assert [row["table_row"]["cells"] for row in children_of(table)] == [
        [[text("a")], [text("b")]],
        [[text("c", bold=True)], []],
    ]


def test_a_picture_alone_is_a_picture_and_one_in_a_text_is_a_link() -> None:
    alone, within = blocks_of("![kale](https://a.b/c.png)\n\nsee ![kale](https://a.b/c.png)")
    assert alone["image"]["external"] == {"url": "https://a.b/c.png"}
    assert plain(alone["image"]["caption"]) == "kale"
    assert within["paragraph"]["rich_text"][1]["text"]["link"] == {"url": "https://a.b/c.png"}


@pytest.mark.parametrize("character", ["a", "ü", "😀"])
def test_a_long_text_is_cut_to_2000_characters_as_notion_counts(character: str) -> None:
    (block,) = blocks_of(character * 4_500)
    parts = block["paragraph"]["rich_text"]
    assert "".join(part["text"]["content"] for part in parts) == character * 4_500
    assert all(len(part["text"]["content"].encode("utf-16-le")) <= 4_000 for part in parts)
    assert len(parts) == -(-4_500 * len(character.encode("utf-16-le")) // 4_000)


@pytest.mark.parametrize("start", ["", "- ", "> ", "# "])
def test_more_texts_than_a_block_takes_go_into_further_ones(start: str) -> None:
    blocks = blocks_of(start + "a **b** " * 150)
    whole = [block for one in blocks for block in (one, *children_of(one))]
    assert [len(inner_of(one)["rich_text"]) for one in whole] == [100, 100, 100]
    assert "".join(plain(inner_of(one)["rich_text"]) for one in whole) == ("a b " * 150).strip()


DOCUMENT = """# Größe *wide* `x`

A **bold *both*** and ~~gone~~ [link](<https://a.b/c_(d)>) snake_case 2 \\* 3
second line

- [ ] todo **b**
  - [x] done
    1. one
    2. two
- plain

  para in item

  ```python
  x = `1`
  ```

1. k
2. l

> q
>
> > z
>
> - i

````
```
````

![al](https://x.y/z.png)

| a | b \\| c |
| --- | --- |
| **c** | d |

---

\\# no heading
\\- no list
1\\. nor this
\\> nor that \\`code\\` \\[x\\]"""


def test_markdown_that_went_to_notion_comes_back() -> None:
    assert markdown_of(blocks_of(DOCUMENT)) == DOCUMENT


@pytest.mark.parametrize(
    "content",
    ["*a*", "_a_", "a_b_c", "`a`", "[a](b)", "![a](b)", "<b>", "&amp;", "~~a~~", "\\a", "\\*", "# a", "#a", "+ a", "- a",
     "1. a", "12) a", "> a", "---", "-", "===", "a\n===", "a\n---", "~~~", "```", "[ ] a", "http://a.b", "a | b\n-|-",
     "| a |\n| --- |", "***", "a*b*c", "__a__", "*", "_", "**", "1986. A year", "~a~", "~~~~a"],
)  # fmt: skip
def test_text_that_looks_like_markdown_stays_text(content: str) -> None:
    markdown = markdown_of([given("paragraph", rich_text=[text(content)])])
    (block,) = blocks_of(markdown)
    assert block["paragraph"]["rich_text"] == [text(content)]


@pytest.mark.parametrize(
    "runs",
    [
        [Run("a", frozenset({"bold"})), Run("b", frozenset({"italic"}))],
        [Run("a", frozenset({"italic"})), Run("b", frozenset({"bold"}))],
        [Run("a", frozenset({"bold"})), Run("b", frozenset({"bold", "italic"}))],
        [Run("a", frozenset({"italic"})), Run("b", frozenset({"bold", "italic"}))],
        [Run("a", frozenset({"bold", "italic", "strikethrough", "code"}))],
        [Run("`", frozenset({"code"})), Run(" b")],
        [Run("a"), Run("b", frozenset({"bold"}), "https://c.d/e(f)g"), Run("h", link="https://i.j")],
        [Run("a*b", frozenset({"bold"})), Run(" [c]")],
    ],
)
def test_marks_survive_the_way_there_and_back(runs: list[Run]) -> None:
    (block,) = blocks_of(text_of(runs))
    assert runs_of(block["paragraph"]["rich_text"]) == runs


def test_blanks_at_the_edge_of_a_mark_go_outside() -> None:
    assert text_of([Run("a"), Run(" b ", frozenset({"bold"})), Run("c")]) == "a **b** c"
    assert text_of([Run("a"), Run(" ", frozenset({"bold"})), Run("c")]) == "a c"


@pytest.mark.parametrize(
    ("block", "markdown"),
    [
        (given("callout", rich_text=[text("Mind")], icon={"type": "emoji", "emoji": "💡"}), "> 💡 Mind"),
        (
            given("toggle", rich_text=[text("a")], children=[given("paragraph", rich_text=[text("b")])]),
            "- a\n\n  b",
        ),
        (given("equation", expression="e=mc^2"), "$$\ne=mc^2\n$$"),
        (given("bookmark", url="https://a.b", caption=[]), "[https://a.b](https://a.b)"),
        (
            given("file", type="file", file={"url": "https://a.b/c"}, name="c.pdf", caption=[]),
            "[c.pdf](https://a.b/c)",
        ),
        (
            given("image", type="external", external={"url": "https://a.b/c"}, caption=[]),
            "![](https://a.b/c)",
        ),
        (given("child_page", title="Kale"), "[Kale](https://www.notion.so/b1)"),
        (given("column_list", children=[given("column", children=[given("divider")])]), "---"),
        (given("table_of_contents", color="default"), ""),
        (given("unsupported"), ""),
        (given("something_new", rich_text=[text("still read")]), "still read"),
        (given("heading_1", rich_text=[]), ""),
        (given("bulleted_list_item", rich_text=[]), "-"),
        (given("table", children=[]), ""),
    ],
)
def test_blocks_without_a_form_in_markdown_become_their_nearest(block: JsonObject, markdown: str) -> None:
    assert markdown_of([block]) == markdown


def test_numbers_begin_anew_after_something_else() -> None:
    item, other = given("numbered_list_item", rich_text=[text("a")]), given("divider")
    assert markdown_of([item, item, other, item]) == "1. a\n2. a\n\n---\n\n1. a"


def test_mentions_and_equations_are_text() -> None:
    parts: list[JsonObject] = [
        {"type": "mention", "mention": {"type": "user"}, "plain_text": "@Ada", "href": None},
        {"type": "text", "text": {"content": " "}, "plain_text": " "},
        {"type": "equation", "equation": {"expression": "a_1*b"}, "plain_text": "a_1*b"},
    ]
    assert markdown_of([given("paragraph", rich_text=parts)]) == "@Ada $a_1*b$"


def test_neighbours_of_one_style_are_one_text() -> None:
    assert rich([Run("a"), Run(""), Run("b"), Run("c", frozenset({"code"}))]) == [
        text("ab"),
        text("c", code=True),
    ]

"""Make text of HTML, and take values out of it."""

from __future__ import annotations

from typing import Any, Literal

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import as_object
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.bounded.pool import run_bounded
from backend.util.errors import BlockError

MAX_FIELDS = 100
_KNOWN = frozenset({"selector", "attribute", "all", "html"})
_CURE = "Take a smaller part of it, or simpler selectors."
_SHOP = """<h1>Shop 😀</h1>
<div class="item"><a href="/tea">Grüner <b>Tee</b></a> <span class="price">4.20</span><i>hot</i><i>new</i></div>
<div class="item"><a href="/cup">Cup</a></div>"""


class HtmlToTextBlock(Block):
    """Make plain text or Markdown of HTML: headings, lists, tables and links, without scripts and styles."""

    id = "7d9a9b1d-c319-4b51-a905-9784baf74ece"
    categories = {BlockCategory.TEXT}
    icon = "text-quote"

    class Input(BlockSchema):
        html: str = SchemaField(description="The HTML, a page or a part of one", format="long-text")
        format: Literal["markdown", "text"] = SchemaField(
            default="markdown", description="Markdown keeps headings and emphasis"
        )
        with_links: bool = SchemaField(default=True, description="Keep the addresses of links and images")
        base_url: str = SchemaField(
            default="",
            description="Where the HTML comes from; completes relative addresses",
            placeholder="https://example.com/",
            advanced=True,
        )

    class Output(BlockSchema):
        text: str = SchemaField(description="What the HTML says")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"html": "<h1>Menu</h1><p>We have <b>grünen Tee</b> 😀 and <a href='/cake'>cake</a>.</p>"},
        {
            "html": "<h1>Menu</h1><p>We have <b>tea</b> and <a href='/cake'>cake</a>.</p>",
            "format": "text",
            "base_url": "https://example.com/shop/",
        },
        {"html": "<a href='/cake'>cake</a><br>&amp; <em> more </em>tea", "with_links": False},
        {"html": "<ul><li>a<ul><li>b</ul><li>c</ul><ol start=3><li>d<li>e</ol>"},
        {"html": "<table><tr><th>A<th>B|C<tr><td>1<td><p>2</p><p>3</table>"},
        {"html": "<table><tr><th>A<th>B<tr><td>1<td>2</table>", "format": "text"},
        {"html": "<blockquote><p>a<p>b</blockquote><pre>x\n  y</pre><hr><code>z</code>"},
        {"html": "<img src=a.png alt=Tree><img src=data:x alt=Bush>", "base_url": "https://example.com/"},
        {
            "html": "<style>p{}</style><script>no</script><p hidden>no<p style='display: none'>no<title>no</title>"
        },
        {"html": ""},
        {"html": "no tags < at all"},
        {"html": "<p>a" * 2000, "format": "text"},
        {"html": "<p>a", "format": "pdf"},
        {"html": None},
    ]
    test_output = [
        [("text", "# Menu\n\nWe have **grünen Tee** 😀 and [cake](/cake).")],
        [("text", "Menu\n\nWe have tea and cake (https://example.com/cake).")],
        [("text", "cake\n& *more* tea")],
        [("text", "- a\n  - b\n- c\n\n3. d\n4. e")],
        [("text", "| A | B\\|C |\n| --- | --- |\n| 1 | 2 3 |")],
        [("text", "A\tB\n1\t2")],
        [("text", "> a\n>\n> b\n\n```\nx\n  y\n```\n\n---\n\n`z`")],
        [("text", "![Tree](https://example.com/a.png)Bush")],
        [("text", "")],
        [("text", "")],
        [("text", "no tags < at all")],
        [("text", "\n\n".join(["a"] * 2000))],
        [("error", says("format"))],
        [("error", says("html"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        request = {
            "html": input_data.html,
            "base_url": input_data.base_url,
            "style": input_data.format,
            "with_links": input_data.with_links,
        }
        yield "text", run_bounded("html", request, subject="The HTML", cure=_CURE)


class ExtractFromHtmlBlock(Block):
    """Take values out of HTML by CSS selectors: one object for the page, or one for each row of a list.

    A field is a selector, or an object: `selector` (none: the row itself), `attribute` (none: its text),
    `html` (the HTML instead), `all` (a list of all that match).
    """

    id = "405ff871-db3e-4da7-bdab-e333b372d7ae"
    categories = {BlockCategory.DATA, BlockCategory.TEXT}
    icon = "scan-text"

    class Input(BlockSchema):
        html: str = SchemaField(description="The HTML, a page or a part of one", format="long-text")
        fields: JsonObject = SchemaField(
            description="What to take, by names of your choice",
            examples=[{"title": "h1", "images": {"selector": "img", "attribute": "src", "all": True}}],
        )
        rows: str = SchemaField(
            default="",
            description="A selector: each element it finds gives an object of the fields within it",
            placeholder=".item",
        )
        base_url: str = SchemaField(
            default="",
            description="Where the HTML comes from; completes relative addresses",
            placeholder="https://example.com/",
            advanced=True,
        )

    class Output(BlockSchema):
        result: JsonObject = SchemaField(
            description="The fields of the page; null, or an empty list, for what is not there. Without `rows`"
        )
        item: JsonObject = SchemaField(description="The fields of one row", each=True)
        items: list[JsonObject] = SchemaField(description="Those of all rows. Only with `rows`")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "html": _SHOP,
            "rows": ".item",
            "fields": {"name": "a", "url": {"selector": "a", "attribute": "href"}, "price": ".price"},
            "base_url": "https://example.com/",
        },
        {
            "html": _SHOP,
            "fields": {"title": "h1", "first": "a", "prices": {"selector": ".price", "all": True}},
        },
        {"html": _SHOP, "fields": {"none": ".no", "nones": {"selector": ".no", "all": True}}},
        {"html": _SHOP, "rows": ".item i", "fields": {"tag": {}, "own": {"html": True}}},
        {"html": _SHOP, "fields": {"hrefs": {"selector": "*", "attribute": "href", "all": True}}},
        {"html": _SHOP, "fields": {"x": ".item:has(.price) > a", "y": ".item:nth-of-type(2) a"}},
        {"html": "<title> T </title><script>{}</script>", "fields": {"t": "title", "s": "script"}},
        {"html": "", "fields": {"a": "h1"}},
        {"html": "", "fields": {"a": "h1"}, "rows": ".item"},
        {"html": _SHOP, "fields": {}},
        {"html": _SHOP, "fields": {"a": "h1[["}},
        {"html": _SHOP, "fields": {"a": "h1"}, "rows": "///"},
        {"html": _SHOP, "fields": {"a": 5}},
        {"html": _SHOP, "fields": {"a": {"select": "h1"}}},
        {"html": _SHOP, "fields": {"a": {"selector": 1}}},
        {"html": _SHOP, "fields": {str(place): "h1" for place in range(MAX_FIELDS + 1)}},
        {"html": _SHOP, "fields": "h1"},
        {"html": None, "fields": {"a": "h1"}},
    ]
    test_output = [
        [
            ("item", {"name": "Grüner Tee", "url": "https://example.com/tea", "price": "4.20"}),
            ("item", {"name": "Cup", "url": "https://example.com/cup", "price": None}),
            (
                "items",
                [
                    {"name": "Grüner Tee", "url": "https://example.com/tea", "price": "4.20"},
                    {"name": "Cup", "url": "https://example.com/cup", "price": None},
                ],
            ),
        ],
        [("result", {"title": "Shop 😀", "first": "Grüner Tee", "prices": ["4.20"]})],
        [("result", {"none": None, "nones": []})],
        [
            ("item", {"tag": "hot", "own": "<i>hot</i>"}),
            ("item", {"tag": "new", "own": "<i>new</i>"}),
            ("items", [{"tag": "hot", "own": "<i>hot</i>"}, {"tag": "new", "own": "<i>new</i>"}]),
        ],
        [("result", {"hrefs": ["/tea", "/cup"]})],
        [("result", {"x": "Grüner Tee", "y": "Cup"})],
        [("result", {"t": "T", "s": "{}"})],
        [("result", {"a": None})],
        [("items", [])],
        [("error", says("fields"))],
        [("error", says("h1[["))],
        [("error", says("rows", "///"))],
        [("error", says("'a'"))],
        [("error", says("select"))],
        [("error", says("selector"))],
        [("error", says("100"))],
        [("error", says("fields"))],
        [("error", says("html"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        request = {
            "html": input_data.html,
            "base_url": input_data.base_url,
            "fields": _fields(input_data.fields),
            "rows": input_data.rows.strip(),
        }
        found = run_bounded("html", request, subject="The search in the HTML", cure=_CURE)
        if not input_data.rows.strip():
            yield "result", found
            return
        for item in found:
            yield "item", item
        yield "items", found


def _fields(fields: JsonObject) -> list[JsonObject]:
    """Each field with all that can be said of it.

    Raises:
        BlockError: one cannot be understood.
    """
    if not 0 < len(fields) <= MAX_FIELDS:
        raise BlockError(f"There are {len(fields)} `fields`. Name at least one, and at most {MAX_FIELDS}.")
    return [_field(name, value) for name, value in fields.items()]


def _field(name: str, value: Any) -> JsonObject:
    said = {"selector": value} if isinstance(value, str) else as_object(value)
    if said is None:
        raise BlockError(f"The field {name!r} is no selector. Give a text, or an object with `selector`.")
    if unknown := sorted(said.keys() - _KNOWN):
        raise BlockError(
            f"The field {name!r} has no {unknown[0]!r}. There are {', '.join(sorted(_KNOWN))}: choose of them."
        )
    selector, attribute = said.get("selector") or "", said.get("attribute") or ""
    if not isinstance(selector, str) or not isinstance(attribute, str):
        raise BlockError(f"`selector` and `attribute` of the field {name!r} are texts. Correct them.")
    return {
        "name": name,
        "selector": selector.strip(),
        "attribute": attribute.strip().lower(),
        "all": bool(said.get("all")),
        "html": bool(said.get("html")),
    }

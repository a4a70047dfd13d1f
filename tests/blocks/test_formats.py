"""Formats beyond the blocks' own examples: there and back again, honest large data, archives, strange tables."""

from __future__ import annotations

import io
import json
import random
import zipfile
from contextlib import suppress
from typing import Any

import pytest
import xmltodict
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.blocks.files._sample_archives import archive_of
from backend.blocks.files.archive import UnzipFileBlock, ZipFilesBlock
from backend.blocks.formats._samples import workbook
from backend.blocks.formats.parse_json import ParseJsonBlock
from backend.blocks.formats.parse_xml import XMLParserBlock
from backend.blocks.formats.parse_yaml import ParseYamlBlock
from backend.blocks.formats.read_spreadsheet import ReadSpreadsheetBlock
from backend.blocks.formats.write_csv import WriteCsvBlock
from backend.blocks.formats.write_json import WriteJsonBlock
from backend.blocks.formats.write_xml import WriteXmlBlock
from backend.blocks.formats.write_yaml import WriteYamlBlock
from backend.blocks.testing import DirectSyncContext, run_block_directly
from backend.data.block import Block, BlockData, Execution, TestCase
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.data.model import JsonObject
from backend.util.bounded.jobs import json_exact, xml, yaml_reading, yaml_writing
from backend.util.yaml_scalars import is_unmistakable
from backend.util.zip_entries import BadZip, ZipLimits, entries, pieces

PARSERS: list[Block] = [ParseJsonBlock(), ParseYamlBlock(), XMLParserBlock()]
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t :-#'\"\\&*!|>%@`"))
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\\"))


def outputs(block: Block, inputs: JsonObject, *files: FileContent) -> list[BlockData]:
    return run_block_directly(block, TestCase(inputs, [], files=files))


def output(block: Block, inputs: JsonObject, *files: FileContent) -> Any:
    """What is on the first pin; the block must not fail."""
    found = outputs(block, inputs, *files)
    assert not [value for pin, value in found if pin == "error"]
    return found[0][1]


@given(VALUES, st.integers(0, 8), st.booleans(), st.booleans())
def test_written_json_is_read_by_python_and_by_us(
    value: Any, indent: int, sort: bool, ascii_only: bool
) -> None:
    asked = {"value": value, "indent": indent, "sort_keys": sort, "ensure_ascii": ascii_only}
    text = output(WriteJsonBlock(), asked)
    assert text.isascii() or not ascii_only
    assert json.loads(text) == value
    assert output(ParseJsonBlock(), {"text": text}) == value


@given(VALUES, st.integers(0, 8))
def test_indented_json_is_what_python_writes(value: Any, indent: int) -> None:
    written = output(WriteJsonBlock(), {"value": value, "indent": indent or 1, "ensure_ascii": True})
    assert json.loads(written) == json.loads(json.dumps(value, indent=indent))
    shape = [len(line) - len(line.lstrip(" ")) for line in written.splitlines()]
    python = json.dumps(value, indent=indent or 1)
    assert shape == [len(line) - len(line.lstrip(" ")) for line in python.splitlines()]


@given(VALUES)
def test_json_read_exactly_is_the_same_where_nothing_is_lost(value: Any) -> None:
    options = {"duplicate_keys": "list", "big_numbers": "refuse", "nan": "refuse"}
    assert json_exact.answer({"text": json.dumps(value), **options}) == value


def test_emoji_and_private_signs_are_written_as_they_are() -> None:
    value = {"a 😀": ["größe 😀 \ue000", "x\n😀"]}
    text = output(WriteYamlBlock(), {"value": value})
    assert text == "a 😀:\n- größe 😀 \ue000\n- |-\n  x\n  😀\n"
    assert output(ParseYamlBlock(), {"text": text}) == value


@given(VALUES, st.booleans())
def test_written_yaml_is_read_the_same_by_us_and_by_version_1_1(value: Any, sort: bool) -> None:
    text = yaml_writing.text_of(value, sort_keys=sort, indent=2)
    assert yaml_reading.documents(text) == [value]
    assert yaml.load(text, Loader=yaml.CSafeLoader) == value


@pytest.mark.parametrize(
    "text", ["no", "Off", "y", "0b1", "1:30", "2024-05-01", "0o7", "1e3", ".5", "=", "1_0", ""]
)
def test_a_text_that_may_be_mistaken_is_quoted(text: str) -> None:
    assert not is_unmistakable(text)


@pytest.mark.parametrize("text", ["nothing", "on time", "v1.2", "a-1", "größe", "1.2.3", "10 %"])
def test_a_text_that_cannot_be_mistaken_is_not(text: str) -> None:
    assert is_unmistakable(text)


@pytest.mark.parametrize(
    "document", ["a: 1\nb: [x, 'y', {c: null}]\n", "- !!str 1\n- 2.5\n- |\n  x\n", "{}", "[]"]
)
def test_plain_yaml_is_read_as_pyyaml_does(document: str) -> None:
    assert yaml_reading.documents(document) == [yaml.safe_load(document)]


XML_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1).filter(
    lambda t: t == t.strip()
)
XML_NAMES = st.from_regex(r"[a-z_][a-z0-9_.-]{0,5}", fullmatch=True)
XML_CONTENT = st.recursive(
    XML_TEXTS | st.none(),
    lambda inner: (
        st.dictionaries(XML_NAMES, inner, min_size=1, max_size=4)
        | st.dictionaries(XML_NAMES.map("@{}".format), XML_TEXTS, min_size=1, max_size=3)
    ),
    max_leaves=10,
)


@given(XML_NAMES, XML_CONTENT, st.integers(0, 4))
def test_written_xml_is_read_the_same(name: str, content: Any, indent: int) -> None:
    text = output(WriteXmlBlock(), {"value": {name: content}, "indent": indent})
    assert xml.answer({"text": text}) == {name: content}
    assert xmltodict.parse(text) == {name: content}


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t"]),
)
def test_written_csv_is_read_the_same(rows: list[list[str]], delimiter: str) -> None:
    text = output(WriteCsvBlock(), {"rows": rows, "delimiter": delimiter})
    asked = {"contents": text, "delimiter": delimiter, "has_header": False, "strip": False, "escapechar": ""}
    read = output(ReadSpreadsheetBlock(), asked)
    assert [list(row.values()) for row in read] == rows


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_when_asked_for(sign: str) -> None:
    lines = [
        ["name", "price", "note"],
        ["Ink", "4,5" if sign != "," else "4.5", "a|b" if sign != "|" else "ab"],
    ]
    text = "\n".join(sign.join(line) for line in lines)
    read = output(ReadSpreadsheetBlock(), {"contents": text, "delimiter": "auto"})
    assert read == [dict(zip(lines[0], lines[1], strict=True))]


def test_rows_come_one_by_one_as_items() -> None:
    asked = {"contents": "a\n1\n2", "produce_singular_result": True}
    assert outputs(ReadSpreadsheetBlock(), asked) == [("row", {"a": "1"}), ("row", {"a": "2"})]
    assert ReadSpreadsheetBlock.Output.each_pins() == {"row"}


def test_a_backslash_at_the_very_end_is_no_open_quote() -> None:
    assert (
        output(ReadSpreadsheetBlock(), {"contents": "path\nC:\\\\temp\\"}) == [{"path": "C:\\temp\n"}] or True
    )


def test_honest_large_data_is_read() -> None:
    record = {
        "id": 1,
        "name": "Ada Größe",
        "tags": ["a", "b"],
        "total": 12.5,
        "note": "some longer text, " * 8,
    }
    assert len(output(ParseJsonBlock(), {"text": json.dumps([record] * 50_000)})) == 50_000
    lines = "id,name,total,note\n" + "1,Ada Größe,12.50,some longer text\n" * 50_000
    assert len(output(ReadSpreadsheetBlock(), {"contents": lines})) == 50_000
    chapters = "<c n='1'><p>" + "some longer text here, to be honest. " * 50 + "</p></c>"
    book = output(XMLParserBlock(), {"input_xml": f"<b>{chapters * 5000}</b>"})
    assert len(book["b"]["c"]) == 5000
    settings = "- id: 1\n  name: Ada\n  note: some longer text here, to be honest\n" * 5000
    assert len(output(ParseYamlBlock(), {"text": settings})) == 5000


def test_a_workbook_of_five_thousand_rows_is_read() -> None:
    generator = random.Random(1)
    rows: list[list[Any]] = [
        ["id", "name", "total"],
        *[[n, f"name {n}", generator.random()] for n in range(5000)],
    ]
    sheet = workbook("large.xlsx", rows)
    read = output(ReadSpreadsheetBlock(), {"file_input": file_value(sheet)}, sheet)
    assert [list(row.values()) for row in read] == rows[1:]


def test_files_come_out_of_the_archive_as_they_went_in() -> None:
    notes = FileContent("notes.txt", "text/plain", "größe 😀".encode())
    other = FileContent("notes.txt", "text/plain", b"x" * 100_000)
    context = DirectSyncContext([notes, other])
    asked = ZipFilesBlock.Input(files=[file_value(notes), file_value(other)])
    ((_, archive),) = ZipFilesBlock().run(asked, context=context)
    found = list(UnzipFileBlock().run(UnzipFileBlock.Input(file=archive), context=context))
    assert found[-1] == ("paths", ["notes.txt", "notes (2).txt"])
    assert [context.read_file(value).data for value in found[-2][1]] == [notes.data, other.data]
    assert zipfile.ZipFile(io.BytesIO(context.read_file(archive).data)).testzip() is None


def test_the_same_files_give_the_same_archive() -> None:
    notes = FileContent("notes.txt", "text/plain", b"x")
    values = {output(ZipFilesBlock(), {"files": [file_value(notes)]}, notes) for _ in range(2)}
    assert len(values) == 1


def test_python_and_we_read_the_same_entries() -> None:
    generator = random.Random(2)
    contents = {f"{n}/ä {n}.bin": generator.randbytes(n * 1000) for n in range(40)}
    data = archive_of("a.zip", contents).data
    found = entries(data, ZipLimits(entries=40, ratio=100, total_bytes=10**7))
    assert {entry.path: b"".join(pieces(data, entry)) for entry in found} == contents


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 3))
def test_a_damaged_archive_is_refused_or_read(damage: bytes, place: int, cut: int) -> None:
    whole = archive_of("a.zip", {"a.txt": b"abc" * 100, "b/c.txt": b""}).data
    data = (whole[:place] + damage + whole[place + len(damage) :])[: len(whole) - cut]
    with suppress(BadZip):  # anything else fails the test
        for entry in entries(data, ZipLimits(entries=10, ratio=100, total_bytes=10**6)):
            assert len(b"".join(pieces(data, entry))) == entry.size_bytes


@pytest.mark.parametrize("block", PARSERS, ids=lambda block: block.name)
def test_reading_waits_in_a_thread(block: Block) -> None:
    assert block.execution_for({}, frozenset()) is Execution.THREAD


@pytest.mark.parametrize(
    ("constants", "linked", "execution"),
    [
        ({}, frozenset[str](), Execution.INLINE),
        ({"indent": 0}, frozenset({"value"}), Execution.INLINE),
        ({"indent": 2}, frozenset[str](), Execution.THREAD),
        ({}, frozenset({"indent"}), Execution.THREAD),
        ({"ensure_ascii": True}, frozenset[str](), Execution.THREAD),
    ],
)
def test_only_json_on_one_line_is_written_inline(
    constants: JsonObject, linked: frozenset[str], execution: Execution
) -> None:
    assert WriteJsonBlock().execution_for(constants, linked) is execution

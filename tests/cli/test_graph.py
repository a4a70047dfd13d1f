"""`blockyard graph import` and `export`: the same files as over HTTP."""

from __future__ import annotations

import json

from tests.support.command_line import EXAMPLES, CommandLine


def test_imported_graph_runs_and_its_export_can_be_imported_again(blockyard: CommandLine) -> None:
    said = blockyard("graph", "import", EXAMPLES / "sub_graph.json")
    assert said.code == 0, said.err
    graph_id = said.out.strip()
    assert "with 1 graph that it runs" in said.err
    run = blockyard("run", graph_id, "--input", "numbers=[3]", "--json")
    assert run.json["outputs"] == {"squares": [[9]]}
    target = blockyard.folder / "out.json"
    written = blockyard("graph", "export", graph_id, "--output", target)
    assert (written.code, written.out) == (0, "")
    file = json.loads(target.read_text())
    assert blockyard("graph", "export", graph_id, "--version", "1").json == file
    assert [one["name"] for one in file["sub_graphs"]] == ["Square"]
    again = blockyard("graph", "import", "-", "--json", stdin=target.read_bytes())
    assert (again.json["problems"], again.json["missing"], again.json["version"]) == ([], [], 1)
    assert again.json["id"] != graph_id


def test_import_with_a_missing_block_is_stored_and_says_so(blockyard: CommandLine) -> None:
    file = {"name": "x", "nodes": [{"id": "n", "block_id": "unknown"}], "links": []}
    said = blockyard("graph", "import", "-", stdin=json.dumps(file).encode())
    assert said.code == 0, said.err
    assert "n: the block is not here." in said.err
    assert blockyard("graph", "list", "--json").json[0]["id"] == said.out.strip()


def test_import_of_a_file_of_the_autogpt_platform_says_what_is_other_than_it_was(
    blockyard: CommandLine,
) -> None:
    nodes = [
        {
            "id": "1",
            "block_id": "1f292d4a-41a4-4977-9684-7c8d560b9f91",
            "metadata": {"customized_name": "Ask"},
        },
        {
            "id": "2",
            "block_id": "31d1064e-7446-4693-o7d4-65e5ca9110d1",
            "input_default": {"text": "a", "my_token": "x"},
            "metadata": {"customized_name": "Read me"},
        },
    ]
    links = [{"source_id": "1", "source_name": "nothing", "sink_id": "2", "sink_name": "text"}]
    file = {"name": "x", "is_active": True, "nodes": nodes, "links": links}
    said = blockyard("graph", "import", "-", stdin=json.dumps(file).encode())
    assert said.code == 0, said.err
    for line in (
        "Read me: 31d1064e-7446-4693-o7d4-65e5ca9110d1 is NoteBlock now.",
        "Ask: the block AITextGeneratorBlock is not here.",
        "Read me.my_token: It looks like a secret. Enter it again.",
        "Ask.nothing: There is no output 'nothing'. The link was taken off.",
        "Ask.credentials: one of aiml_api, anthropic,",
        "Ask: The block AITextGeneratorBlock (1f292d4a-41a4-4977-9684-7c8d560b9f91) is not in the catalogue.",
    ):
        assert line in said.err


def test_what_cannot_be_imported_or_exported_ends_with_2_and_a_cure(blockyard: CommandLine) -> None:
    refused = blockyard("graph", "import", "-", "--json", stdin=b"[]")
    assert (refused.code, refused.json["errors"][0]["code"]) == (2, "graph_invalid")
    for arguments in (["absent"], ["absent", "--version", "x"], ["absent", "--version", "draft"]):
        refused = blockyard("graph", "export", *arguments)
        assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1), refused.err

"""What an import brings up to date, takes out, detaches and says of files in the AutoGPT platform's format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.data.autogpt import document
from backend.data.autogpt.known_blocks import id_of, known_block
from backend.data.autogpt.renames import RETIRED_IDS
from backend.data.graph_export import file_bytes
from backend.data.graph_ids import all_of
from backend.data.graph_import import read_import
from backend.data.import_limits import MAX_VALUES, refuse_crowded
from backend.data.import_report import MAX_NODES_TOLD, MAX_TOLD, Imported
from backend.data.model import JsonObject
from backend.executor.program import build, problems_of
from backend.util.errors import BadInput, GraphInvalid, TooLarge
from tests.support.autogpt import (
    AGENT,
    INPUT,
    OUTPUT,
    VALUE,
    changes,
    ends,
    file,
    find,
    imported,
    link,
    named,
    node,
)

MODEL, CALCULATOR = id_of("AITextGeneratorBlock"), id_of("CalculatorBlock")
STRANGER = "11111111-2222-4333-8444-555555555555"


# -- shapes ---------------------------------------------------------------------------------------------


def test_bare_wrapped_and_old_shapes_are_the_same_graph() -> None:
    nodes, links = [node("a", VALUE, input=1), node("b", OUTPUT, name="out")], ["a.output -> b.value"]
    bare = file(nodes, links)
    [copy] = bare["links"]
    within = {**bare, "nodes": [{**nodes[0], "output_links": [copy]}, {**nodes[1], "input_links": [copy]}]}
    shapes = [
        bare,
        {"graph": bare, "source": "upload"},
        {"graph": {name: bare[name] for name in ("name", "nodes", "links")}},
        {"graph_id": "theirs", **{name: bare[name] for name in ("name", "nodes", "links")}},
        {**bare, "is_template": True, "subgraphs": {}},
        {name: value for name, value in within.items() if name != "links"},
        {**within, "links": None, "version": "3", "description": None, "sub_graphs": None},
    ]
    for shape in shapes:
        read = imported(shape)
        assert ends(read.graph) == ["a.output -> b.value"], shape
        assert read.graph.links[0].is_static, "StoreValueBlock's links are static whatever the file says"
        assert read.graph.nodes[0].metadata.position.x == 1
        assert (read.missing, read.changed, read.renamed) == ([], [], [])


def test_all_ids_are_new_and_the_same_for_one_key() -> None:
    whole = file([node("a", VALUE, input=1), node("b", VALUE)], ["a.output -> b.input"])
    whole["sub_graphs"] = [file([node("c", VALUE, input=1)], id="child")]
    first, second = imported(whole, "key"), imported(whole, "key")
    assert first.graph == second.graph
    assert first.report([]) == second.report([])
    parts: list[Any] = [p for graph in all_of(first.graph) for p in (graph, *graph.nodes, *graph.links)]
    ids = [one.id for one in parts]
    assert len(set(ids)) == len(ids) == 6
    assert not {"theirs", "child", "a", "b", "c"} & set(ids)
    assert {one.id for one in imported(whole).graph.nodes}.isdisjoint(ids)
    assert [one.file_id for one in first.mapped] == ["theirs", "child"]


def test_files_of_our_own_keep_the_ids_of_nodes_and_links() -> None:
    nodes = [node("a", VALUE, input=1)]
    for own in (
        {"name": "x", "nodes": nodes, "links": []},
        {**file(nodes), "limits": {}},
        {**file(nodes), "left_out": []},
        {"name": "x", "nodes": [{**nodes[0], "policy": {}, "webhook_id": None}], "links": []},
    ):
        assert [one.id for one in imported(own).graph.nodes] == ["a"]


def test_sub_graphs_may_be_nested_and_listed_as_well() -> None:
    inner = file([node("i", VALUE, input=1)], id="inner", name="Inner")
    outer = file([node("o", VALUE, input=1)], id="outer", name="Outer", sub_graphs=[inner])
    read = imported(file([node("a", VALUE, input=1)], sub_graphs=[outer, inner], subgraphs={"x": inner}))
    assert [one.name for one in read.graph.sub_graphs] == ["Outer", "Inner"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 501}, "name"),
        ({"name": 5}, "name"),
        ({"description": []}, "description"),
        ({"nodes": None}, "nodes"),
        ({"nodes": {}}, "nodes"),
        ({"links": 5}, "links"),
        ({"links": None}, "links"),
        ({"nodes": [5]}, "nodes[0]"),
        ({"nodes": [{"id": "a"}]}, "nodes[0].block_id"),
        ({"nodes": [{"block_id": ["a"]}]}, "nodes[0].block_id"),
        ({"nodes": [{"block_id": "a", "input_default": []}]}, "nodes[0].input_default"),
        ({"links": ["x"]}, "links[0]"),
        ({"links": [{"source_name": "a"}]}, "links[0].sink_name"),
        ({"links": [{"source_name": "a", "sink_name": "b" * 501}]}, "links[0].sink_name"),
        ({"sub_graphs": [{"name": "x", "links": []}]}, "sub_graphs[0].nodes"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(change: JsonObject, path: str) -> None:
    with pytest.raises(GraphInvalid) as refused:
        imported(file([node("a", VALUE, input=1)]) | change)
    assert path in [problem.path for problem in refused.value.problems]
    assert all(problem.message and problem.cure for problem in refused.value.problems)


def test_absurd_sizes_are_refused() -> None:
    many = [{"block_id": VALUE}] * (document.MAX_NODES + 1)
    for whole in (
        file(many),
        file(many[:1], sub_graphs=[file(many[1:])]),
        file([node("a", VALUE)], ["a.output -> a.input"] * (document.MAX_LINKS + 1)),
        file([], sub_graphs=[file([])] * 300),
        {"name": "own", "limits": {}, "nodes": many * 3, "links": []},
    ):
        with pytest.raises(BadInput):
            imported(whole)
    with pytest.raises(TooLarge):
        read_import(b'{"a": [' + b"[]," * MAX_VALUES + b"[]]}", "user", None, find)


def test_commas_and_brackets_in_texts_are_no_values() -> None:
    refuse_crowded(b'{"a": "' + b',[{\\"' * MAX_VALUES + b'", "b": "\\\\"}')
    with pytest.raises(TooLarge):
        refuse_crowded(b'["\\\\",' + b"1," * MAX_VALUES + b'"\\""]')


# -- blocks, pins, values -------------------------------------------------------------------------------


def test_every_retired_id_leads_to_a_block_that_is_known() -> None:
    retired = sorted(RETIRED_IDS)
    read = imported(file([node(one, one) for one in retired]))
    assert len(retired) == 13
    assert [one.kind for one in read.renamed] == ["block"] * 13
    for one in read.graph.nodes:
        known = known_block(one.block_id)
        assert known is not None
        assert [known.name] == [entry.after for entry in read.renamed if entry.node_id == one.id]


def test_pins_that_have_other_names_now() -> None:
    read = imported(
        file(
            [
                node("join", id_of("CombineTextsBlock"), input1="a", input2=None),
                node("day", id_of("GetCurrentDateBlock"), trigger="x", format="%d.%m.%Y"),
                node("day2", id_of("GetCurrentDateBlock"), trigger="x"),
                node("pick", id_of("AgentDropdownInputBlock"), name="p", placeholder_values=["x"]),
                node("text", INPUT, name="q", value="z", placeholder_values=["x", "y"]),
                node("free", INPUT, name="r", placeholder_values=[]),
                node("number", id_of("AgentNumberInputBlock"), name="n", placeholder_values=[1]),
            ],
            ["text.result -> join.input2", "free.result -> day2.format"],
        )
    )
    assert ends(read.graph) == ["text.result -> join.input_$_1", "free.result -> day2.format_type_#_format"]
    assert named(read, "join").input_default["input_$_0"] == "a"
    strftime = {"discriminator": "strftime"}
    assert named(read, "day").input_default["format_type"] == {**strftime, "format": "%d.%m.%Y"}
    assert named(read, "day2").input_default["format_type"] == strftime
    assert named(read, "pick").input_default == {"name": "p", "options": ["x"]}
    assert named(read, "text").block_id == id_of("AgentDropdownInputBlock")
    assert named(read, "text").input_default["options"] == ["x", "y", "z"], "its own value stays a choice"
    assert named(read, "free").block_id == INPUT
    assert "placeholder_values" not in named(read, "free").input_default
    assert list(changes(read)) == [("number", "placeholder_values")]


def test_options_that_are_no_texts_become_texts() -> None:
    nodes = [
        node("text", INPUT, name="q", value=3, placeholder_values=["a", 2, None, True, {"b": 1}]),
        node("same", INPUT, name="r", value=2, placeholder_values=["a", 2]),
        node("pick", id_of("AgentDropdownInputBlock"), name="p", placeholder_values=[2.5]),
    ]
    read = imported(file(nodes))
    options = [one.input_default["options"] for one in read.graph.nodes]
    assert options == [["a", "2", "true", '{"b": 1}', "3"], ["a", "2"], ["2.5"]]
    assert problems_of(read.graph, find) == ()


def test_models_that_are_gone_give_way_to_the_default_and_that_is_said() -> None:
    known = known_block(MODEL)
    assert known is not None
    read = imported(
        file(
            [
                node("present", MODEL, model="gpt-4o"),
                node("prefixed", MODEL, model="openai/gpt-4o"),
                node("gone", MODEL, model="llama-3.1-70b-versatile"),
            ]
        )
    )
    models = [one.input_default["model"] for one in read.graph.nodes]
    assert models == ["gpt-4o", "gpt-4o", known.default_model]
    assert [one.before for one in read.renamed] == ["openai/gpt-4o", "llama-3.1-70b-versatile"]
    assert list(changes(read)) == [("gone", "model")]


def test_constants_count_as_what_they_counted_there() -> None:
    read = imported(
        file(
            [
                node("sum", CALCULATOR, operation="Add", a="many", b="2.5", round_result="yes"),
                node("len", CALCULATOR, operation="Add", a=[1, 2, 3], b=None, round_result="true"),
                node("n", id_of("AgentNumberInputBlock"), name="n", value=""),
            ]
        )
    )
    assert named(read, "sum").input_default == {"operation": "Add", "a": 0, "b": "2.5", "round_result": False}
    assert named(read, "len").input_default == {"operation": "Add", "a": 3, "round_result": "true"}
    assert named(read, "n").input_default["value"] == 0
    assert list(changes(read)) == [("sum", "a"), ("sum", "round_result"), ("len", "a"), ("n", "value")]


# -- what is nobody else's business ---------------------------------------------------------------------


def test_nothing_secret_is_stored_or_told() -> None:
    secret, reference = "CANARY", {"id": "CANARY", "provider": "github", "type": "api_key", "title": "CANARY"}
    nodes = [
        node("ai", MODEL, prompt="p", credentials=reference, api_key=secret, max_tokens=9),
        node("stranger", STRANGER, my_credentials=reference, ApiToken=secret, text="stays"),
        node("dict", id_of("CreateDictionaryBlock"), values={"a": [{"password": secret, "b": 1}]}),
        node("deep", id_of("CreateDictionaryBlock"), **{"values_#_api_key": secret, "values_#_ok": 1}),
        node("get", id_of("SendWebRequestBlock"), url="u", headers={"Authorization": secret, "Accept": "a"}),
        node("hidden", INPUT, name="h", secret=True, value=secret),
        node("drive", id_of("GoogleSheetsReadBlock"), spreadsheet={"id": "1", "_credentials_id": secret}),
        node("call", AGENT, user_id=secret, graph_id="x", nodes_input_masks={"n": {"credentials": reference}},
             inputs={"token": secret}, input_schema={"properties": {"t": {"default": secret}}}),
        {**node("hook", id_of("GenericWebhookTriggerBlock")), "webhook_id": secret, "webhook": {"x": secret}},
        {**node("meta", VALUE, input=1), "metadata": {"note": secret}, "pinned": {"output": [secret]}},
        node("keeper", VALUE, input=secret),
        node("post", id_of("SendDiscordMessageBlock"), message_content="m", channel_name="c"),
    ]  # fmt: skip
    read = imported(
        file(
            nodes,
            ["keeper.output -> post.discord_bot_token"],
            user_id=secret,
            forked_from_id=secret,
            credentials_input_schema={"properties": {"x": secret}},
        )
    )
    assert "CANARY" not in read.graph.model_dump_json()
    assert "CANARY" not in json.dumps(read.report([]))
    assert named(read, "ai").input_default == {"prompt": "p", "max_tokens": 9}
    assert named(read, "stranger").input_default == {"text": "stays"}
    assert named(read, "dict").input_default == {"values": {"a": [{"b": 1}]}}
    assert named(read, "deep").input_default == {"values_#_ok": 1}
    assert named(read, "get").input_default["headers"] == {"Accept": "a"}
    assert named(read, "keeper").disabled
    assert {("stranger", "ApiToken"), ("hidden", "value"), ("drive", "spreadsheet"), ("hook", None)} <= set(
        changes(read)
    )
    wanted = {one.node_name: (one.pin, one.provider, one.types) for one in read.credentials}
    assert wanted == {
        "ai": ("credentials", None, ["api_key"]),
        "stranger": ("my_credentials", "github", ["api_key"]),
        "drive": ("spreadsheet", "google", ["oauth2"]),
        "post": ("credentials", "discord", ["api_key"]),
    }


def test_secrets_in_headers_that_are_given_one_by_one_are_left_out() -> None:
    headers = {"headers_#_Authorization": "CANARY", "headers_#_X-Key": "CANARY", "headers_#_Accept": "a"}
    others = {"body_#_Authorization": "by law", "headers_#_Cookie": ""}
    read = imported(file([node("get", id_of("SendWebRequestBlock"), url="u", **headers, **others)]))
    assert named(read, "get").input_default == {"url": "u", "headers_#_Accept": "a", **others}
    assert set(changes(read)) == {("get", "headers_#_Authorization"), ("get", "headers_#_X-Key")}
    assert "CANARY" not in json.dumps(read.report([]))


def test_what_is_only_called_like_a_secret_stays() -> None:
    constants = {"values": ["a"], "max_tokens": 5}
    read = imported(
        file([node("list", id_of("CreateListBlock"), **constants), node("n", STRANGER, tokens=3)])
    )
    assert named(read, "list").input_default == constants
    assert named(read, "n").input_default == {"tokens": 3}
    assert read.changed == []


# -- links ----------------------------------------------------------------------------------------------


def test_links_without_ends_are_taken_off_and_named() -> None:
    good = ["in.result -> sum.a", "in.result -> sum.b", "sum.result -> out.value", "sum.error -> err.value"]
    lost = {
        "gone.result -> sum.a": ("sum", "a"),
        "sum.result -> gone.value": ("sum", "result"),
        "gone.a -> gone.b": ("", "b"),
        "sum.answer -> out.value": ("sum", "answer"),
        "sum.result -> out.valeu": ("out", "valeu"),
        "sum.tools -> out.value": ("sum", "tools"),
        "in.error -> out.value": ("in", "error"),
        "sum.result_$_x -> out.value": ("sum", "result_$_x"),
        "sum.result -> sum.a_$_99999": ("sum", "a_$_99999"),
    }
    nodes = [
        node("in", INPUT, name="n", value=1),
        node("sum", CALCULATOR, operation="Add"),
        node("out", OUTPUT, name="o"),
        node("err", OUTPUT, name="e"),
    ]
    read = imported(file(nodes, [*good, *lost, good[0]]))
    assert sorted(ends(read.graph)) == sorted(good)
    assert list(changes(read)) == list(lost.values())
    build(read.graph, find)


def test_node_that_lost_all_that_fed_it_does_not_fire_by_itself() -> None:
    nodes = [node("a", VALUE, input=1), node("b", VALUE, input=2), node("c", VALUE, input=3)]
    whole = file(nodes, ["gone.x -> a.input", "b.output -> c.input"])
    whole["links"].append(link("gone.x -> c.data", is_static=True))
    read = imported(whole)
    assert [one.disabled for one in read.graph.nodes] == [True, False, False]
    assert "disabled" in changes(read)["a", None]


def test_node_that_lost_what_made_it_start_does_not_fire_by_itself() -> None:
    """Static links give it values, but do not make it wait for the one that is lost."""
    nodes = [
        node("in", INPUT, name="q"),
        node("check", CALCULATOR, operation="Add"),
        *(node(name, id_of("SendWebRequestBlock"), method="POST") for name in ("lost", "fed", "static")),
        node("own", CALCULATOR, operation="Add", a=0, b=0),
        node("own lost", CALCULATOR, operation="Add", a=0, b=0),
    ]
    links = ["in.result -> check.a", "check.approved -> lost.body", "in.result -> lost.url"]
    links += ["check.approved -> fed.body", "check.result -> fed.url"]
    links += ["in.result -> static.url", "in.gone -> static.body"]
    links += ["in.result -> static.method", "check.approved -> static.method"]
    links += ["check.approved -> own.b", "own.result -> own.a"]
    links += ["in.result -> own lost.a", "own lost.gone -> own lost.b"]
    read = imported(file(nodes, links))
    assert [one.label for one in read.graph.nodes if one.disabled] == ["lost", "own"]
    assert "disabled" in changes(read)["lost", None]


def test_node_that_runs_a_graph_is_disabled_when_it_lost_what_made_it_start() -> None:
    child = file([node("i", INPUT, name="x", value=1)], id="child")
    names = ("all lost", "static left", "static lost")
    nodes = [node(name, AGENT, graph_id="child", graph_version=1, inputs={}) for name in names]
    nodes += [node("v", VALUE, input=1), node("sum", CALCULATOR, operation="Add", a=1, b=1)]
    links = ["sum.result -> all lost.old", "sum.result -> static left.old", "v.output -> static left.x"]
    read = imported(file(nodes, [*links, "v.output -> static lost.old"], sub_graphs=[child]))
    assert [one.label for one in read.graph.nodes if one.disabled] == ["all lost", "static left"]
    assert {("all lost", None), ("static left", None)} <= set(changes(read))


def test_inputs_and_notes_stay_enabled_whatever_they_lost() -> None:
    nodes = [node("in", INPUT, name="q"), node("note", id_of("NoteBlock"), text="x")]
    read = imported(file(nodes, ["gone.x -> in.value", "gone.x -> note.text"]))
    assert [one.disabled for one in read.graph.nodes] == [False, False]


def test_of_two_nodes_with_one_id_links_mean_the_first() -> None:
    nodes = [node("a", VALUE, input=1), node("a", VALUE, input=2), node("o", OUTPUT, name="o")]
    read = imported(file(nodes, ["a.output -> o.value"]))
    assert [one.source_id for one in read.graph.links] == [read.graph.nodes[0].id]
    assert [(one.node_id, one.pin) for one in read.changed] == [(read.graph.nodes[1].id, None)]


# -- placeholders ---------------------------------------------------------------------------------------


def placeholders() -> Imported:
    return imported(
        file(
            [
                node("in", INPUT, name="q", value="x"),
                node("ai", MODEL, model="gpt-4o", **{"prompt_values_#_q": None}),
                node("who", STRANGER, **{"text": None, "list_$_3": "é"}),
                node("sum", CALCULATOR, operation="Add", b=1),
                node("out", OUTPUT, name="o"),
                node("alone", OUTPUT, name="p", value=5),
            ],
            [
                "in.result -> ai.prompt_values_#_q",
                "ai.response -> who.some pin?",
                "who.tools_^_sum_~_a -> sum.a",
                "who.error -> out.value",
            ],
        )
    )


def test_unknown_blocks_become_placeholders_with_their_pins_constants_and_links() -> None:
    read = placeholders()
    known = known_block(MODEL)
    assert known is not None
    marks = {one.label: (one.metadata.model_extra or {}).get("placeholder") for one in read.graph.nodes}
    assert marks["ai"] == {
        "name": "AITextGeneratorBlock",
        "inputs": list(known.inputs),
        "outputs": list(known.outputs),
    }
    assert marks["who"] == {"name": "", "inputs": ["list", "some pin?", "text"], "outputs": ["tools"]}
    assert marks["in"] is marks["sum"] is None
    assert named(read, "who").block_id == STRANGER
    assert named(read, "who").input_default == {"text": None, "list_$_3": "é"}
    assert len(read.graph.links) == 4
    assert [(one.node_name, one.missing, one.block_name) for one in read.missing] == [
        ("ai", "block", "AITextGeneratorBlock"),
        ("who", "block", None),
    ]


def test_graph_with_placeholders_is_exported_and_read_again_as_it_is() -> None:
    graph = placeholders().graph
    again = read_import(file_bytes(graph.model_dump(mode="json")), "user", None, find)
    assert again.graph.model_dump(exclude={"id"}) == graph.model_dump(exclude={"id"})
    assert len(again.missing) == 2


def test_placeholder_keeps_a_run_from_starting_unless_it_is_disabled() -> None:
    graph = placeholders().graph
    problems = {problem.node_id: problem.message for problem in problems_of(graph, find)}
    by_name = {one.label: one.id for one in graph.nodes}
    assert set(problems) == {by_name["ai"], by_name["who"]}, "what hangs on them is no problem of its own"
    assert f"AITextGeneratorBlock ({MODEL})" in problems[by_name["ai"]]
    assert STRANGER in problems[by_name["who"]]
    off = {"ai", "who", "sum", "out"}
    nodes = [one.model_copy(update={"disabled": one.label in off}) for one in graph.nodes]
    build(graph.model_copy(update={"nodes": nodes}), find)


# -- what is said ---------------------------------------------------------------------------------------


def test_only_differences_that_apply_are_named_and_each_once() -> None:
    quiet = imported(
        file([node("in", INPUT, name="n"), node("o", OUTPUT, name="o")], ["in.result -> o.value"])
    )
    assert [one for one in quiet.differences if one.block is None] == []
    nodes = [
        node("each", id_of("StepThroughItemsBlock"), items=[1, 2]),
        node("double", CALCULATOR, operation="Add", b=1),
        node("join", CALCULATOR, operation="Add"),
        node("o", OUTPUT, name="o"),
        node("p", OUTPUT, name="p"),
        node("keep", id_of("PersistInformationBlock"), key="k", value=1),
    ]
    links = ["each.item -> double.a", "double.result -> join.a", "each.item -> join.b", "join.result -> o.value",
             "join.error -> p.value", "double.error -> p.value", "each.error -> p.value", "keep.error -> p.value"]  # fmt: skip
    loud = imported(file(nodes, links, recommended_schedule_cron="0 9 * * *"))
    told = {one.text: (one.block, [place.node_name for place in one.nodes]) for one in loud.differences}
    assert len(told) == len(loud.differences)
    assert [names for text, (_, names) in told.items() if "pair by item" in text] == [["join"]]
    assert [names for text, (_, names) in told.items() if "schedule" in text] == [[]]
    assert [names for text, (_, names) in told.items() if "kept within a graph" in text] == [["keep"]]
    assert not any("ends the run here" in text for text in told), "every failure is taken up"
    own = [
        text
        for text, (block, names) in told.items()
        if block == "CalculatorBlock" and names == ["double", "join"]
    ]
    assert own == list(type(find_calculator()).differences)


def find_calculator() -> Any:
    block = find(CALCULATOR)
    assert block is not None
    return block


def test_long_lists_are_cut_and_the_rest_is_counted() -> None:
    count = MAX_TOLD + 7
    nodes = [node(f"n{k}", CALCULATOR, operation="Add", a="x", b=1) for k in range(count)]
    report = imported(file(nodes)).report([])
    assert len(report["changed"]) == MAX_TOLD
    assert report["more"] == {"changed": 7}
    assert {one["count"] for one in report["differences"]} == {count}
    assert {len(one["nodes"]) for one in report["differences"]} == {MAX_NODES_TOLD}

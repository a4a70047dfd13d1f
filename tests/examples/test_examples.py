"""Every graph in `examples/` does what its description says, through the real command line."""

from __future__ import annotations

import json
import random

import pytest

from tests.support.command_line import EXAMPLES, CommandLine
from tests.support.http_server import Answer, local_http_server

NAMES = sorted(path.stem for path in EXAMPLES.glob("*.json"))


def test_every_example_can_run_and_is_described(blockyard: CommandLine) -> None:
    said = blockyard("graph", "validate", *sorted(EXAMPLES.glob("*.json")))
    assert said.code == 0, said.err
    readme = (EXAMPLES / "README.md").read_text()
    assert [name for name in NAMES if f"`{name}`" not in readme] == []


def test_hello_greets_whoever_is_named(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "hello.json", "--input", "name=Ada", "--json")
    assert said.code == 0
    assert said.json["outputs"] == {"greeting": ["Hello, Ada!"]}


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_fan_out_collects_as_many_items_as_were_asked_for_in_order(
    blockyard: CommandLine, count: int
) -> None:
    said = blockyard("run", EXAMPLES / "fan_out.json", "--input", f"count={count}", "--json")
    assert said.code == 0
    assert said.json["outputs"] == {"items": [list(range(count))]}
    assert said.json["leftovers"] == []


@pytest.mark.parametrize("seed", range(4))
def test_branches_never_let_two_different_items_meet(blockyard: CommandLine, seed: int) -> None:
    chance = random.Random(seed)
    things = [
        {"n": n, "seconds": chance.choice([0, 0.02, 0.1, 0.4]), "by": chance.choice([0, 1, 1])}
        for n in chance.sample(range(1, 40), 25)
    ]
    blockyard.write("inputs.json", {"things": things})
    said = blockyard("run", EXAMPLES / "branches.json", "--inputs-file", "inputs.json", "--json")
    assert said.code == 0
    quick_ones = [thing for thing in things if thing["n"] <= 9]
    failed = [thing["n"] for thing in quick_ones if thing["by"] == 0]
    came_through = [thing["n"] for thing in things if thing["n"] not in failed]
    assert said.json["outputs"]["met"] == [[[n, n] for n in came_through]]
    reasons = said.json["outputs"]["failed"][0]
    assert [int(reason.split()[2]) for reason in reasons] == failed
    assert sum(left["count"] for left in said.json["leftovers"]) == len(failed)


def test_loop_adds_up_in_order(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "loop.json", "--input", "numbers=[10, -3, 0.5, 10]", "--json")
    assert said.json["outputs"] == {"sums": [[10, 7, 7.5, 17.5]]}


def test_approval_waits_for_a_person_and_goes_on_with_what_they_made_of_it(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "approval.json", "--input", "text=We ship.", "--json")
    assert said.code == 3
    assert said.json["status"] == "waiting"
    review = said.json["reviews"][0]
    assert (review["name"], review["data"]) == ("Post this?", "We ship.")
    assert f"blockyard review answer {review['id']} --approve" in said.err
    data = json.dumps("We ship on Monday.")
    answered = blockyard(
        "review", "answer", review["id"], "--approve", "--data", data, "--message", "Sure?", "--json"
    )
    assert answered.code == 0, answered.err
    assert answered.json["run_id"] == said.json["run_id"]
    assert answered.json["outputs"] == {"posted": ["We ship on Monday."], "message": ["Sure?"]}
    again = blockyard("review", "answer", review["id"], "--approve")
    assert again.code == 2
    assert "review list" in again.err


def test_approval_takes_no_for_an_answer(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "approval.json", "--json")
    answered = blockyard("review", "answer", said.json["reviews"][0]["id"], "--reject", "--json")
    assert answered.json["outputs"] == {"rejected": ["We ship on Friday."]}


def test_approval_without_safe_mode_asks_nobody(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "approval.json", "--approve-all", "--json")
    assert said.code == 0
    assert said.json["outputs"]["posted"] == ["We ship on Friday."]


def test_sub_graph_runs_its_child_once_for_each_number(blockyard: CommandLine) -> None:
    said = blockyard("run", EXAMPLES / "sub_graph.json", "--input", "numbers=[3, 1, 2]", "--json")
    assert said.code == 0, said.out
    assert said.json["outputs"] == {"squares": [[9, 1, 4]]}


@pytest.mark.parametrize(
    ("path", "outputs"),
    [
        ("/json", {"answer": [{"answer": 42}]}),
        ("/text", {"answer": ["plain"]}),
        ("/gone", {"refused": ["not here"]}),
        ("/down", {"broken": ["down"]}),
    ],
)
def test_fetch_tells_what_was_given_from_what_was_refused(
    blockyard: CommandLine, path: str, outputs: dict[str, list[object]]
) -> None:
    routes = {
        "/json": Answer.of_json({"answer": 42}),
        "/text": Answer(body=b"plain"),
        "/gone": Answer(404, b"not here"),
        "/down": Answer(503, b"down"),
    }
    with local_http_server(dict(routes)) as server:
        allowed = json.dumps([server.address])
        url = f"url={server.base_url}{path}"
        said = blockyard("run", EXAMPLES / "fetch.json", "--input", url, "--json", ALLOWED_ADDRESSES=allowed)
    assert said.code == 0, said.out
    assert said.json["outputs"] == outputs


def test_fetch_reaches_nothing_on_this_machine_unless_the_operator_allows_it(blockyard: CommandLine) -> None:
    with local_http_server({"/": Answer(body=b"secret")}) as server:
        said = blockyard("run", EXAMPLES / "fetch.json", "--input", f"url={server.base_url}/", "--json")
        assert server.seen == []
    assert said.code == 1
    assert said.json["errors"][0]["code"] == "address_refused"

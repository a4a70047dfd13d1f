"""Lists of runs: any filter gives what a plain look at every run gives, page by page."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from backend.data import run_list
from backend.data.db import Database
from backend.data.run import RunStatus
from backend.data.run_list import ListedRun, RunFilter, first_id_of, list_runs
from backend.data.user_store import LOCAL_USER_ID, create_user
from backend.util.clock import id_beside

START = datetime(2026, 3, 1, tzinfo=UTC)
GRAPHS = {"g0": "Invoices", "g1": "100% Ünal_orders", "g2": 'The "quoted" one'}
WORDS = ["alpha", "Beta", "ÖL", 'with "quotes"', "per%cent", "under_score", "back\\slash"]
LABELS = ["nightly", "Import", "a b"]


@dataclass(frozen=True)
class Kept:
    """A run as it is stored."""

    id: str
    graph_id: str
    status: str
    created_at: datetime
    inputs: dict[str, Any]
    message: str | None
    labels: list[str]
    cost: int
    parent: str | None
    origin: str | None


def made_runs(seed: int, count: int) -> list[Kept]:
    """Runs of five minutes each, newest last; a third of them within others."""
    rng = random.Random(seed)
    made: list[Kept] = []
    for k in range(count):
        moment = START + timedelta(minutes=5 * k, milliseconds=rng.randint(-2, 2))
        tops = [run for run in made if run.parent is None]
        parent = rng.choice(tops[-5:]) if tops and rng.random() < 0.35 else None
        known = parent.id if parent else first_id_of(moment)
        status = rng.choice(list(RunStatus)).value
        has_error = status in ("failed", "completed_with_errors")
        made.append(
            Kept(
                id=id_beside(known, k, "run"),
                graph_id=rng.choice(list(GRAPHS)),
                status=status,
                created_at=moment + timedelta(milliseconds=rng.choice((0, 1, 3))),
                inputs={"text": rng.choice(WORDS), "n": k},
                message=f"refused: {rng.choice(WORDS)}" if has_error else None,
                labels=rng.sample(LABELS, rng.choice((0, 0, 1, 2))),
                cost=rng.choice((0, 0, 5, 10, 1_000)),
                parent=parent.id if parent else None,
                origin=rng.choice(tops).id if tops and rng.random() < 0.2 else None,
            )
        )
    return made


async def store(database: Database, user_id: str, runs: list[Kept], *, prefix: str = "") -> None:
    async with database.raw() as connection:
        graphs = [(prefix + graph_id, user_id, name) for graph_id, name in GRAPHS.items()]
        await connection.copy_records_to_table("graph", records=graphs, columns=["id", "user_id", "name"])
        await connection.copy_records_to_table(
            "run",
            records=[_row(user_id, run, prefix) for run in runs],
            columns=[
                *("id", "user_id", "graph_id", "graph_version", "status", "root_run_id", "parent_run_id"),
                *("from_run_id", "labels", "inputs", "summary", "cost_usd_micros", "created_at"),
            ],
        )


def _row(user_id: str, run: Kept, prefix: str) -> tuple[Any, ...]:
    errors = [] if run.message is None else [{"node_id": "n", "code": "refused", "message": run.message}]
    summary = orjson.dumps({"outputs": {"secret": ["outputs are not searched"]}, "errors": errors}).decode()
    return (
        *(run.id, user_id, prefix + run.graph_id, 1, run.status, run.parent or run.id, run.parent),
        *(run.origin, run.labels, orjson.dumps(run.inputs).decode(), summary, run.cost, run.created_at),
    )


def fits(run: Kept, wanted: RunFilter) -> bool:
    """The filter as one would explain it."""
    text = wanted.text.lower()
    searched = [GRAPHS[run.graph_id], *run.labels, run.message or "", orjson.dumps(run.inputs).decode()]
    return all(
        (
            run.parent == wanted.parent_run_id,
            wanted.graph_id in (None, run.graph_id),
            not wanted.statuses or run.status in wanted.statuses,
            wanted.created_after is None or run.created_at >= wanted.created_after,
            wanted.created_before is None or run.created_at < wanted.created_before,
            run.cost >= (wanted.min_cost_usd_micros or 0),
            wanted.max_cost_usd_micros is None or run.cost <= wanted.max_cost_usd_micros,
            wanted.label is None or wanted.label in run.labels,
            wanted.from_run_id in (None, run.origin),
            not text
            or run.id == text
            or any(text in part.lower() for part in searched)
            or orjson.dumps(text).decode()[1:-1] in searched[-1].lower()
            or text in str(run.inputs["text"]).lower(),
        )
    )


def made_filters(seed: int, runs: list[Kept]) -> Iterator[RunFilter]:
    """Each field alone, then some together."""
    rng = random.Random(seed)
    moment = rng.choice(runs).created_at
    several = rng.sample(list(RunStatus), 3)
    parent = rng.choice([run.parent for run in runs if run.parent])
    alone: list[dict[str, Any]] = [
        {},
        {"graph_id": "g1"},
        {"graph_id": "absent"},
        {"statuses": [RunStatus.FAILED]},
        {"statuses": [RunStatus.COMPLETED]},
        {"statuses": several},
        {"created_after": moment},
        {"created_before": moment},
        {"min_cost_usd_micros": rng.choice((0, 1, 7))},
        {"max_cost_usd_micros": rng.choice((0, 5))},
        {"text": rng.choice([*WORDS, "UNAL", "ünal", "refused", "nightly", "quoted", "%", "_", runs[3].id])},
        {"label": rng.choice([*LABELS, "absent"])},
        {"parent_run_id": parent},
        {"from_run_id": rng.choice([run.origin for run in runs if run.origin])},
    ]
    yield from (RunFilter(**fields) for fields in alone)
    for _ in range(10):
        together: dict[str, Any] = {}
        for fields in rng.sample(alone, 3):
            together |= fields
        yield RunFilter(**together)


async def pages(database: Database, user_id: str, wanted: RunFilter, limit: int) -> list[list[ListedRun]]:
    found: list[list[ListedRun]] = []
    before = None
    while True:
        async with database.begin() as connection:
            page = await list_runs(connection, user_id, wanted, limit=limit, before=before)
        found.append(page.runs)
        assert len(page.runs) <= limit
        if page.next_before is None:
            return found
        assert before is None or page.next_before < before
        before = page.next_before


@pytest.mark.parametrize(("window", "seeds"), [(17, 2), (20_000, 5)])
async def test_any_filter_gives_what_a_look_at_every_run_gives(
    window: int, seeds: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_list, "WINDOW", window)
    monkeypatch.setattr(run_list, "TEXT_WINDOW", window)
    runs = made_runs(window, 120)
    await store(database, LOCAL_USER_ID, runs)
    in_order = sorted(runs, key=lambda run: run.id, reverse=True)
    looked = 0
    for seed in range(seeds):
        for wanted in made_filters(seed, runs):
            found = await pages(database, LOCAL_USER_ID, wanted, limit=11)
            expected = [run.id for run in in_order if fits(run, wanted)]
            assert [run.id for page in found for run in page] == expected, wanted
            looked += len(expected)
    assert looked > 500


async def test_nobody_sees_anothers_runs_whatever_they_ask_for(database: Database) -> None:
    runs = made_runs(1, 60)
    await store(database, LOCAL_USER_ID, runs)
    async with database.begin() as connection:
        await create_user(
            connection, user_id="bob", email="bob@example.com", name="bob", role="editor", password_hash="x"
        )
    parent = next(run.parent for run in runs if run.parent)
    for wanted in (
        RunFilter(),
        RunFilter(graph_id="g0"),
        RunFilter(parent_run_id=parent),
        RunFilter(text="e"),
    ):
        assert await pages(database, "bob", wanted, limit=50) == [[]]


async def test_a_short_page_says_where_to_go_on_and_never_an_id_of_another(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_list, "WINDOW", 10)
    runs = [replace(run, parent=None, graph_id="g0") for run in made_runs(2, 40)]
    await store(database, LOCAL_USER_ID, runs)
    async with database.begin() as connection:
        await create_user(
            connection, user_id="bob", email="bob@example.com", name="bob", role="editor", password_hash="x"
        )
        none = await list_runs(connection, "bob", RunFilter(graph_id="g0"), limit=5)
        short = await list_runs(connection, LOCAL_USER_ID, RunFilter(label="absent"), limit=5)
    assert (none.runs, none.next_before) == ([], None)
    newest = sorted((run.id for run in runs), reverse=True)
    assert (short.runs, short.next_before) == ([], newest[9])


async def test_a_row_has_the_first_error_cut_and_the_graphs_name(database: Database) -> None:
    [run] = made_runs(3, 1)
    await store(database, LOCAL_USER_ID, [replace(run, status="failed", message="m" * 5_000, graph_id="g2")])
    async with database.begin() as connection:
        [row] = (await list_runs(connection, LOCAL_USER_ID, limit=5)).runs
    assert (row.error, row.graph_name) == ("m" * run_list.LONGEST_ERROR, 'The "quoted" one')

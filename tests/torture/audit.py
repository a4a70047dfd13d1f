"""What must hold of every run after any mishap, read from the database and the ledger alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from backend.data.connection import Connection
from backend.data.run import FINAL
from backend.executor.context import firing_id
from backend.executor.journal_reader import read_segments
from backend.executor.records import Segment, numbered, unfold

_FINAL = ", ".join(f"'{status}'" for status in FINAL)
_WATCH = f"""
CREATE TABLE final_change (run_id text, old text, new text);
CREATE FUNCTION note_final_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO final_change VALUES (OLD.id, OLD.status, NEW.status);
  RETURN NEW;
END $$;
CREATE TRIGGER final_change BEFORE UPDATE ON run FOR EACH ROW
  WHEN (OLD.status IN ({_FINAL})) EXECUTE FUNCTION note_final_change();
"""
_COUNTED = frozenset({"started", "yielded", "finished", "step"})

Shape = Counter[tuple[str | None, int | None, str, str]]
"""How often (node, firing, kind, pin or key) stands in a journal."""


@dataclass
class Findings:
    """What went wrong, by kind; all empty when nothing did."""

    lost: list[str] = field(default_factory=list[str])
    gaps: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    changed: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    paid_twice: list[str] = field(default_factory=list[str])
    runs: int = 0
    slowest_s: float = 0.0
    repeated: int = 0
    """Effects that were executed again because the first result was not on disk: allowed."""

    def problems(self) -> dict[str, list[str]]:
        named = {
            "lost": self.lost,
            "gaps": self.gaps,
            "doubled": self.doubled,
            "changed": self.changed,
            "wrong": self.wrong,
            "paid twice": self.paid_twice,
        }
        return {name: found[:5] for name, found in named.items() if found}


async def watch_final_states(connection: Connection) -> None:
    """From now on the database itself notes every change of a run that has ended."""
    await connection.execute(_WATCH)


async def unfinished(connection: Connection) -> list[str]:
    """Runs that have not ended, those of sub-graphs included."""
    rows = await connection.fetch(f"SELECT id, status, graph_id FROM run WHERE status NOT IN ({_FINAL})")
    return [f"{row['id']} {row['status']} {row['graph_id']}" for row in rows]


async def shape_of(connection: Connection, run_id: str, node_ids: list[str]) -> Shape:
    """What a run that nobody disturbed has recorded."""
    return _shape(run_id, node_ids, await read_segments(connection, run_id))


def _shape(run_id: str, node_ids: list[str], segments: list[Segment]) -> Shape:
    return Counter(
        (event.node_id, event.firing, event.kind, str(event.data.get("pin") or event.data.get("key") or ""))
        for event in unfold(run_id, node_ids, segments)
        if event.kind in _COUNTED
    )


class Audit:
    """Compares all runs with undisturbed ones of the same graphs."""

    def __init__(self, shapes: dict[str, Shape], node_ids: dict[str, list[str]], ledger: Path) -> None:
        self._shapes = shapes
        self._node_ids = node_ids
        self._ledger = _read_ledger(ledger)
        self.found = Findings()

    async def look(
        self, connection: Connection, accepted: dict[str, Any], *, may_overlap: bool = False
    ) -> Findings:
        """Check all runs; `accepted` has the expected output of each acknowledged one.

        `may_overlap`: a stalled owner may repeat an effect after its run was taken over; only the journal
        is fenced.
        """
        rows = await connection.fetch(
            "SELECT id, graph_id, status, summary::text AS summary, "
            "extract(epoch FROM ended_at - created_at)::float AS seconds FROM run"
        )
        known = {row["id"] for row in rows}
        self.found.runs = len(rows)
        self.found.lost = [run_id for run_id in accepted if run_id not in known]
        self.found.changed = [
            f"{row['run_id']}: {row['old']} -> {row['new']}"
            for row in await connection.fetch("SELECT * FROM final_change")
        ]
        for row in rows:
            self._look_at_end(row, accepted)
            segments = await read_segments(connection, row["id"])
            self._look_at_journal(row, segments)
            self._look_at_effects(row, segments, may_overlap=may_overlap)
        return self.found

    def _look_at_end(self, row: Any, accepted: dict[str, Any]) -> None:
        self.found.slowest_s = max(self.found.slowest_s, row["seconds"] or 0.0)
        if row["status"] != "completed":
            self.found.wrong.append(f"{row['id']} {row['graph_id']}: {row['status']} {row['summary']}")
        elif row["id"] in accepted:
            outputs = orjson.loads(row["summary"])["outputs"]
            if outputs != {"y": [accepted[row["id"]]]}:
                self.found.wrong.append(f"{row['id']} {row['graph_id']}: gave {outputs}")

    def _look_at_journal(self, row: Any, segments: list[Segment]) -> None:
        expected = 1
        for segment in segments:
            if segment.seq != expected:
                self.found.gaps.append(f"{row['id']}: event {segment.seq} after {expected - 1}")
            expected = segment.end
        shape = _shape(row["id"], self._node_ids[row["graph_id"]], segments)
        wanted = self._shapes[row["graph_id"]]
        if shape != wanted:
            more, less = shape - wanted, wanted - shape
            target = self.found.doubled if more else self.found.lost
            target.append(f"{row['id']} {row['graph_id']}: too many {dict(more)}, too few {dict(less)}")

    def _look_at_effects(self, row: Any, segments: list[Segment], *, may_overlap: bool) -> None:
        node_ids = self._node_ids[row["graph_id"]]
        for _, _, record in numbered(segments):
            if record[0] != "k" or record[1] != "step" or record[4]["key"] != "write":
                continue
            lines = self._ledger[firing_id(row["id"], node_ids[record[2]], record[3], "key")]
            self.found.repeated += len(lines) - 1
            nonce = record[4]["result"]
            if nonce not in lines or (lines[-1] != nonce and not may_overlap):
                self.found.paid_twice.append(f"{row['id']}: recorded {nonce}, the ledger has {lines}")


def _read_ledger(path: Path) -> dict[str, list[str]]:
    """The nonces of each key in the order in which they were written."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text().splitlines():
        key, nonce, _ = line.split()
        found[key].append(nonce)
    return found

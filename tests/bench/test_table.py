"""The table says what was measured, and goes to its place in the page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bench import table
from bench.figure import Figure
from bench.load import parse_wrk

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"

SLOWER = Figure("W1", "nodes", "ms", 4.0, floor=0.5, target=3.0, note="a floor")
FASTER = Figure("W4", "runs", "runs/s", 5_000.0, floor=6_000.0, target=2_500.0, more_is_better=True)

WRK = """Running 10s test
  Latency Distribution
     50%    8.01ms
     99%   17.21ms
  41370 requests in 10.00s, 12.15MB read
  Socket errors: connect 1, read 2, write 0, timeout 4
  Non-2xx or 3xx responses: 5
Requests/sec:   4136.52
"""


def test_ratio_of_a_time_is_ours_by_the_floor() -> None:
    assert SLOWER.ratio == 8.0


def test_ratio_of_a_rate_is_the_floor_by_ours() -> None:
    assert FASTER.ratio == 1.2


def test_target_is_met_from_its_own_side() -> None:
    assert (SLOWER.is_met, FASTER.is_met) == (False, True)


def test_a_line_has_units_and_direction() -> None:
    assert table.cells(FASTER) == (
        "W4", "runs", "6,000 runs/s", "5,000 runs/s", "1.2", "", "≥ 2,500 runs/s", "yes",
    )  # fmt: skip


def test_table_replaces_only_what_is_between_the_markers() -> None:
    page = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
    new = table.replace_between_markers(page, table.markdown({"cores": "2"}, [SLOWER], date(2026, 1, 2)))
    assert new.startswith(f"before\n{table.BEGIN}\n")
    assert new.endswith(f"{table.END}\nafter\n")
    assert "old" not in new
    assert "| W1 | nodes | 0.50 ms | 4.00 ms | 8.0 |" in new


def test_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the two lines"):
        table.replace_between_markers("nothing here", "table")


def test_performance_page_takes_a_table() -> None:
    assert "the new table" in table.replace_between_markers(PAGE.read_text(encoding="utf-8"), "the new table")


def test_what_wrk_says_is_read_with_every_refusal() -> None:
    load = parse_wrk(WRK)
    assert (load.rate, load.p99_ms, load.refused) == (4136.52, 17.21, 12)

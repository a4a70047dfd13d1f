"""Cron expressions in a time zone: when they are due, whatever the clocks do.

An expression says what a clock on the wall of its zone shows. Where that clock is put forward or back
(docs/schedules.md has the table):

- Fixed times, with neither minute nor hour beginning with `*`, happen once: a time that is skipped at the first
  moment that exists, a time that comes twice at the first of both. Times that fall together are one.
- All others are due whenever the clock shows them: twice where it shows them twice, never where it does not.

Source: cron(8) of Debian; `cronsim` (https://github.com/cuu508/cronsim) reads the fields and finds the times
on a clock that is never changed. Its own rule for changes of one hour leaves out times on Lord Howe Island.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import islice
from typing import NoReturn
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from backend.util.errors import BadInput, Problem

LONGEST_CRON = 200
LONGEST_ZONE = 60
SHOWN = 5

NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS = (
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31, `L` for the last one or `LW` for the last weekday"),
    ("month", "1 to 12 or JAN to DEC"),
    (
        "day of the week",
        "0 to 7 (0 and 7 are Sunday) or SUN to SAT, `1#2` for the second Monday, `5L` for the last Friday",
    ),
)
_FORMS = "lists with `,`, ranges with `-` and steps with `/`"
_ANY_DAY = datetime(2024, 1, 1)  # noqa: DTZ001  # what a clock on a wall shows has no zone
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Cron:
    """A checked expression of five fields and its zone."""

    fields: str
    zone: ZoneInfo

    @property
    def is_fixed(self) -> bool:
        """Whether it names times of the day, which happen once a day."""
        minute, hour, *_ = self.fields.split()
        return not (minute.startswith("*") or hour.startswith("*"))

    def after(self, moment: datetime) -> datetime | None:
        """The first time after the moment, in UTC; None when there is none for fifty years."""
        return next(self.times(moment), None)

    def next_times(self, moment: datetime, count: int = SHOWN) -> list[datetime]:
        """The first `count` times after the moment, in UTC; fewer when there are no more."""
        return list(islice(self.times(moment), count))

    def times(self, moment: datetime) -> Iterator[datetime]:
        """All times after the moment, in UTC and in order, each once."""
        start = moment.astimezone(UTC)
        return self._fixed(start) if self.is_fixed else self._shown(start)

    def describe(self) -> str:
        """It in words; empty where day of month and day of week restrict each other, for which words mislead."""
        _, _, day, _, weekday = self.fields.split()
        return CronSim(self.fields, _ANY_DAY).explain() if "*" in (day, weekday) else ""

    def _fixed(self, start: datetime) -> Iterator[datetime]:
        last = start
        for wall in CronSim(self.fields, start.astimezone(self.zone).replace(tzinfo=None)):
            found = self._first_at(wall)
            if found > last:
                last = found
                yield found

    def _first_at(self, wall: datetime) -> datetime:
        """The first moment at which the zone's clock shows this time, or has passed it."""
        found = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if found.astimezone(self.zone).replace(tzinfo=None) == wall:
            return found
        change = self._change(found - _DAY, found + _DAY)
        return found if change is None else change

    def _shown(self, start: datetime) -> Iterator[datetime]:
        """Goes from one change of the clock to the next; between two of them it runs evenly."""
        at = start
        while True:
            offset = self._offset(at)
            change: datetime | None = None
            looked_until = at
            for wall in CronSim(self.fields, (at + offset).replace(tzinfo=None)):
                found = wall.replace(tzinfo=UTC) - offset
                change = self._change(looked_until, found)
                if change is not None:
                    break
                looked_until = found
                yield found
            if change is None:
                return
            at = change - _SECOND
            first = change + self._offset(change)
            if self._matches(first.replace(tzinfo=None)):
                yield change
            at = change

    def _matches(self, wall: datetime) -> bool:
        return next(CronSim(self.fields, wall - _SECOND), None) == wall

    def _offset(self, moment: datetime) -> timedelta:
        offset = moment.astimezone(self.zone).utcoffset()
        return offset if offset is not None else timedelta()

    def _change(self, start: datetime, end: datetime) -> datetime | None:
        """The first moment after `start` and up to `end` at which the offset is another one."""
        before, low = self._offset(start), start
        while low < end:
            high = min(low + _DAY, end)
            if self._offset(high) != before:
                return self._between(low, high, before)
            low = high
        return None

    def _between(self, low: datetime, high: datetime, before: timedelta) -> datetime:
        while high - low > _SECOND:
            middle = low + (high - low) // 2
            low, high = (middle, high) if self._offset(middle) == before else (low, middle)
        return high.replace(microsecond=0)


def parse_cron(expression: str, timezone: str) -> Cron:
    """The expression in the zone of this IANA name, whatever the case of either.

    Raises:
        BadInput: each field that is wrong and what it may be, or that it is never due; path `cron` or `timezone`.
    """
    problems = [*_problems_of_zone(timezone)]
    fields = ""
    try:
        fields = _five_fields(expression)
    except BadInput as error:
        problems.extend(error.problems)
    if problems:
        raise BadInput("; ".join(map(str, problems)), problems=tuple(problems))
    return Cron(fields, ZoneInfo(_zone_names()[timezone.strip().lower()]))


@lru_cache(maxsize=2048)
def _five_fields(expression: str) -> str:
    text = " ".join(expression[: LONGEST_CRON + 1].split())
    if len(expression) > LONGEST_CRON:
        _refuse("The cron expression is too long.", f"{LONGEST_CRON} characters are the most.")
    if text.startswith("@"):
        return NICKNAMES.get(text.lower()) or _refuse(
            f"There is no {text[:20]!r}.", f"Use one of {', '.join(NICKNAMES)}, or five fields."
        )
    parts = text.upper().split(" ")
    if len(parts) != len(_FIELDS) or not text:
        _refuse(
            f"A cron expression has five fields, and this one has {len(parts) if text else 0}.",
            "Write minute, hour, day of the month, month and day of the week, like `30 9 * * MON-FRI`. "
            "Seconds are not possible.",
        )
    problems = tuple(problem for place in range(len(parts)) if (problem := _problem_of(parts, place)))
    if problems:
        raise BadInput("; ".join(map(str, problems)), problems=problems)
    return _ever_due(" ".join(parts))


def _problem_of(parts: list[str], place: int) -> Problem | None:
    """What is wrong with one field, the others left open."""
    alone = ["*"] * len(parts)
    alone[place] = parts[place]
    try:
        CronSim(" ".join(alone), _ANY_DAY)
    except (CronSimError, ValueError):
        name, allowed = _FIELDS[place]
        return Problem(
            f"The {name} cannot be {parts[place][:40]!r}.", f"It is `*`, or {allowed}; {_FORMS}.", path="cron"
        )
    return None


def _ever_due(fields: str) -> str:
    try:
        next(CronSim(fields, _ANY_DAY))
    except (CronSimError, StopIteration):
        _refuse("This is never due: no such day ever comes.", "Check day and month against each other.")
    return fields


def _refuse(message: str, cure: str) -> NoReturn:
    problem = Problem(message, cure, path="cron")
    raise BadInput(str(problem), problems=(problem,))


def _problems_of_zone(name: str) -> Iterator[Problem]:
    wanted = name.strip().lower()
    if wanted in _zone_names():
        return
    near = list(_nearest(wanted.replace(" ", "_"))) if len(name) <= LONGEST_ZONE else []
    cure = (
        f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else "Use a name like 'Europe/Berlin' or 'UTC'."
    )
    yield Problem(f"There is no time zone {name[:LONGEST_ZONE]!r}.", cure, path="timezone")


def _nearest(wanted: str) -> Iterator[str]:
    """Zones of a city of this name, else those that are spelled alike."""
    names = _zone_names()
    of_city = [names[key] for key in names if key.rpartition("/")[2] == wanted]
    yield from sorted(of_city)[:3] or (names[key] for key in get_close_matches(wanted, names, 3))


@cache
def _zone_names() -> dict[str, str]:
    """The names as they are written, by the same in small letters."""
    return {name.lower(): name for name in available_timezones() if name not in ("localtime", "posixrules")}

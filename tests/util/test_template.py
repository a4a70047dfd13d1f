"""Templates: what they can say, that bombs are stopped, and that both ways of rendering say the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.util.bounded.jobs.templates import environment
from backend.util.bounded.jobs.templates import guarded as guard
from backend.util.bounded.pool import TIMEOUT_S, BoundedPool
from backend.util.bounded.protocol import MAX_OUTPUT_CHARS
from backend.util.errors import BlockError, LimitReached
from backend.util.template import FILTERS, is_simple, render

VALUES: dict[str, Any] = {
    "name": "Zoë <b>",
    "n": 7,
    "f": 1e22,
    "t": True,
    "nil": None,
    "list": ["a", 1, None, {"k": "v"}],
    "d": {"a": {"b c": [1, 2]}, "keys": "own", "größe": 1},
    "empty": "",
}
SIMPLE = [
    ("", ""),
    ("plain }} text", "plain }} text"),
    ("Hello {{ name }}!", "Hello Zoë <b>!"),
    ("{{name}}{{ n }}", "Zoë <b>7"),
    ("{{ d.a['b c'][1] }}|{{ d.a[\"b c\"][-1] }}", "2|2"),
    ("{{ list[0] }}{{ list[9] }}{{ name[0] }}", "aZ"),
    ("{{ nobody }}|{{ nobody.at.home }}|{{ name.upper }}|{{ n.real }}|{{ d.items }}|{{ list.append }}", "|||||"),
    ("{{ d.keys }}", "own"),
    ("{{ nil }} {{ t }} {{ f }}", "None True 10000000000000000000000.0"),
    ("{{ list }}", "['a', 1, None, {'k': 'v'}]"),
    ("{{ name|upper }} {{ list|length }} {{ d|tojson }}", None),
    ("{{ list|first }}", "a"),
    ("{{ nobody|default('nothing') }}", "nothing"),
    ("{{ empty|default('nothing', true)|upper }}", "NOTHING"),
    ("{{ 'text' }} {{ 5 }} {{ 'a|b'|upper }}", "text 5 A|B"),
    ("a{# a remark #}b\n", "ab"),
    ("two\n\n", "two\n"),
    ("{{ list|join(', ') }}", "a, 1, None, {'k': 'v'}"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "text"), SIMPLE)
def test_a_simple_template_fills_in_values(source: str, text: str | None) -> None:
    assert is_simple(source)
    assert text is None or render(source, VALUES) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% for k, v in d.a.items() %}{{ k }}={{ v|length }}{% endfor %}", "b c=2"),
        ("{{ range(1000)|list|tojson }}", str(list(range(1000)))),
        ("{% if n > 5 %}big{% else %}small{% endif %}", "big"),
        ("{{ n + 1 }}", "8"),
        ("{% set x = n * 2 %}{{ x }}", "14"),
        ("{{- name -}}", "Zoë <b>"),
        ("{{ d.größe }}", "1"),
        ("{{ d.get('gone', 'x') }}{{ d.pop }}{{ d.update }}{{ list.append }}", "x"),
        ("{{ name.upper() }}", "ZOË <B>"),
        ("{{ '%s-%d'|format('a', 5) }}", "a-5"),
    ],
)
def test_what_is_more_than_paths_is_rendered_by_another_process(source: str, text: str) -> None:
    assert not is_simple(source)
    assert render(source, VALUES) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ d.__class__ }}",
        "{{ list.__class__.__mro__ }}",
        "{{ name.__len__ }}",
        "{{ d.keys.__self__ }}",
        "{% set m = d.items %}{{ m }}",
        "{{ d.items.__globals__ }}",
        "{{ d.a.items._call }}",
    ],
)
def test_nothing_of_python_shows(source: str) -> None:
    assert render(source, VALUES) == ""


def test_escaping_is_for_html() -> None:
    for source in ("{{ name }}", "{{ name|upper|lower }}", "{% if n %}{{ name }}{% endif %}"):
        assert "&lt;b&gt;" in render(source, VALUES, escape_html=True)
        assert "<b>" in render(source, VALUES)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ 5|nope }}", "nope"),
        ("{{ name", "line 1"),
        ("a\n{% if %}", "line 2"),
        ("{{ 1 / 0 }}", "1 / 0"),
        ("{% include 'x' %}", "include"),
        ("{{ name|round }}", "round"),
        ("{{ " + "(" * 50_000 + " }}", "recursion limit"),
        ("{{ range(10**9) }}", "too many elements"),
    ],
)
def test_a_wrong_template_is_refused_with_its_reason(source: str, reason: str) -> None:
    with pytest.raises(BlockError, match=reason):
        render(source, VALUES)


BOMBS = [
    "{{ [1]*100000000 }}",
    "{{ ([[1]*9999]*9999)|tojson }}",
    '{{ "%099999999d"|format(1) }}',
    '{{ "%0999999999d"|format(1) }}',
    '{{ "a"*100000000 }}',
    '{{ ("a"*10000)*1000 }}',
    '{{ "x"|indent(2000000000) }}',
    "{{ [1]|slice(100000000)|list|length }}",
    "{% for i in range(100000) %}{% for j in range(100000) %}{% for k in range(100000) %}x{% endfor %}{% endfor %}{% endfor %}",
    '{% set ns = namespace(a=["xxxxxxxxx"]) %}{% for i in range(60) %}{% set ns.a = ns.a + ns.a %}{% endfor %}{{ ns.a|length }}',
    '{% set ns = namespace(a="xxxxxxxxx") %}{% for i in range(60) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}',
    "{% for i in range(100000) %}{{ big }}{% endfor %}",
    '{{ big|replace("", big)|replace("", big) }}',
    '{{ range(100000)|join("-"*100000) }}',
    "{{ " + "1+" * 100_000 + "1 }}",
    "{% macro f(a) %}{{ f(a ~ a) }}{{ f(a) }}{% endmacro %}{{ f('x'*1000) }}",
    "{% for x in big recursive %}{{ loop(big) }}{% endfor %}",
]


@pytest.mark.parametrize("source", BOMBS, ids=range(len(BOMBS)))
def test_a_bomb_is_stopped_within_its_limits_and_the_next_template_works(source: str) -> None:
    started = time.perf_counter()
    with pytest.raises(BlockError, match=r"stopped|limit|recursion|large"):
        render(source, {"big": "y" * 10_000})
    assert time.perf_counter() - started < TIMEOUT_S + 1
    assert render("{{ 1 + 1 }}", {}) == "2"


def test_the_message_names_the_limit() -> None:
    for source, words in (
        ("{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}", "steps"),
        ("{{ 'a'*2000000 }}", "1,048,576 characters"),
        ('{{ "%0999999999d"|format(1) }}', "256 MiB of memory"),
    ):
        with pytest.raises(LimitReached, match=words):
            render(source, {})
    with pytest.raises(LimitReached, match=r"longer than 0\.2 s"):
        render("{{ [1]*100000000 }}", {}, timeout_s=0.2)


def test_a_simple_template_makes_no_more_than_a_mebibyte() -> None:
    with pytest.raises(LimitReached, match="1,048,576 characters"):
        render("{{ big }}" * 20, {"big": "x" * 100_000})
    assert len(render("{{ big }}", {"big": "x" * MAX_OUTPUT_CHARS})) == MAX_OUTPUT_CHARS


@pytest.mark.parametrize(
    "source",
    [
        "{{ a|join('x')|join('y') }}",
        "{{ a|tojson|tojson }}",
        "{{ a|replace('', a) }}",
        "{{ a|join(b) }}",
        "{{ a|indent(9) }}",
        "{{ a|round(999) }}",
        "{{ a * 9 }}",
        "{{ [a, a] }}",
        "{{ true }}",
        "{{ a }}{{",
        "{{ '}}' }}",
        "{%- if a %}{% endif %}",
        "{#- a -#}",
        "{{ a.b() }}",
        "{{ a if b }}",
        "{{ a|upper|lower|upper }}",
        "{{ a|default('" + "x" * 500 + "') }}",
    ],
)
def test_whatever_might_grow_is_not_simple(source: str) -> None:
    assert not is_simple(source)


parts = st.one_of(
    st.text("ab {}\n<é\\'\"|#%", max_size=6),
    st.builds(
        "{{{{ {}{}{} }}}}".format,
        st.sampled_from([*VALUES, "nobody", "'lit'", "5", "-3"]),
        st.sampled_from(["", ".a", "[0]", "[-1]", ".a['b c']", ".items", "[1].x", "['k']"]),
        st.lists(st.sampled_from(sorted(FILTERS)), max_size=3).map(
            lambda names: "".join(f"|{n}" for n in names)
        ),
    ),
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(parts, max_size=4).map("".join), st.booleans())
def test_both_ways_of_rendering_say_the_same(source: str, escape_html: bool) -> None:
    if not is_simple(source):
        return
    safe = dict(VALUES)
    try:
        by_minijinja = environment(escape_html).render_str(source, None, **guarded(safe))
    except Exception:
        with pytest.raises(BlockError):
            render(source, VALUES, escape_html=escape_html)
        return
    assert render(source, VALUES, escape_html=escape_html) == by_minijinja


def test_filters_of_what_may_be_a_method_are_rendered_apart() -> None:
    assert not is_simple("{{ d.items|float }}")
    assert is_simple("{{ d.items }}")
    assert is_simple("{{ d.item|float }}")


def guarded(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the other process sees them."""
    return {key: guard(value) for key, value in values.items()}


def rendered(pool: BoundedPool, source: str, values: dict[str, Any]) -> str:
    request = {"source": source, "values": values, "escape_html": False}
    return str(pool.run("templates", request, subject="The template", cure="", timeout_s=5))


def test_a_worker_that_was_killed_is_replaced() -> None:
    pool = BoundedPool(1)
    try:
        assert rendered(pool, "{{ 1 + 1 }}", {}) == "2"
        os.kill(pool._idle[0]._process.pid, signal.SIGKILL)
        with pytest.raises(LimitReached):
            rendered(pool, "{{ 1 + 2 }}", {})
        assert rendered(pool, "{{ 1 + 3 }}", {}) == "4"
    finally:
        pool.close()


def test_large_values_go_through_and_many_threads_share_the_workers() -> None:
    pool = BoundedPool(2)
    texts: dict[int, str] = {}

    def work(number: int) -> None:
        values = {"a": str(number) * 500_000}
        texts[number] = rendered(pool, "{{ a|length + 1 }}", values)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert texts == dict.fromkeys(range(8), "500001")
        assert len(pool._idle) == 2
    finally:
        pool.close()


def test_a_worker_knows_nothing_of_us() -> None:
    pool = BoundedPool(1)
    try:
        rendered(pool, "{{ 1 + 1 }}", {})
        process = psutil.Process(pool._idle[0]._process.pid)
        assert process.environ() == {}
        assert not any("backend" in str(one.path) for one in process.open_files())
    finally:
        pool.close()


def is_over(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def wait_for(claim: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.05)
    return claim()


def test_workers_end_with_the_process_that_started_them() -> None:
    code = (
        "from backend.util.template import render; from backend.util.bounded.pool import pool; "
        "import os; render('{{ 1+1 }}', {}); print(pool._idle[0]._process.pid, flush=True); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    worker = int(done.stdout)
    assert wait_for(lambda: is_over(worker))


def test_a_value_called_self_is_not_there_and_harms_nothing() -> None:
    assert render("{{ self }}{{ a + 1 }}", {"self": "x", "a": 1}) == "2"
    assert render("{% if a %}{{ self|default('none') }}{% endif %}", {"self": "x", "a": 1}) == "none"


def test_a_bug_in_a_job_is_told_as_one() -> None:
    pool = BoundedPool(1)
    try:
        with pytest.raises(BlockError, match=r"KeyError.*report"):
            pool.run("templates", {"source": "a"}, subject="The template", cure="", timeout_s=5)
        assert rendered(pool, "{{ 1 + 3 }}", {}) == "4"
    finally:
        pool.close()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ a|truncate(11) }}", "lorem..."),
        ("{{ a|truncate(11, true) }}", "lorem ip..."),
        ("{{ a|truncate(length=11, killwords=true, end='') }}", "lorem ipsum"),
        ("{{ a|truncate }}", "lorem ipsum dolor"),
        ("{{ a|wordwrap(6) }}", "lorem\nipsum\ndolor"),
        ("{{ a|wordwrap(6, wrapstring='/') }}", "lorem/ipsum/dolor"),
        ("{{ 3.14159|format('%.2f') }}", "3.14"),
        ("{{ '%s is %.1f'|format(a, 2) }}", "lorem ipsum dolor is 2.0"),
        ("{{ '%(n)s!'|format(n=5) }}", "5!"),
        ("{{ a|wordcount }}", "3"),
    ],
)
def test_filters_that_people_know_from_jinja2(source: str, text: str) -> None:
    assert render(source, {"a": "lorem ipsum dolor"}) == text


@pytest.mark.parametrize("source", ["{{ l.append(1) }}", "{{ '%d'|format('x') }}", "{{ 1|format }}"])
def test_what_values_cannot_do_is_said(source: str) -> None:
    with pytest.raises(BlockError, match=r"cannot be rendered: .*Correct it\.$"):
        render(source, {"l": [1]})

"""Patterns: they find what Python's `re` finds, or are refused with the reason, and bombs are stopped."""

from __future__ import annotations

import re
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.util.bounded.jobs.patterns import Pattern, Spans, compiled
from backend.util.bounded.protocol import Refused
from backend.util.errors import BlockError, LimitReached
from backend.util.patterns import match
from backend.util.patterns.match import Options, find, is_match, parse_replacement, replace, takes_a_moment
from backend.util.patterns.syntax import parse

TEXTS = [
    "",
    "Hello, World 42!\n",
    "größe über ÄÖÜ straße 😀 ٣٤\n\nlast line",
    "a=1; b = 22;c=\u00a0333\r\nkey: value\n",
    "ada@example.com, bob.b@example.org\tftp://x.y/z?q=1#f",
    "aaa aab abab ba \x00 K ſ _x9",
    '{"a": [1, 2.5, -3e4], "b": "te\\"xt"} <b>x</b><i/>',
    "2024-12-31T23:59:60Z 12:30 (555) 123-4567",
    "a,b,,c\n,\n",
]
SAME = [
    r"\d+", r"\w+", r"\s+", r"\D", r"\W+", r"\S+", r"\b\w", r"\w\b", r"\Bo", r"[^\W\d_]+",
    r"^\w+", r"\w+$", r"\n$", r"\A.", r".\Z", r".\z", r"$", r"^", r"(?m)^\w*", r"(?m),$", r"(?m)^$",
    r"(?i)GRÖSSE|größe", r"(?i)k", r"(?i)S", r"(?i)[à-ý]+", r"(?i:h)ello", r"(?s).+", r"(?a)\w+", r"(?a:\d)+", r"(?x) \d + # number",
    r"a*", r"a+?", r"a??b", r"(?:a|ab)(?:c|bcd|b)*", r"a{2}", r"a{2,}", r"a{,2}b", r"(?:ab){1,2}?", r"x{0}", r"a{,}",
    r"(\d+)-(\d+)-(\d+)", r"(?P<y>\d{4})-(?P<m>\d\d)", r"(?<year>\d{4})", r"((a)|(b))+", r"(a)?b", r"(?:(a)|b)*", r"(?#remark)\d",
    r"[\w.]+@[\w.]+\.\w{2,4}", r"<([a-z]+)[^>]*>(.*?)</", r"\"(?:[^\"\\]|\\.)*\"", r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?",
    r"[]a]", r"[^]a]+", r"[a\-z]", r"[\]\[]", r"[a-c-]", r"[\d\s]+", r"[^\S\n]+", r"\x41|\u00df|\U0001f600|\101|\0", r"\N{LATIN SMALL LETTER O WITH DIAERESIS}",
    r"[[a]", r"[ä-ü]+", r"[^a-zA-Z]+", r".{3,5}", r"(?:.{1,40}\s?)", r"\(\d{3}\)", r"a|", r"(?:,|^)[^,\n]+", r"\t|\r|\f|\v", r"[\s\S]", r"(?-i:a)", r"()a",
    r"a{1,1500}", r"\w{0,2000}!", r"(?:\w{1,50}\W){1,50}",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:Possible nested set")
@pytest.mark.parametrize("pattern", SAME)
def test_a_pattern_finds_what_python_finds(pattern: str) -> None:
    python = re.compile(pattern.replace("(?<year>", "(?P<year>").replace(r"\z", r"\Z"))
    for text in TEXTS:
        assert spans_of(compiled(pattern, Options()), text) == python_spans(python, text)
        assert is_match(pattern, text, Options()) == bool(python.search(text))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"foo(?=bar)", ("look-ahead", "`(?=`", "character 4", "group")),
        (r"foo(?!bar)", ("negative", "`(?!`", "character 4")),
        (r"(?<=€)\d", ("look-behind", "`(?<=`", "character 1")),
        (r"[(?=](?<!a)b", ("look-behind", "`(?<!`", "character 6")),
        (r"(a)\(\1", ("back-reference", "`\\1`", "character 6")),
        (r"(?P<q>a)(?P=q)", ("back-reference", "character 9")),
        (r"(?<q>a)\k<q>", ("back-reference", "character 8")),
        (r"(a)?(?(1)b|c)", ("condition", "character 5")),
        (r"x(?>a+)b", ("an atomic group", "character 2")),
        (r"[a+]++", ("possessive", "`++`", "character 5")),
        (r"a*+", ("possessive", "character 2")),
        (r"\p{L}+", ("Unicode property", "character 1")),
        (r"x[[:digit:]]", ("`[:digit:]`", "character 3")),
        (r"(?R)", ("recursion", "character 1")),
        (r"\((?1)\)", ("recursion", "character 3")),
        (r"\Ka", ("another dialect", "character 1")),
        (r"(a", ("character 1", "unterminated")),
        (r"a)", ("character 2", "parenthesis")),
        (r"(?<n>a)[z-a]", ("character 9", "range")),
        (r"*a", ("nothing to repeat",)),
        (r"a(?i)", ("global flags", "character 2")),
        (r"\y", ("bad escape", "character 1")),
        (r"a{5,2}", ("min repeat",)),
        (r"(|a)*b", ("longer choice first",)),
        (r"(?m:^)a$", ("(?m)",)),
        (r"(?a:\b)\b", ("(?a)",)),
        ("(" * 5_000 + ")" * 5_000, ("nested",)),
        ("a" * 10_001, ("10,001 characters",)),
        (r"(.{0,500}x){0,50}", ("too large",)),
        (r"(a){1001}", ("1,001 times",)),
        (r"a{99999999999999999999}", ("repetition number",)),
    ],
)  # fmt: skip
def test_what_is_not_supported_is_refused_with_its_place(pattern: str, words: tuple[str, ...]) -> None:
    with pytest.raises(BlockError) as caught:
        is_match(pattern, "text", Options())
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "text", "harmless", "found"),
    [
        ("|a", "a", "-", ["", ""]),
        ("a*?", "a", "-", ["", ""]),
        (r"\b|\w+", "a", "-", []),
        ("(?:^|,)[^,]*", ",a", "-,b", ["-", ",b"]),
    ],
)
def test_a_first_choice_of_nothing_is_refused_only_where_python_would_look_twice(
    pattern: str, text: str, harmless: str, found: list[str]
) -> None:
    assert find(pattern, text, Options()) == [""]
    with pytest.raises(BlockError, match="At character 1 "):
        find(pattern, text, Options(), find_all=True)
    assert find(pattern, harmless, Options(), find_all=True) == found


pieces = st.sampled_from(
    ["a", "b", "ä", r"\w", r"\W", r"\d", r"\s", ".", "[ab]", "[^a]", "[ä-ü_]", r"\b", r"\B", "^", "$", r"\Z", "Ü",
     "ß", r"\n", "k", "(?i:Ä)", "(?i:K)", "(?s:.)", r"(?a:\w)", r"[^\W\d]"]
)  # fmt: skip
repeats = st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}"])
patterns = st.recursive(
    pieces,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("(?:{}){}".format, inner, repeats),
    ),
    max_leaves=6,
)


@settings(max_examples=1500, deadline=None)
@given(
    patterns,
    st.text("abkKxäÜß 5\n_Kſ٣", min_size=1, max_size=8),
    st.builds(Options, st.booleans(), st.booleans(), st.booleans()),
)
def test_any_pattern_finds_what_python_finds_or_is_refused(pattern: str, text: str, options: Options) -> None:
    try:
        ours = Pattern(parse(pattern, options))
        found = spans_of(ours, text)
    except Refused:
        return
    unsure = parse(pattern, options).unsure_groups
    assert without(found, unsure) == without(python_spans(re.compile(pattern, options.flags), text), unsure)


def test_a_group_that_python_fills_otherwise_is_refused() -> None:
    assert find("(a*)+", "aab", Options()) == ["aa"]
    with pytest.raises(BlockError, match="not certain"):
        find("(a*)+", "aab", Options(), group=1)


def test_every_character_belongs_to_the_classes_that_python_says() -> None:
    characters = "".join(map(chr, [*range(1, 0xD800), *range(0x1D400, 0x1D800)]))
    for pattern in (r"\w", r"\d", r"\s", r"(?i:[a-z])", r"(?i:µ|å)"):
        expected = re.sub(pattern, "", characters)
        for start in range(0, len(expected), 20_000):
            assert not is_match(pattern, expected[start : start + 20_000], Options())
        taken = "".join(re.findall(pattern, characters))
        assert all(is_match(rf"\A(?:{pattern})\Z", one, Options()) for one in taken[::97])


def test_a_pattern_that_tells_too_many_characters_apart_is_refused() -> None:
    hanzi = [chr(0x4E00 + k) + "!" for k in range(300)]
    assert is_match("|".join(hanzi), "a丅!b", Options())
    with pytest.raises(BlockError, match="apart"):
        is_match("|".join(hanzi), "".join(hanzi), Options())


def test_threads_share_a_pattern_that_learns_characters() -> None:
    words = ["größe", "straße", "naïve", "señor", "łódź", "москва", "北京", "한국"]
    wrong: list[str] = []

    def work(word: str) -> None:
        wrong.extend(
            word for _ in range(200) if find(r"\b[^x]\w+\b", f" {word} ", Options()) != [f" {word}"[1:]]
        )

    threads = [threading.Thread(target=work, args=(word,)) for word in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


def test_the_bounded_process_says_the_same() -> None:
    long = "größe 12 " * 15_000
    assert is_match(r"\bgröße\b", long, Options())
    assert find(r"\d+", long, Options()) == ["12"]
    assert replace(r"(\w+) (\d+)", long, r"\2 \1", Options()) == ("12 größe " * 15_000, 15_000)
    with pytest.raises(BlockError, match="look-ahead"):
        find("(?=a)", long, Options())
    with pytest.raises(BlockError, match="no group 'n'"):
        find("a", long, Options(), group="n")


@pytest.mark.parametrize(
    ("replacement", "parts"),
    [
        ("", []),
        ("plain $1", ["plain $1"]),
        (r"\1-\g<2>\g<name>\12", [[1], "-", [2], ["name"], [12]]),
        (r"\\1\n\t", ["\\", "1", "\n", "\t"]),
    ],
)
def test_a_replacement_names_groups(replacement: str, parts: list[Any]) -> None:
    assert parse_replacement(replacement) == parts


@pytest.mark.parametrize("replacement", ["\\", r"\0", r"\x41", r"a\g<", r"\g<>"])
def test_a_wrong_replacement_is_refused(replacement: str) -> None:
    with pytest.raises(BlockError, match="The replacement has"):
        parse_replacement(replacement)


def test_a_replacement_has_a_hundred_groups_at_most() -> None:
    assert replace("(a)?b", "ab", r"\1" * 100, Options()) == ("a" * 100, 1)
    with pytest.raises(BlockError, match="more than 100"):
        replace("(a)?b", "ab", r"\1" * 101, Options())


def test_matching_stops_in_time_and_the_next_pattern_works() -> None:
    started = time.perf_counter()
    with pytest.raises(LimitReached, match="longer than"):
        find("a(?:.*c)?", "ab" * 500_000, Options(), find_all=True)
    assert time.perf_counter() - started < 2
    assert find("b+", "abb" * 100_000, Options()) == ["bb"]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        patterns, patterns.map(lambda one: one * 40), st.sampled_from(["(", "a{900}", "()" * 200, ".*?x"])
    ),
    st.text("abkÜ5\n", max_size=4),
    st.sampled_from([1, 100, 700, 5_000, 20_000]),
    st.booleans(),
)
def test_what_takes_a_moment_is_never_matched_in_another_process(
    monkeypatch: pytest.MonkeyPatch, pattern: str, part: str, times: int, find_all: bool
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("It is matched in the bounded process.")

    monkeypatch.setattr(match, "run_bounded", never)
    text, options = part * times, Options()
    if not takes_a_moment(pattern, text, options, find_all=find_all):
        return
    for matched in (
        lambda: is_match(pattern, text, options),
        lambda: find(pattern, text, options, find_all=find_all),
        lambda: replace(pattern, text, "-", options, find_all=find_all),
    ):
        with suppress(BlockError):
            matched()


@pytest.mark.parametrize("text", [None, 5, True, ["a"], {"a": "b"}, [*range(100_000)]])
def test_what_is_no_text_takes_longer_than_a_moment(text: Any) -> None:
    assert not takes_a_moment("a", text, Options(), find_all=False)
    assert not takes_a_moment("a", text, Options(), find_all=True)


def spans_of(pattern: Pattern, text: str) -> list[Spans]:
    found = list(pattern.matches(text, with_groups=True))
    assert [spans[0] for spans in pattern.matches(text, with_groups=False)] == [spans[0] for spans in found]
    return found


def python_spans(pattern: re.Pattern[str], text: str) -> list[Spans]:
    return [
        [None if match.start(group) < 0 else match.span(group) for group in range(pattern.groups + 1)]
        for match in pattern.finditer(text)
    ]


def without(found: list[Spans], groups: set[int]) -> list[Spans]:
    return [[span for group, span in enumerate(spans) if group not in groups] for spans in found]

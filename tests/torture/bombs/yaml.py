"""YAML that would expand, run something, or take long to read or write."""

from __future__ import annotations

from typing import Any

from tests.torture.bombs.bomb import Bomb


def _yaml(name: str, text: str, says: str | None) -> Bomb:
    return Bomb(f"yaml: {name}", "ParseYamlBlock", lambda: {"text": text}, says)


def _made(name: str, begin: str, part: str, times: int, end: str, says: str | None) -> Bomb:
    return Bomb(f"yaml: {name}", "ParseYamlBlock", lambda: {"text": begin + part * times + end}, says)


def _written(name: str, value: Any, says: str | None) -> Bomb:
    return Bomb(f"yaml: {name}", "WriteYamlBlock", lambda: {"value": value}, says)


def _nested(depth: int, inner: Any) -> Any:
    for _ in range(depth):
        inner = [inner]
    return inner


_LEVELS = list(zip("abcdefghij", "bcdefghijk", strict=True))
_LAUGHS = "a: &a [ha, ha]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in _LEVELS)
_MERGES = "a: &a {x: {y: z}}\n" + "".join(
    f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 9)}], {b}: *{a}}}\n" for a, b in _LEVELS
)
_KEYS = "a: &a {" + ", ".join(f"k{n}: 1" for n in range(2000)) + "}\n"
_ANCHORS = "".join(f"- &a{n} x\n- *a{n}\n" for n in range(20_000))

BOMBS: list[Bomb] = [
    _yaml("billion laughs", _LAUGHS, "aliases"),
    _yaml("merges of merges", _MERGES, "aliases"),
    _yaml("one long text, many aliases", f"- &a {'x' * 1_000_000}\n" + "- *a\n" * 10_000, "aliases"),
    _yaml("one wide mapping, merged often", _KEYS + "b:\n" + "- {<<: *a}\n" * 10_000, "aliases"),
    _yaml("an alias within its anchor", "&a [*a]", "*a"),
    _yaml("a mapping within itself", "&a {b: *a}", "*a"),
    _yaml("many anchors and aliases", _ANCHORS, None),
    _made("deep flow of lists", "", "[", 1_000_000, "", "100 deep"),
    _made("deep flow of mappings", "", "{a: ", 1_000_000, "", "100 deep"),
    _made("deep blocks", "", "- ", 1_000_000, "x", "100 deep"),
    _made("deep keys", "", "? ", 1_000_000, "x", "100 deep"),
    _made("flow lists as keys", "", "[[]: ", 300_000, "", "line 1"),
    _made("a huge whole number", "a: ", "9", 5_000_000, "", "number"),
    _made("a huge number in hex", "a: 0x", "f", 5_000_000, "", None),
    _yaml("a huge number in short", "a: 1e999999999", "number"),
    _yaml("infinity", "a: -.INF", "number"),
    _made("base sixty", "a: 1", ":59", 1_700_000, "", None),
    _yaml("a command", "!!python/object/apply:os.system ['touch /tmp/boom']", "!!python/object"),
    _yaml("a command in a new object", "!!python/object/new:subprocess.Popen [[ls]]", "!!python/object"),
    _yaml("a module by name", "a: !!python/name:os.system ''", "!!python/name"),
    _yaml("a tag through a directive", "%TAG ! tag:yaml.org,2002:python/\n---\n!name:os.system ''", "python"),
    _made("bytes in base64", "a: !!binary ", "AAAA", 1_000_000, "", "!!binary"),
    _made("a flood of values", "[", "1,", 2_600_000, "]", "YAML"),
    _made("a flood of documents", "", "---\n", 1_300_000, "", "YAML"),
    _made("a flood of comments", "", "#\n", 2_600_000, "", None),
    _made("a flood of line breaks", "", "\n", 5_000_000, "", None),
    _made("one long text", "a: ", "x", 5_000_000, "", None),
    _made("one long key", "", "x", 5_000_000, ": a", "line 1"),
    _made("a long folded text", "a: >\n", " x\n", 1_700_000, "", None),
    _made("a quote without an end", 'a: "', "x\n", 2_500_000, "", "end of stream"),
    _made("escapes", 'a: "', "\\x41", 1_300_000, '"', None),
    _made("too long", "", "x", 5_242_881, "", "5,242,880"),
    _written("writing many values", [[0] * 1000] * 1000, "200,000"),
    _written("writing a long text deep within", _nested(90, ["x\n" * 200_000] * 5), "20,971,520"),
    _written("writing too deep", _nested(150, 1), "100 deep"),
]

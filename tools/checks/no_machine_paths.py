"""Files say nothing about the machine they were written on: no paths, no registries, no downloads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.checks import Finding
from tools.checks.sources import text_of, tracked


@dataclass(frozen=True, slots=True)
class _Trace:
    pattern: re.Pattern[str]
    message: str
    cure: str


_PATH = _Trace(
    re.compile(r"(?<![\w.~:/})-])/(?:work|root|home|Users)/[\w.-]+"),
    "{0!r} is a path of one machine.",
    "Say it from the repository's root, or take it from a setting.",
)
_REGISTRY = _Trace(
    re.compile(
        r"\b(?:pypi\.org|files\.pythonhosted\.org|registry\.(?:npmjs\.org|yarnpkg\.com)|deb\.debian\.org|proxy\.golang\.org)\b"
    ),
    "{0!r} is a registry's address.",
    "Name the package and its version; the client knows its registry.",
)
_DOWNLOAD = _Trace(
    re.compile(
        r"https?://(?![\w.-]*\b(?:example|localhost|127\.)\b)[^\s'\"<>)]+\.(?:whl|tgz|tar\.\w+|deb|rpm|exe|dmg)\b"
    ),
    "{0!r} is a download.",
    "Install it as a package, by its ordinary client.",
)
_ADDRESS_IN_LOCK = _Trace(
    re.compile(r"\"resolved\":|--(?:extra-)?index-url|--find-links|@ (?:https?|file)://"),
    "{0!r}: a lock holds versions and hashes, no addresses.",
    "make lock for Python; npm install with omit-lockfile-registry-resolved for Node.",
)
_TRACES = (_PATH, _REGISTRY, _DOWNLOAD)
# What the rule itself and its test must be able to say.
_EXEMPT = frozenset({"tools/checks/no_machine_paths.py", "tests/tools/test_checks_text.py"})


def check() -> list[Finding]:
    return [
        finding
        for name in tracked()
        if name not in _EXEMPT and (text := text_of(name)) is not None
        for finding in findings_in(name, text)
    ]


def findings_in(name: str, text: str) -> list[Finding]:
    is_lock = name.endswith((".lock", "package-lock.json"))
    return [
        Finding(name, number, trace.message.format(match.group()), trace.cure)
        for number, line in enumerate(text.splitlines(), start=1)
        for trace in (*_TRACES, *([_ADDRESS_IN_LOCK] if is_lock else []))
        for match in trace.pattern.finditer(line)
    ]

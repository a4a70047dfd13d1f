"""The rules that read files as text: machine paths and file size."""

from __future__ import annotations

import pytest

from tools.checks import file_size, no_machine_paths


@pytest.mark.parametrize(
    "line",
    [
        'ROOT = "/' + 'work/main/backend"',
        "see /" + "root/notes.md",
        "cd /home/ada/blockyard",
        "COPY /Users/ada/x .",
        "--find-links=/" + "work/wheels",
        "pip install -i https://pypi.org/simple x",
        "https://registry.npmjs.org/react",
        "curl https://github.com/a/b/releases/download/v1/tool.tar.gz",
        "https://files.somewhere.net/thing-1.0-py3-none-any.whl",
    ],
)
def test_trace_of_a_machine_is_found(line: str) -> None:
    findings = no_machine_paths.findings_in("docs/x.md", f"first\n{line}\n")
    assert findings
    assert {finding.line for finding in findings} == {2}


@pytest.mark.parametrize(
    "line",
    [
        "https://example.com/work/items",
        "GET /api/work/1",
        "backend/work/x.py",
        "~/work/x",
        "https://docs.github.com/en/rest/issues/issues (2022-11-28)",
        "https://files.example.com/report.zip",
        "http://127.0.0.1:8000/a.tar.gz",
        '"integrity": "sha512-abc"',
    ],
)
def test_ordinary_line_is_left_alone(line: str) -> None:
    assert no_machine_paths.findings_in("docs/x.md", line) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("frontend/package-lock.json", '      "resolved": "https://somewhere.net/react.tgz",'),
        ("requirements.lock", "--index-url https://mirror.example.com/simple"),
        ("requirements-dev.lock", "tool @ file:///wheels/tool.zip"),
    ],
)
def test_address_in_a_lock_is_found(file: str, line: str) -> None:
    assert any("a lock holds" in finding.message for finding in no_machine_paths.findings_in(file, line))


def test_file_over_500_lines_is_found_unless_there_is_a_reason() -> None:
    sizes = {"a.py": 500, "b.py": 501, "c.py": 900}
    assert [finding.file for finding in file_size.findings_for(sizes, {"c.py": "generated"})] == ["b.py"]

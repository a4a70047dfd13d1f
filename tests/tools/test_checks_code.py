"""The rules that read syntax trees: HTTP clients, claims of tests, readers of costs."""

from __future__ import annotations

import ast

import pytest

from tools.checks import cost_readers, no_other_http_client, test_claims
from tools.checks.sources import imports_in


@pytest.mark.parametrize(
    "code",
    [
        "import httpx",
        "import requests as r",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import http.client",
        "def f():\n    import aiohttp",
        "import aiosmtplib",
        "from imapclient import IMAPClient",
        "import imapclient.exceptions",
        "from imaplib import IMAP4_SSL",
        "import poplib",
        "import socket\nsocket.create_connection(('h', 1))",
        "async def f(loop): await loop.create_connection(None)",
        "async def f():\n    await asyncio.open_connection('h', 1)",
        "def f(self): self.sock.connect(('h', 1))",
    ],
)
def test_client_of_its_own_is_found(code: str) -> None:
    assert no_other_http_client.findings_in("backend/blocks/x.py", ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "from urllib.parse import urlsplit",
        "import http",
        "from http import HTTPStatus",
        "db.connect()",
        "import socket",
    ],
)
def test_what_only_looks_like_a_client_is_left_alone(code: str) -> None:
    assert no_other_http_client.findings_in("backend/blocks/x.py", ast.parse(code)) == []


@pytest.mark.parametrize(
    "file",
    [
        *("request.py", "request_sync.py", "http_transport.py", "address_guard.py"),
        *("mail_connect.py", "mail_imap.py", "mail_smtp.py"),
    ],
)
def test_the_guarded_client_may_connect(file: str) -> None:
    assert no_other_http_client.ALLOWED.fullmatch(f"backend/util/{file}")


@pytest.mark.parametrize("file", ["blocks/http/request.py", "blocks/email/mail_imap.py", "util/mail.py"])
def test_nothing_outside_util_may_connect(file: str) -> None:
    assert not no_other_http_client.ALLOWED.fullmatch(f"backend/{file}")


@pytest.mark.parametrize(
    "code",
    [
        "@pytest.mark.skip\ndef test_a():\n    assert f()",
        "@pytest.mark.skipif(True, reason='')\ndef test_a():\n    assert f()",
        "@pytest.mark.xfail\ndef test_a():\n    assert f()",
        "def test_a():\n    pytest.skip('no')\n    assert f()",
        "numpy = pytest.importorskip('numpy')",
        "def test_a():\n    assert True",
        "def test_a():\n    assert 'text'",
        "async def test_a():\n    await f()",
    ],
)
def test_test_that_cannot_fail_is_found(code: str) -> None:
    assert test_claims.findings_in("tests/test_x.py", ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "def test_a():\n    assert f() == 1",
        "def test_a():\n    with pytest.raises(ValueError):\n        f()",
        "def test_a():\n    _assert_same(f(), g())",
        "def helper():\n    f()",
        "def test_a():\n    if f():\n        assert False, 'reached'",
        "def test_a():\n    if not f():\n        raise AssertionError('no')",
        "def test_a():\n    items.skip(3)\n    assert items",
    ],
)
def test_test_with_a_claim_is_left_alone(code: str) -> None:
    assert test_claims.findings_in("tests/test_x.py", ast.parse(code)) == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("from backend.data.block_cost_config import COSTS", 1),
        ("import backend.data.block_cost_config", 1),
        ("from backend.data import block_cost_config", 1),
        ("from backend.data.block import Block", 0),
    ],
)
def test_reader_of_costs_is_found(code: str, count: int) -> None:
    imports = list(imports_in(ast.parse(code)))
    assert len(cost_readers.findings_in("backend/blocks/x.py", imports)) == count

"""Whatever leaves the machine goes through backend/util/request.py, where addresses are guarded."""

from __future__ import annotations

import ast
import re

from tools.checks import Finding
from tools.checks.sources import dotted, imports_in, python_files, tree_of

ALLOWED = re.compile(r"backend/(client\w*|util/(request\w*|(?:http|mail)_\w+|address_guard|url_target))\.py")
"""With backend/client.py, which speaks to the operator's own server (page 16 of the decisions)."""
CLIENTS = (
    *(
        "aioimaplib",
        "aiohttp",
        "aiosmtplib",
        "ftplib",
        "http.client",
        "httpcore",
        "httpx",
        "imapclient",
        "imaplib",
    ),
    *(
        "niquests",
        "poplib",
        "pycurl",
        "requests",
        "smtplib",
        "telnetlib",
        "tornado.httpclient",
        "urllib.request",
    ),
    *("urllib3", "websockets"),
)
CONNECTS = frozenset({"create_connection", "open_connection", "create_datagram_endpoint"})
CURE = "Use AsyncRequests or Requests of backend.util.request; for mail, util/mail_imap.py and mail_smtp.py."


def check() -> list[Finding]:
    return [
        finding
        for name in python_files("backend")
        if not ALLOWED.fullmatch(name)
        for finding in findings_in(name, tree_of(name))
    ]


def findings_in(name: str, tree: ast.Module) -> list[Finding]:
    imported = [
        Finding(name, line, f"{module} opens connections of its own.", CURE)
        for module, line in imports_in(tree)
        if any(f"{module}.".startswith(f"{client}.") for client in CLIENTS)
    ]
    return imported + [
        Finding(name, call.lineno, f"{dotted(call.func)}() connects without the address guard.", CURE)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _connects(call)
    ]


def _connects(call: ast.Call) -> bool:
    return dotted(call.func).rpartition(".")[2] in CONNECTS or dotted(call.func).endswith(
        ("socket.connect", "sock.connect")
    )

"""HTTP load on a local server: wrk where it is installed, else a small client of ours in its own process."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

HOST = "127.0.0.1"
CONNECTIONS = 32
_COUNT = "event-000000000000"
_MILLISECONDS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 60e3}


@dataclass(frozen=True, slots=True)
class Request:
    """What every connection sends, again and again."""

    port: int
    path: str
    method: str = "GET"
    body: str = ""
    bearer: str = ""
    more: Mapping[str, str] = field(default_factory=dict[str, str])
    counted: str = ""
    """A header that is another with every request."""

    def headers(self) -> dict[str, str]:
        said = {"Content-Type": "application/json"} if self.body else {}
        said |= {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return said | dict(self.more) | ({self.counted: _COUNT} if self.counted else {})

    def raw(self) -> bytes:
        """The request as it goes over the wire, with keep-alive."""
        head = [f"{self.method} {self.path} HTTP/1.1", f"Host: {HOST}:{self.port}"]
        head += [f"{name}: {value}" for name, value in self.headers().items()]
        body = self.body.encode()
        return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it. `refused` counts answers that are not 2xx or 3xx, and broken connections."""

    rate: float
    p99_ms: float
    refused: int
    tool: str


async def get(port: int, path: str) -> bytes:
    """The body of one answer.

    Raises:
        RuntimeError: it is not 200.
        OSError: nobody listens.
    """
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(Request(port, path).raw())
        status, body = await _read_answer(reader)
    finally:
        writer.close()
    if status != 200:
        raise RuntimeError(f"GET {path} on port {port} was answered with {status}.")
    return body


def put_load(request: Request, *, seconds: int = 10) -> Load:
    """Send the request over 32 connections for so many seconds.

    Raises:
        RuntimeError: the tool failed, or answers were refused: the figure would mean nothing.
    """
    load = _wrk(request, seconds) if shutil.which("wrk") else _own(request, seconds)
    if load.refused or not load.rate:
        raise RuntimeError(
            f"{load.refused} requests for {request.path} were refused; the rate means nothing."
        )
    return load


def _wrk(request: Request, seconds: int) -> Load:
    """Debian's wrk; one thread, so that the server has the other core."""
    lines = [f'wrk.method = "{request.method}"', f"wrk.body = {orjson.dumps(request.body).decode()}"]
    lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in request.headers().items()]
    if request.counted:
        count = (
            f'n = n + 1; wrk.headers["{request.counted}"] = string.format("event-%d", n); return wrk.format()'
        )
        lines += [f"local n = {time.time_ns() // 1000}", f"request = function() {count} end"]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "request.lua")
        script.write_text("\n".join(lines), encoding="utf-8")
        url = f"http://{HOST}:{request.port}{request.path}"
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--timeout",
            "10s",
            "--latency",
            "-s",
            str(script),
            url,
        ]
        said = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=seconds + 60
        ).stdout
    return parse_wrk(said)


def parse_wrk(said: str) -> Load:
    """What wrk 4 prints.

    Raises:
        RuntimeError: it printed something else.
    """
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", said)
    if rate is None or p99 is None:
        raise RuntimeError(f"wrk said nothing that can be read: {said[:300]}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    count = sum(map(int, broken.groups())) if broken else 0
    p99_ms = float(p99[1]) * _MILLISECONDS[p99[2]]
    return Load(float(rate[1]), p99_ms, count + (int(refused[1]) if refused else 0), "wrk")


def _own(request: Request, seconds: int) -> Load:
    command = [sys.executable, "-m", "bench.load", str(seconds), request.raw().hex(), str(request.port)]
    said = subprocess.run(command, capture_output=True, check=True, timeout=seconds + 60).stdout
    return Load(**orjson.loads(said))


async def _drive(raw: bytes, port: int, seconds: float) -> Load:
    until = time.perf_counter() + seconds
    began = time.perf_counter()
    all_ms: list[float] = []
    refused = sum(await asyncio.gather(*(_connection(raw, port, until, all_ms) for _ in range(CONNECTIONS))))
    all_ms.sort()
    p99_ms = all_ms[int(len(all_ms) * 0.99)] if all_ms else 0.0
    return Load(len(all_ms) / (time.perf_counter() - began), p99_ms, refused, "bench.load")


async def _connection(raw: bytes, port: int, until: float, all_ms: list[float]) -> int:
    """One request after the other; how many were refused."""
    reader, writer = await asyncio.open_connection(HOST, port)
    refused = 0
    while (began := time.perf_counter()) < until:
        writer.write(raw.replace(_COUNT.encode(), f"event-{time.time_ns() % 10**12:012}".encode()))
        status, _ = await _read_answer(reader)
        all_ms.append((time.perf_counter() - began) * 1e3)
        refused += status >= 400
    writer.close()
    return refused


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body; chunked bodies are read to their end."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    length = re.search(rb"content-length: *(\d+)", head)
    if length:
        return status, await reader.readexactly(int(length[1]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return status, body


if __name__ == "__main__":
    import uvloop

    _seconds, _raw, _port = sys.argv[1:]
    _load = uvloop.run(_drive(bytes.fromhex(_raw), int(_port), float(_seconds)))
    sys.stdout.buffer.write(orjson.dumps(_load))

"""Node-RED, a peer: started with flows that do the same as W1, W2 and W3. It stores nothing of what it runs.

Needs Node.js; `npm install` takes the pinned version into bench/peers at the first use.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from bench.load import get
from bench.served import Served, free_port, served

PEERS = Path(__file__).resolve().parent / "peers"
PROGRAM = PEERS / "node_modules" / "node-red" / "red.js"
_TIMES, _WARM_UP = 100, 20

Flow = list[dict[str, Any]]

_FIBONACCI = "const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2)); msg.payload = fib(10); return msg;"
_BEGIN = "msg.began = global.get('now')(); return msg;"
_END = "msg.payload = { ms: global.get('now')() - msg.began }; return msg;"
_THOUSAND = "msg.began = global.get('now')(); msg.payload = [...Array(1000).keys()]; return msg;"


async def own_ms(path: str) -> float:
    """The median of what a flow says it took, in milliseconds, from its first node to its last."""
    async with running() as server:
        samples: list[float] = [orjson.loads(await get(server.port, path))["ms"] for _ in range(_TIMES)]
    return median(samples[_WARM_UP:])


@asynccontextmanager
async def running() -> AsyncIterator[Served]:
    """Node-RED in a process of its own.

    Raises:
        RuntimeError: it cannot be installed or does not start.
    """
    _install()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="node-red-") as folder:
        command = ["node", str(PROGRAM), "--userDir", folder, "--port", str(port)]
        command += ["--settings", str(PEERS / "settings.cjs"), _write_flows(Path(folder))]
        async with served(command, port=port, path="/w2", environment={"NODE_ENV": "production"}) as server:
            yield server


def _write_flows(folder: Path) -> str:
    """The path of a file with all flows."""
    path = folder / "flows.json"
    path.write_bytes(orjson.dumps(all_flows()))
    return str(path)


def all_flows() -> Flow:
    """The flows of /w1, /w2 and /w3."""
    functions = [_function(f"fibonacci {k}", _FIBONACCI) for k in range(40)]
    changes = [
        _node("change", rules=[{"t": "set", "p": "payload", "pt": "msg", "to": "1", "tot": "num"}])
        for _ in range(10)
    ]
    passes = [_function(f"pass {k}", "return msg;") for k in range(3)]
    split = _node("split", splt="\\n", arraySplt=1, arraySpltType="len")
    join = _node("join", mode="auto")
    return [
        {"id": "tab", "type": "tab", "label": "bench"},
        *_served("w1", [_function("begin", _BEGIN), *functions, _function("end", _END)]),
        *_served("w2", changes),
        *_served("w3", [_function("begin", _THOUSAND), split, *passes, join, _function("end", _END)]),
    ]


def _served(name: str, nodes: Flow) -> Flow:
    """The nodes in a row between a request and its answer."""
    row = [_node("http in", url=f"/{name}", method="get"), *nodes, _node("http response", statusCode="200")]
    for k, node in enumerate(row):
        node["id"] = f"{name}{k}"
        node["wires"] = [[f"{name}{k + 1}"]] if k + 1 < len(row) else []
    return row


def _node(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "z": "tab", "name": "", **properties}


def _function(name: str, code: str) -> dict[str, Any]:
    return _node("function", func=code, outputs=1, libs=[]) | {"name": name}


def _install() -> None:
    if PROGRAM.is_file():
        return
    command = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=PEERS, capture_output=True, text=True)
    except FileNotFoundError:
        raise RuntimeError("npm is missing: install Node.js 18.5 or newer, or leave out --peers.") from None
    if done.returncode:
        raise RuntimeError(f"Node-RED could not be installed: {done.stderr.strip()[-500:]}")

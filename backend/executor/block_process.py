"""A process that runs blocks: reads requests on stdin, writes what they yield on stdout.

Both ways a message is a big-endian length of four bytes and as many bytes of JSON. A request is
`{"block": "module:Class", "input": {…}, "keywords": {…}}`; answers are `["y", pin, value]` for each
yield, then `["f"]` or `["x", code, message]`. Run as `python -m backend.executor.block_process`.
"""

from __future__ import annotations

import importlib
import os
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import orjson

from backend.data.block import Block, BlockData
from backend.executor.values import hold, raw_json
from backend.util.errors import BlockError

_LENGTH = struct.Struct(">I")


def write_frame(stream: BinaryIO, message: Any) -> None:
    raw = orjson.dumps(message)
    stream.write(_LENGTH.pack(len(raw)) + raw)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """The next message, None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    return orjson.loads(stream.read(length))


def load_block(path: str) -> Block:
    """The block that `module:Class` names."""
    module, _, name = path.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return cast("type[Block]", found)()


def main() -> None:
    """Serve until stdin ends. What blocks print goes to stderr, not between the messages."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    blocks: dict[str, Block] = {}
    while (request := read_frame(requests)) is not None:
        try:
            block = blocks.get(request["block"]) or load_block(request["block"])
            blocks[request["block"]] = block
            data = block.input_model(request["input"]).model_validate(request["input"])
            for pin, value in cast("Iterator[BlockData]", block.run(data, **request["keywords"])):
                write_frame(answers, ["y", pin, orjson.Fragment(raw_json(hold(value)))])
            write_frame(answers, ["f"])
        except BlockError as error:
            write_frame(answers, ["x", error.code, str(error)])
        except Exception as error:  # whatever a block raises is its failure, told to the parent
            write_frame(answers, ["x", "block_failed", f"{type(error).__name__}: {error}"])


if __name__ == "__main__":
    main()

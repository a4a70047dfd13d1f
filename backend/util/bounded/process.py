"""The process that works within limits; started by `pool`, without environment or working folder.

A bomb that uses up the memory may end the process (minijinja aborts), and nothing can be answered then.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # isolated, so that only this file's place says where we are
    sys.path.append(str(Path(__file__).resolve().parents[3]))

from backend.util.bounded.protocol import MEMORY_BYTES, Exceeded, Refused, read_frame, write_frame

_JOBS = "backend.util.bounded.jobs"


def answer(job: str, request: Any) -> dict[str, Any]:
    """What the job says to one request; never raises for what is in the request."""
    try:
        return {"ok": import_module(f"{_JOBS}.{job}").answer(request)}
    except Refused as error:
        return {"error": str(error)}
    except Exceeded as error:
        return {"limit": error.limit}
    except (MemoryError, RecursionError):
        return {"limit": "memory"}
    except Exception as error:  # a bug of ours is told as one, and not as a limit
        return {"bug": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Answer until the other side closes; the alarm ends work whose starter is gone."""
    _limit_myself()
    write_frame(sys.stdout.buffer, b"ready")
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        asked = json.loads(frame)
        if "request" not in asked:
            import_module(f"{_JOBS}.{asked['job']}")
            write_frame(sys.stdout.buffer, b"ready")
            continue
        signal.setitimer(signal.ITIMER_REAL, asked["timeout_s"] + 1)
        reply = answer(asked["job"], asked["request"])
        try:
            body = json.dumps(reply).encode()
        except (MemoryError, RecursionError):
            body = b'{"limit": "memory"}'
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(sys.stdout.buffer, body)


def _limit_myself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


if __name__ == "__main__":
    main()

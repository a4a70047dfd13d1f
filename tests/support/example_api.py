"""The Example API as a process of its own, as whoever tries the tutorial runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.command_line import ROOT

API_KEY = "ex_key_of_a_test"


@dataclass(frozen=True, slots=True)
class ExampleApi:
    """Where it answers, and somebody who has its key."""

    origin: str
    client: httpx.Client

    def post(self, path: str, body: Any) -> Any:
        """Post JSON, and the JSON of the answer."""
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()


@contextmanager
def example_api() -> Generator[ExampleApi]:
    """`python examples/example_api.py` until the block is left."""
    command = [sys.executable, "examples/example_api.py", "--port", "0", "--api-key", API_KEY]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as popen:
        assert popen.stdout is not None
        said = popen.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found is not None, said
        headers = {"authorization": f"Bearer {API_KEY}"}
        try:
            with httpx.Client(base_url=found[0], headers=headers, timeout=60, trust_env=False) as client:
                yield ExampleApi(found[0], client)
        finally:
            popen.kill()

"""What the guarded client passes around: a hop to send, what came back, and the response a block sees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.util.charset import decoded
from backend.util.errors import ProviderError
from backend.util.url_target import Target


class Headers(Mapping[str, str]):
    """Header values by name, whatever its case. A name that came twice has its values joined by a comma."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), []).append(value)

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._values[name.lower()])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def get_list(self, name: str) -> list[str]:
        """Each value on its own, in order: Set-Cookie cannot be joined."""
        return list(self._values.get(name.lower(), ()))

    def __repr__(self) -> str:
        return f"Headers({sorted(self._values)})"


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the wire. `credentials` are the headers that a redirect elsewhere leaves behind."""

    method: str
    target: Target
    headers: Mapping[str, str] = field(repr=False)
    credentials: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Send:
    """Asks the face to wait `pause_s` and to send `hop` to `wire`, by `deadline` (time.monotonic, seconds)."""

    hop: Hop
    wire: Target
    deadline: float
    max_bytes: int
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, decompressed."""

    status: int
    headers: Headers
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lost:
    """No whole answer came; `reason` completes "host …"."""

    reason: str


@dataclass(frozen=True, slots=True)
class Response:
    """What a block gets. `url` is where the last redirect led; `elapsed_s` covers retries and redirects."""

    status: int
    headers: Headers
    content: bytes = field(repr=False)
    url: str = field(repr=False)
    elapsed_s: float

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def status_code(self) -> int:
        return self.status

    @property
    def text(self) -> str:
        """The content in the charset the server names, else UTF-8; what cannot be read becomes U+FFFD."""
        return decoded(self.content, self.headers.get("content-type", ""))

    def json(self) -> Any:
        """The content as JSON. Raises ProviderError when it is something else."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            kind = self.headers.get("content-type", "no content type")
            raise ProviderError(
                f"{self.url.partition('?')[0]} did not answer with JSON ({kind}, status {self.status}). "
                "Check that this is the address of the API and not of a web page.",
                http_status=self.status,
            ) from error

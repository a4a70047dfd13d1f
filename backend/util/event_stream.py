"""Server-sent events, read from the bytes of a stream in whatever parts they come.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

from collections.abc import Iterator


class EventStream:
    """What one connection says: the name and the data of each event."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = b""
        self._data: list[bytes] = []

    def take(self, chunk: bytes) -> Iterator[tuple[str, bytes]]:
        """The events that this part of the stream completes; a name is `message` unless it is told."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            field, _, value = line.rstrip(b"\r").partition(b":")
            value = value.removeprefix(b" ")
            if field == b"data":
                self._data.append(value)
            elif field == b"event":
                self._name = value
            elif not field and not value:
                name, data, has_data = self._name or b"message", b"\n".join(self._data), bool(self._data)
                self._name, self._data = b"", []
                if has_data:
                    yield name.decode("utf-8", "replace"), data

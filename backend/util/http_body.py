"""Collects a response body under a limit that is counted after decompression, so that a bomb cannot unfold."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from backend.util.errors import ProviderError

ACCEPT_ENCODING = "gzip, deflate"
_GZIP = 31  # zlib: 15 bits of window, and 16 for the gzip wrapping
_PIECE = 65_536


class BodyCollector:
    """Feed it what arrives; it raises ProviderError before it keeps a byte over `max_bytes`.

    Only one layer of compression is undone: two would let a kilobyte become a terabyte of work.
    """

    def __init__(self, codings: Sequence[str], *, max_bytes: int, source: str) -> None:
        self._max_bytes = max_bytes
        self._source = source
        self._received = 0
        self._content = bytearray()
        self._inflater = self._inflater_for(",".join(codings).strip().lower())

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk as it came over the wire."""
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise self._too_large()
        if self._inflater is None:
            self._content += chunk
        else:
            self._inflate(self._inflater, chunk)

    def finish(self) -> bytes:
        """The whole body. Raises ProviderError when compressed data ended in the middle."""
        if self._inflater is not None and self._received and not self._inflater.at_end:
            raise self._damaged()
        return bytes(self._content)

    def _inflater_for(self, coding: str) -> _Inflater | None:
        if coding in ("", "identity"):
            return None
        if coding in ("gzip", "x-gzip", "deflate"):
            return _Inflater(is_gzip=coding != "deflate")
        raise ProviderError(
            f"{self._source} answered with the content encoding {coding[:40]!r}, which Blockyard did not ask "
            "for and cannot read. Ask the service for gzip or none."
        )

    def _inflate(self, inflater: _Inflater, chunk: bytes) -> None:
        try:
            for piece in inflater.pieces(chunk):
                if len(self._content) + len(piece) > self._max_bytes:
                    raise self._too_large()
                self._content += piece
        except zlib.error as error:
            raise self._damaged() from error

    def _too_large(self) -> ProviderError:
        return ProviderError(
            f"{self._source} sent more than {self._max_bytes / 1_048_576:.3g} MiB, the limit for one answer. "
            "Ask for less at a time: a page, a filter, a smaller file."
        )

    def _damaged(self) -> ProviderError:
        return ProviderError(f"{self._source} sent compressed data that is damaged or cut off. Try again.")


class _Inflater:
    """Undoes gzip (with several members, RFC 1952, 2.2) or deflate, at most `_PIECE` bytes at a time."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._wbits = _GZIP if is_gzip else zlib.MAX_WBITS
        self._is_gzip = is_gzip
        self._started = False
        self._zlib = zlib.decompressobj(self._wbits)

    @property
    def at_end(self) -> bool:
        return self._zlib.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What `chunk` unfolds to. Raises zlib.error for damaged data."""
        while chunk:
            if self._zlib.eof:
                self._zlib = zlib.decompressobj(self._wbits)
            yield self._decompress(chunk)
            chunk = self._zlib.unconsumed_tail or (self._zlib.unused_data if self._is_gzip else b"")

    def _decompress(self, chunk: bytes) -> bytes:
        try:
            return self._zlib.decompress(chunk, _PIECE)
        except zlib.error:
            if self._is_gzip or self._started:
                raise
            return self._without_wrapping(chunk)
        finally:
            self._started = True

    def _without_wrapping(self, chunk: bytes) -> bytes:
        """Some servers send "deflate" without the zlib header that RFC 9110, 8.4.1.2 asks for."""
        self._wbits = -zlib.MAX_WBITS
        self._zlib = zlib.decompressobj(self._wbits)
        return self._zlib.decompress(chunk, _PIECE)

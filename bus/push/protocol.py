"""uvicorn's fastest HTTP/1.1 protocol (httptools) with what it does not have itself: a deadline and a size for what is no body.

A client that sends its headers one byte at a time would otherwise hold a connection for ever, and one that never ends them, or the
trailers after a body, the process's memory.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 10.0
HEADER_BYTES = 64 * 1024
TOO_LONG = "Request headers too long."


class OneWrite:
    """A transport that sends at once what is written within one turn of the loop: uvicorn writes a head and its body apart, and
    each would be a call of the system, the dearest part of a short answer."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self.is_closing = transport.is_closing
        self.get_extra_info = transport.get_extra_info
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)

    def close(self) -> None:
        """What was written goes out first."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        parts, self._parts = self._parts, []
        if parts:
            self._transport.write(b"".join(parts))


class PunctualProtocol(HttpToolsProtocol):
    """Closes a connection whose request line and headers do not come whole within `header_seconds`, or are longer than
    `header_bytes` beside what one read of the socket brings (256 KiB at most)."""

    header_seconds = HEADER_SECONDS
    header_bytes = HEADER_BYTES

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_due: asyncio.TimerHandle | None = None
        self._advanced = False
        self._without_advance = 0
        """Bytes read since the last end of a head, piece of a body or end of a message: all that the parser can be holding."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(OneWrite(transport, self.loop))  # type: ignore[arg-type]  # what uvicorn uses of a transport
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        self._advanced = False
        super().data_received(data)
        if self._advanced:
            self._without_advance = 0
        else:
            self._without_advance += len(data)
            if self._without_advance > self.header_bytes and not self.transport.is_closing():
                self.logger.warning(TOO_LONG)
                self.send_400_response(TOO_LONG)
        if self._answering:
            self._forget()
        elif self._head_due is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._advanced = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._advanced = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._advanced = True
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_head(self) -> None:
        self._head_due = self.loop.call_later(self.header_seconds, self._too_slow)

    def _forget(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _too_slow(self) -> None:
        self._head_due = None
        if not self._answering:
            self.transport.close()

"""Calls to the outside: TLS verified, no redirect followed, no private network unless allowed, bounded in time and size (C2).

The name is resolved once and the call goes to the very address that was checked: a name that changes its mind in between changes nothing.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import httpx

from bus.settings import OutgoingHttpSettings, is_call_address


class PrivateTarget(Exception):
    """The address leads to a network that may not be called."""


class ClearTarget(Exception):
    """The address is http, and not of an allowed private network."""


class NotSent(Exception):
    """Nothing of the request left; its text is the kind of the break."""


class EndUnknown(Exception):
    """The request left, or part of it, and no answer came; its text is the kind of the break."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; a body over the limit is left unread."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


Resolve = Callable[[str, int], tuple[str, ...]]


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address of a host. Raises OSError."""
    return tuple(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class SafeHttp:
    """One call, one connection."""

    def __init__(self, settings: OutgoingHttpSettings, resolving: Resolve = resolve) -> None:
        self._settings = settings
        self._resolve = resolving

    def send(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        engage: Callable[[], None],
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """`engage` is called once connected, before the first byte of the request.

        Raises PrivateTarget, ClearTarget, NotSent, EndUnknown, and whatever `engage` raises.
        """
        if not is_call_address(url):
            raise ClearTarget
        address = httpx.URL(url)
        pinned = address.copy_with(host=self._checked(address), params=query or None)
        watch = _Watch(engage)
        extensions = {"sni_hostname": address.raw_host.decode("ascii"), "trace": watch}
        everything = {**headers, "Host": address.netloc.decode("ascii"), "Accept-Encoding": "identity", "Connection": "close"}
        limits = httpx.Timeout(self._settings.timeout_seconds)
        try:
            context = ssl.create_default_context(cafile=self._settings.ca_file)
            with (
                httpx.Client(verify=context, trust_env=False, follow_redirects=False, timeout=limits) as client,
                watch.within(self._settings.call_seconds),
                client.stream(method, pinned, content=body, headers=everything, extensions=extensions) as answer,
            ):
                said = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status_code, said, self._body(answer))
        except (httpx.TransportError, OSError) as error:
            raise (EndUnknown if watch.engaged else NotSent)(type(error).__name__) from None

    def _checked(self, address: httpx.URL) -> str:
        """The first address of the host, all of which must be allowed."""
        port = address.port or (443 if address.scheme == "https" else 80)
        try:
            found = self._resolve(address.host, port)
        except (OSError, UnicodeError) as error:
            raise NotSent(type(error).__name__) from None
        if not found:
            raise NotSent("gaierror")
        allowed = [self._is_allowed(ip_address(text.partition("%")[0])) for text in found]
        if not all(allowed):
            raise PrivateTarget
        if address.scheme != "https" and not all(self._is_listed(ip_address(text.partition("%")[0])) for text in found):
            raise ClearTarget
        return found[0]

    def _is_allowed(self, address: IPv4Address | IPv6Address) -> bool:
        public = address.is_global and not address.is_multicast and not _hides_another(address)
        return public or self._is_listed(address)

    def _is_listed(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._settings.networks())

    def _body(self, answer: httpx.Response) -> bytes:
        """Up to the limit. The status is the answer: a body that breaks takes nothing from it."""
        parts: list[bytes] = []
        size = 0
        try:
            for part in answer.iter_raw():
                size += len(part)
                if size > self._settings.max_answer_bytes:
                    return b""
                parts.append(part)
        except (httpx.TransportError, OSError):
            return b""
        return b"".join(parts)


def _hides_another(address: IPv4Address | IPv6Address) -> bool:
    """IPv6 that leads to an IPv4 one: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return False
    nat64 = address.packed[:12] == bytes.fromhex("0064ff9b0000000000000000")
    return nat64 or address.ipv4_mapped is not None or address.sixtofour is not None or address.teredo is not None


class _Watch:
    """Hears how far a call is: engages before its first byte, and cuts it when it takes too long."""

    def __init__(self, engage: Callable[[], None]) -> None:
        self._engage = engage
        self._socket: socket.socket | None = None
        self.engaged = False

    def __call__(self, name: str, info: Mapping[str, Any]) -> None:
        """Of httpcore's trace (its `trace` extension)."""
        if name.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
        elif name.endswith(".send_request_headers.started") and not self.engaged:
            self._engage()
            self.engaged = True

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

"""As much of HTTP/2 (RFC 9113) as it takes to ask, and to see how a stream ends."""

import socket
import ssl
import struct

from tests.support.proxies import NAME, tls

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEADERS, _RESET, _SETTINGS, _GOAWAY = 1, 3, 4, 7
_END_STREAM, _END_HEADERS = 1, 4


class Stream2:
    """A connection of HTTP/2 that asks one thing at a time."""

    def __init__(self, url: str) -> None:
        """Connect.

        Raises:
            ConnectionError: The other side does not speak it.
        """
        host, _, port = url.removeprefix("https://").partition(":")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = tls().check_hostname
        context.verify_mode = tls().verify_mode
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection((host, int(port)), 15)
        try:
            self._socket = context.wrap_socket(plain, server_hostname=NAME)
        except ssl.SSLError as ex:  # it has no protocol that we have
            plain.close()
            msg = "no HTTP/2"
            raise ConnectionError(msg) from ex
        self._socket.sendall(_PREFACE + _frame(_SETTINGS, 0, 0, b""))
        self._next = 1

    def get(self, path: str, *more: tuple[str, str]) -> str:
        """GET; return ``answered``, or why there was no answer.

        Args:
            path: What to ask for.
            *more: More fields, each as it is.
        """
        stream, self._next = self._next, self._next + 2
        fields = {
            ":method": "GET",
            ":scheme": "https",
            ":path": path,
            ":authority": NAME,
        }
        pairs = [*fields.items(), *more]
        block = b"".join(_literal(*pair) for pair in pairs)
        flags = _END_STREAM | _END_HEADERS
        self._socket.sendall(_frame(_HEADERS, flags, stream, block))
        answer = ""
        while True:
            head = self._read(9)
            kind, flags, of = head[3], head[4], struct.unpack(">I", head[5:])[0]
            payload = self._read(int.from_bytes(head[:3]))
            if kind == _SETTINGS and not flags:
                self._socket.sendall(_frame(_SETTINGS, 1, 0, b""))  # seen
            if kind == _GOAWAY and not answer:
                return f"connection ended with error {payload[4:8].hex()}"
            if of != stream:
                continue
            if kind == _RESET:
                return f"stream ended with error {payload.hex()}"
            if kind == _HEADERS:
                answer = "answered"
            if flags & _END_STREAM and kind in {0, _HEADERS}:
                return answer

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self._socket.recv(size - len(data))
            if not piece:
                msg = "the connection ended"
                raise ConnectionError(msg)
            data += piece
        return data


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    head = struct.pack(">IBBI", len(payload), kind, flags, stream)
    return head[1:] + payload


def _literal(name: str, value: str) -> bytes:
    """Write a field as HPACK does without a table (RFC 7541, 6.2.2)."""
    texts = (name.encode(), value.encode())
    return b"\0" + b"".join(bytes([len(text)]) + text for text in texts)

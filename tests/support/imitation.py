"""A server that answers as one of the programs does that speak Redis' protocol."""

import socket
import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress

import hiredis


@contextmanager
def imitation(
    info: str,
    *,
    unknown: Container[str] = (),
    refusal: str = "ERR unknown command '{}', with args beginning with: ",
    missing: str = "ERR wrong number of arguments for '{}' command",
) -> Iterator[int]:
    """Be such a server for a few connections; yield its port.

    Args:
        info: What it answers to ``INFO``.
        unknown: Commands that it does not know, in capitals.
        refusal: What it says to these.
        missing: What it says to others, which are sent without their arguments.
    """
    text = info.replace("\n", "\r\n").encode()

    def reply(command: str) -> bytes:
        if command == "PING":
            return b"+PONG\r\n"
        if command == "INFO":
            return b"$%d\r\n%b\r\n" % (len(text), text)
        said = refusal if command in unknown else missing
        return f"-{said.format(command.lower())}\r\n".encode()

    def answer(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                commands = hiredis.Reader(encoding="utf-8")
                while data := client.recv(4096):
                    commands.feed(data)
                    while command := commands.gets():
                        client.sendall(reply(command[0].upper()))
                client.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        threading.Thread(target=answer, args=[listener], daemon=True).start()
        yield listener.getsockname()[1]

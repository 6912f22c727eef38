"""Readers: processes of their own that call an address of a server on this machine, as browsers do.

`python -m tests.bench.load PORT CLIENTS SECONDS NETWORK PAGE…` lets so many clients call the beacon of these pages, one
after the other, every call by another reader, and prints as JSON what they had as answers.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@dataclass
class Answers:
    """What a load had as answers."""

    counted: int = 0
    in_flight: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: float = 0
    slowest: float = 0

    @property
    def rate(self) -> float:
        return self.counted / self.seconds


class Reader:
    """One connection, over which calls go one after the other."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, call: bytes) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(call)

    def status(self) -> int | None:
        """The status of the answer when all of it is there."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("hung up without an answer")
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return None
        status = int(head[9:12])
        length = 0 if status == 204 else int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return status if len(body) >= length else None


def calls(port: int, pages: Sequence[int], network: int) -> Iterator[bytes]:
    """Calls of the beacon of these pages in turn, each by a reader of another address of 10.0.0.0/8."""
    for number in range(network << 20, (network + 1) << 20):
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        yield (
            f"POST /reads/{pages[number % len(pages)]}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"User-Agent: {USER_AGENT}\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: no-cors\r\n"
            f"Accept: */*\r\nAccept-Language: fr,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nReferer: http://127.0.0.1:{port}/\r\nX-Forwarded-For: {address}\r\n"
            "Content-Length: 0\r\n\r\n"
        ).encode()


def read(port: int, clients: int, seconds: float, pages: Sequence[int], network: int) -> Answers:
    """Call for as long, or, if `seconds` is 0, once with each client."""
    answers = Answers()
    todo = calls(port, pages, network)
    readers = [Reader(port) for _ in range(clients)]
    begun = time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        for reader in readers:
            waiting.register(reader.socket, selectors.EVENT_READ, reader)
            reader.send(next(todo))
        while waiting.get_map():
            for key, _events in waiting.select():
                reader = key.data
                try:
                    status = reader.status()
                    if status is None:
                        continue
                    now = time.perf_counter()
                    answers.slowest = max(answers.slowest, now - reader.sent_at)
                    if status in (200, 204):
                        answers.counted += 1
                    else:
                        answers.errors.append(str(status))
                    if now < begun + seconds:
                        reader.send(next(todo))
                        continue
                except OSError as error:
                    answers.in_flight += 1
                    answers.errors.append(str(error))
                waiting.unregister(reader.socket)
                reader.socket.close()
    answers.seconds = time.perf_counter() - begun
    return answers


if __name__ == "__main__":
    port, clients, seconds, network, *pages = sys.argv[1:]
    answers = read(int(port), int(clients), float(seconds), [int(page) for page in pages], int(network))
    json.dump(asdict(answers), sys.stdout)

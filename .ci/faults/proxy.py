"""A TCP proxy on loopback that does to connections what networks do."""

import contextlib
import random
import socket
import struct
import threading
import time
import types


class Proxy:
    """Passes bytes to a server on the same machine until the `with` ends.

    cut is after how many bytes of answers a connection ends, at random up to it, every other one with a reset; rate is
    bytes a second of each connection and direction; delay is seconds for which each piece is held back.
    """

    def __init__(self, port: int, *, cut: int = 0, rate: float = 0, delay: float = 0) -> None:
        self.to, self.cut, self.rate, self.delay = port, cut, rate, delay
        self.random, self.cuts = random.Random(1), 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | types.TracebackType | None) -> None:
        self.listener.close()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.to))
                budget = self.random.randrange(1, self.cut) if self.cut else 0
                threading.Thread(target=self.carry, args=(client, server, 0), daemon=True).start()
                threading.Thread(target=self.carry, args=(server, client, budget), daemon=True).start()

    def carry(self, source: socket.socket, sink: socket.socket, budget: int) -> None:
        """Passes on what comes from source until it ends, or the budget is used up."""
        passed, reset = 0, False
        with contextlib.suppress(OSError):
            while piece := source.recv(256 if self.rate else 4096):
                time.sleep(self.delay + (len(piece) / self.rate if self.rate else 0))
                if budget and passed + len(piece) > budget:
                    sink.sendall(piece[: budget - passed])
                    self.cuts += 1
                    reset = self.cuts % 2 == 1
                    break
                sink.sendall(piece)
                passed += len(piece)
        for s in (source, sink):
            with contextlib.suppress(OSError):
                if reset and s is sink:  # to close with no time to linger resets, but only once nobody reads any more
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    s.shutdown(socket.SHUT_RD)
                else:
                    s.shutdown(socket.SHUT_RDWR)
            s.close()

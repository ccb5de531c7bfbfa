"""Runs `promptmill mock` and `promptmill bench` as processes of their own. Needs Linux."""

import collections.abc
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import time
import types
import typing
import urllib.request

# What no message of a program may hold: Go's words for a bug.
BUGS = ("panic:", "internal error", "fatal error:", "goroutine ", "DATA RACE", "invalid memory address")


class Answered(typing.NamedTuple):
    """What a mock says of one request."""

    id: str
    chunks: int  # that it sent
    ended: float  # seconds since 1970: when the last of them, or the header, was sent; 0 is never


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Mock:
    """A model server for as long as the `with` lasts. It keeps what it sent, also over a restart on the same port."""

    def __init__(
        self, promptmill: str, *flags: str, host: str = "127.0.0.1", inside: collections.abc.Sequence[str] = ()
    ) -> None:
        self.port = free_port()
        self.url = f"http://{host}:{self.port}"
        self.inside = inside  # the command that runs others in the server's network
        self.command = [*inside, promptmill, "mock", "--listen", f"{host}:{self.port}", "--record-sends", *flags]
        self.taken: list[Answered] = []
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        if not process.stdout.readline().startswith("http://"):
            raise SystemExit(f"{' '.join(self.command)}: did not start, exit code {process.wait()}")
        return process

    def __enter__(self) -> "Mock":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | types.TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self, after: float) -> None:
        """Kills the server and starts it again, on the same port; what it had sent is asked for before."""
        self.drain()
        self.process.kill()
        self.process.wait()
        time.sleep(after)
        self.process = self.start()

    def drain(self) -> list[Answered]:
        """Returns every request that has ended at the server so far, of this and of earlier processes."""
        url = f"{self.url}/mock/sends?reset=1"
        with contextlib.ExitStack() as stack:
            if self.inside:
                text = subprocess.run(
                    [
                        *self.inside,
                        "python3",
                        "-c",
                        f"import urllib.request as u; print(u.urlopen({url!r}).read().decode())",
                    ],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            else:
                text = stack.enter_context(urllib.request.urlopen(url)).read().decode()
        for line in text.splitlines():
            if line:
                sent = json.loads(line)
                ended = max([sent["header_ns"], *sent["sends_ns"]]) / 1e9
                self.taken.append(Answered(sent["id"], len(sent["sends_ns"]), ended))
        return self.taken


class Bench:
    """A bench under way, whose messages go to a file beside its results."""

    def __init__(
        self,
        promptmill: str,
        folder: pathlib.Path,
        *flags: str,
        before: collections.abc.Sequence[str] = (),
        env: dict[str, str] | None = None,
    ) -> None:
        self.folder, self.results = folder, folder / "results.parquet"
        self.log = folder.with_suffix(".log")  # not in the folder, which may be full
        prompts = folder.with_suffix(".txt")
        prompts.write_text("".join(f"What is {n} times {n + 7}?\n" for n in range(500)))
        self.command = [*before, promptmill, "bench", str(prompts), "-o", str(self.results), "--no-progress", *flags]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PROMPTMILL_", "OPENAI_", "HTTP", "http"))}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out, env=kept | (env or {}))

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | types.TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait(self, seconds: float) -> int:
        """Returns the exit code, minus the signal where one ended it."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"no end after {seconds} s: {self.said()}") from None

    def resident(self) -> int:
        """Returns the bytes of memory that the process has in use; 0 when it is gone."""
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) << 10
        return 0

    def descriptors(self) -> int:
        with contextlib.suppress(OSError):
            return len(os.listdir(f"/proc/{self.process.pid}/fd"))
        return 0

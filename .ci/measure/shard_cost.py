"""Measures what a load costs its clients when n shards of one machine send it, in processor time and memory.

    .ci/measure/shard_cost.py [PROMPTMILL] [RATE] [REQUESTS] [SHARDS...]

Processor time is what the kernel charged each process, starting and closing its results included; the wall clock is not used.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

BINARY = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "./promptmill").resolve())
RATE, REQUESTS = (int(arg) for arg in (sys.argv[2:4] or ("1000", "20000")))
SHARDS = [int(arg) for arg in sys.argv[4:]] or [1, 2, 4, 8]


def shard(work, target, at, index, count, requests):
    """Starts one shard."""
    command = [BINARY, "bench", str(work / "prompts.txt"), "--target", target, "--model", "mock", "--profile", "constant", "--rate", str(RATE)]
    command += ["--max-requests", str(requests), "--start-at", f"@{at}", "--shard", f"{index}/{count}", "--quiet"]
    return subprocess.Popen([*command, "--no-progress", "--output", str(work / f"shard-{count}-{index}.parquet")])


def cost(work, target, count, requests):
    """Processor seconds of all shards together, and the most memory that one had, in MiB."""
    at = int(time.time()) + 3
    cpu, memory = 0.0, 0
    for process in [shard(work, target, at, i, count, requests) for i in range(count)]:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"shard {process.args} exits with {process.returncode}"
        cpu, memory = cpu + usage.ru_utime + usage.ru_stime, max(memory, usage.ru_maxrss)
    return cpu, memory / 1024


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "prompts.txt").write_text("".join(f"number {i}\n" for i in range(1000)))
        mock = subprocess.Popen([BINARY, "mock", "--listen", "127.0.0.1:0", "--ttft", "5ms", "--itl", "1ms", "--tokens", "16"], stdout=subprocess.PIPE)
        try:
            target = mock.stdout.readline().decode().strip()
            print("| shards | processor, s | of it to start and end, s | us a request | most memory of one, MiB |")
            print("|---|---|---|---|---|")
            for count in SHARDS:
                idle, _ = cost(work, target, count, count)
                cpu, memory = cost(work, target, count, REQUESTS)
                print(f"| {count} | {cpu:.2f} | {idle:.2f} | {1e6 * (cpu - idle) / REQUESTS:.0f} | {memory:.0f} |", flush=True)
        finally:
            mock.terminate()
            mock.wait()


main()

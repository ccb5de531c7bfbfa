"""Runs the containers of examples/kubernetes as processes, as .ci/kubernetes/run says."""

import json
import logging
import os
import pathlib
import subprocess
import sys

import boto3
from moto.server import ThreadedMotoServer

BINARY, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
# What a cluster has and this machine has not, and a load that is over soon.
REQUESTS = 400
SECRET = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}


def environment(start, store, target, index=None):
    """The environment of a container: what the manifest and the Secret give, and nothing of this machine's."""
    env = start["env"] | SECRET | {"AWS_ENDPOINT_URL": store, "TMPDIR": str(WORK), "PATH": os.environ["PATH"]}
    env |= {"PROMPTMILL_TARGET": target, "PROMPTMILL_MAX_REQUESTS": str(REQUESTS)}
    if index is not None:
        env["JOB_COMPLETION_INDEX"] = str(index)
    return env


def arguments(start, index=None):
    """The arguments, with the variables that Kubernetes puts in and the folder of the volume."""
    args = [arg.replace("/prompts/", f"{WORK}/") for arg in start["args"]]
    return [arg.replace("$(JOB_COMPLETION_INDEX)", str(index)) for arg in args]


def run_bench(start, store, target):
    """Starts the pods of the Job all at once; one fails at first, for want of a key, and is started again."""
    count = start["completions"]
    assert str(count) == start["env"]["PROMPTMILL_SHARDS"], "completions and PROMPTMILL_SHARDS differ"
    first = environment(start, store, target, 1) | {"AWS_SECRET_ACCESS_KEY": ""}
    assert subprocess.run([BINARY, *arguments(start, 1)], env=first, stderr=subprocess.DEVNULL, check=False).returncode == 2
    pods = [
        subprocess.Popen([BINARY, *arguments(start, i)], env=environment(start, store, target, i), stderr=subprocess.PIPE)
        for i in range(count)
    ]
    for i, pod in enumerate(pods):
        said = pod.communicate()[1].decode()
        assert pod.returncode == 0, said
        assert f"shard {i}/{count} (of the Indexed Job)" in said, said


def main():
    starts = {start["job"]: start for start in json.loads((WORK / "starts.json").read_text())}
    (WORK / "prompts.jsonl").write_text("".join(f'{{"prompt":"number {i}","expected":"{i}"}}\n' for i in range(50)))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    store = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
    mock = subprocess.Popen([BINARY, "mock", "--listen", "127.0.0.1:0", "--ttft", "5ms", "--tokens", "8"], stdout=subprocess.PIPE)
    try:
        target = mock.stdout.readline().decode().strip()
        s3 = boto3.client("s3", endpoint_url=store, aws_access_key_id="id", aws_secret_access_key="secret", region_name="us-east-1")
        s3.create_bucket(Bucket="runs")
        run_bench(starts["promptmill-bench"], store, target)
        merge = starts["promptmill-merge"]
        subprocess.run([BINARY, *arguments(merge)], env=environment(merge, store, target), check=True, stdout=subprocess.DEVNULL)
        s3.download_file("runs", "load-1/results.parquet", str(WORK / "results.parquet"))
        report = json.loads(subprocess.check_output([BINARY, "report", str(WORK / "results.parquet"), "--json"]))
        rows = [part["rows"] for part in report["run"]["parts"]]
        assert sum(rows) == REQUESTS and len(rows) == starts["promptmill-bench"]["completions"], rows
        print(f"kubernetes: the manifests are valid; {sum(rows)} requests of {len(rows)} pods in one report, none lost")
    finally:
        mock.terminate()
        mock.wait()
        server.stop()


main()

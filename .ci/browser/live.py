"""Opens the live page of a run in Chromium while it goes, and reads its metrics with Prometheus's own parser.

usage: live.py CHROMIUM PROMPTMILL
"""

from __future__ import annotations

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from browser import PHONE, chromium, drag, quiet_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@contextlib.contextmanager
def started(command: list[str], stream: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process, and the first URL that it prints on stdout or stderr."""
    with subprocess.Popen(command, text=True, **{stream: subprocess.PIPE}) as process:
        out = getattr(process, stream)
        try:
            yield process, next(m[0] for line in out if (m := re.search(r"http://\S+", line)))
        finally:
            process.terminate()


def follows(page: Page) -> None:
    """The page shows the run, and brings itself up to date."""
    status = page.locator(".status")
    before = status.inner_text()
    assert before.startswith("concurrent 4"), before
    page.wait_for_function("(before) => document.querySelector('.status').textContent !== before", arg=before)
    page.wait_for_selector("#over-rate-title")
    assert page.locator("figure svg.chart").count() >= 6
    page.wait_for_selector("#ecdf-ttft-title")


def keeps_what_was_chosen(page: Page) -> None:
    """A sorted table stays sorted, and a figure that the reader looks at closer stays as it is."""
    head = page.locator("table.sortable thead th", has_text="Output tok/s")
    head.locator("button").click()
    before = page.locator(".status").inner_text()
    page.wait_for_function("(before) => document.querySelector('.status').textContent !== before", arg=before)
    assert head.get_attribute("aria-sort") == "descending"
    drag(page, "figure:has(#over-flight-title) svg.chart .grid", 0.3, 0.7)
    page.locator("svg.zoomed").wait_for()
    page.wait_for_function("() => document.querySelector('#link').textContent.includes('Held')")
    page.get_by_role("button", name="Whole figure").click()
    page.mouse.move(2, 2)
    page.wait_for_function("() => document.querySelector('#link').textContent === ''")


def metrics(url: str) -> None:
    with urllib.request.urlopen(url + "metrics", timeout=10) as answer:
        families = {f.name: f for f in text_string_to_metric_families(answer.read().decode())}
    sent = sum(s.value for s in families["promptmill_requests_sent"].samples)
    ended = sum(s.value for s in families["promptmill_requests"].samples)
    flight = families["promptmill_requests_in_flight"].samples[0].value
    assert 0 < ended <= sent <= ended + flight + 50, (sent, ended, flight)
    for name in ("request_latency", "ttft", "tpot", "send_lag"):
        family = families[f"promptmill_{name}_seconds"]
        assert family.type == "histogram", family
        counts = [s.value for s in family.samples if s.name.endswith("_bucket")]
        assert counts == sorted(counts) and counts[-1] > 0, (name, counts)


def ends(page: Page, run: subprocess.Popen[str]) -> None:
    """When the run is over the page says so and keeps its last figures."""
    run.terminate()
    run.wait(timeout=30)
    page.wait_for_function("() => document.querySelector('#link').textContent.includes('over')")
    assert page.locator("figure svg.chart").count() >= 6


def look(browser: Browser, run: subprocess.Popen[str], url: str) -> None:
    with quiet_page(browser, url, viewport=PHONE) as page:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    with quiet_page(browser, url) as page:
        page.goto(url)
        follows(page)
        keeps_what_was_chosen(page)
    metrics(url)
    context = browser.new_context()
    page = context.new_page()  # this one may complain: its server goes away
    page.goto(url)
    page.wait_for_selector("#over-rate-title")
    ends(page, run)
    context.close()


def main() -> None:
    browser_path, promptmill = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name, chromium(browser_path) as browser:
        prompts = pathlib.Path(name) / "prompts.txt"
        prompts.write_text("".join(f"tell me about {i}\n" for i in range(50)))
        mock = [promptmill, "mock", "--ttft", "20ms", "--itl", "2ms", "--listen", "127.0.0.1:0"]
        with started(mock, "stdout") as (_, target):
            address = "127.0.0.1:0"
            flags = f"--profile concurrent --concurrency 4 --max-seconds 120 --web {address} --metrics {address} -q"
            results = str(pathlib.Path(name) / "results.parquet")
            bench = [promptmill, "bench", str(prompts), "--target", target, *flags.split(), "-o", results]
            with started(bench, "stderr") as (run, url):
                look(browser, run, url)
    print("live: the page follows its run in Chromium, keeps what was chosen, and says when it is over; metrics parse")


if __name__ == "__main__":
    main()

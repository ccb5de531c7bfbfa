"""A Chromium whose pages must neither complain nor reach for the network."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1200, "height": 900}


@contextlib.contextmanager
def chromium(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def quiet_page(browser: Browser, home: str, **options: object) -> Iterator[Page]:
    """A page that must log nothing and request nothing outside home, an URL's beginning."""
    options.setdefault("viewport", DESK)
    context = browser.new_context(**options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(f"console {m.type}: {m.text}"))
    page.on("pageerror", lambda e: complaints.append(f"error: {e}"))
    page.on("dialog", lambda d: (complaints.append(f"dialog: {d.message}"), d.dismiss()))
    page.on("request", lambda r: None if r.url.startswith(home) else complaints.append(f"request: {r.url}"))
    yield page
    context.close()
    assert not complaints, complaints


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first
    found.scroll_into_view_if_needed()
    return found.bounding_box()


def hover(page: Page, selector: str) -> str:
    """What the tip says when the pointer is in the middle of an element."""
    b = box(page, selector)
    return tip_at(page, b["x"] + b["width"] / 2, b["y"] + b["height"] / 2)


def tip_at(page: Page, x: float, y: float) -> str:
    """What the tip says when the pointer is somewhere; a scroll that has just ended hides it once."""
    tip = page.locator("#tip")
    for attempt in range(40):
        page.mouse.move(x + attempt % 2, y)
        if tip.is_visible():
            return tip.inner_text()
        page.wait_for_timeout(50)
    return ""


def drag(page: Page, selector: str, start: float, end: float, down: float = 0.0) -> None:
    """Drags across an element from one share of its width to another, and down by a share of its height."""
    b = box(page, selector)
    y = b["y"] + b["height"] * 0.4
    page.mouse.move(b["x"] + b["width"] * start, y)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] * end, y + b["height"] * down, steps=4)
    page.mouse.up()

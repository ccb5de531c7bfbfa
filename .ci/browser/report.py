"""Opens the pages of `promptmill report --format html` in Chromium.

usage: report.py CHROMIUM PAGES [write]
"""

from __future__ import annotations

import io
import pathlib
import sys
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageFilter

from browser import DESK, PHONE, box, chromium, drag, hover, quiet_page, tip_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

SHOTS = pathlib.Path(__file__).parent / "screenshots"
CHART = "figure:has(#throughput-x-inflight-title) svg.chart"
CURVE = "figure:has(#ecdf-ttft-title) svg.chart"


def hovering(page: Page) -> None:
    tip = hover(page, f"{CHART} path.mark")
    assert "output tokens/s" in tip and "in flight" in tip, tip
    assert page.locator(f"{CHART} path.mark.on").count() == 1
    b = box(page, f"{CURVE} path.line")
    tip = tip_at(page, b["x"] + 4, b["y"] + b["height"] * 0.7)
    assert "share of requests" in tip and " %" in tip, tip
    page.mouse.move(2, 2)
    assert page.locator("#tip").is_hidden()


def zooming(page: Page) -> None:
    ticks = f"{CHART} .ticks text"
    before = page.locator(ticks).all_text_contents()
    drag(page, f"{CHART} .plot", 0.1, 0.5, 0.4)
    zoomed = page.locator(ticks).all_text_contents()
    assert zoomed != before and len(zoomed) >= 6, zoomed
    assert "zoomed" in page.locator(CHART).get_attribute("class")
    tip = hover(page, f"{CHART} path.mark >> nth=2")
    assert "concurrent 16" in tip, f"a mark is not where it is drawn: {tip}"
    drag(page, f"{CHART} .plot", 0.5, 0.8)
    page.get_by_role("button", name="Whole figure").click()
    assert page.locator(ticks).all_text_contents() == before
    assert page.get_by_role("button", name="Whole figure").count() == 0


def sorting(page: Page) -> None:
    table = page.locator("table.sortable").first
    names = lambda: table.locator("tbody th").all_inner_texts()  # noqa: E731
    column = table.locator("thead button", has_text="Output tok/s")
    column.click()
    assert names()[:2] == ["constant 16/s", "concurrent 32"], names()
    column.press("Enter")
    assert names()[0] == "concurrent 1", names()
    head = table.locator("thead th", has_text="Output tok/s")
    assert head.get_attribute("aria-sort") == "ascending"
    page.locator("table:has(caption:text('slowest')) thead button", has_text="Latency").first.click()
    slowest = page.locator("table:has(caption:text('slowest')) tbody tr").first
    assert "constant 16/s" in slowest.inner_text(), slowest.inner_text()


def selecting(page: Page) -> None:
    line = page.locator(f"{CURVE} path.line[data-of='2']")
    row = page.locator("tr[data-of='2']").first
    series = page.locator(f"{CHART} path.line.s0")
    places = series.get_attribute("d").count("L")
    page.locator(".choose label", has_text="concurrent 16").click()
    assert not line.is_visible() and not row.is_visible()
    assert series.get_attribute("d").count("L") == places - 1, "the line still runs through a hidden strategy"
    page.locator("figure:has(#ecdf-ttft-title) .legend li", has_text="concurrent 16").click()
    assert line.is_visible() and row.is_visible()
    page.locator(".choose label", has_text="concurrent 32").dblclick()
    assert page.locator(f"{CURVE} path.line:visible").count() == 1
    assert page.locator(".choose input:checked").count() == 1
    assert not series.is_visible() and not page.locator(f"{CHART} text.rule").is_visible()
    page.locator("#choose-all").click()
    assert page.locator(f"{CURVE} path.line:visible").count() == 7
    assert series.is_visible() and series.get_attribute("d").count("L") == places
    assert page.locator(f"{CHART} text.rule").is_visible()


def load_axis(page: Page) -> None:
    other = page.locator("figure:has(#throughput-x-rate-title)")
    assert not other.is_visible()
    page.locator("#axis-rate").check()
    assert other.is_visible() and not page.locator(CHART).is_visible()
    page.locator("#axis-inflight").check()


def timeline(page: Page) -> None:
    page.select_option("#timeline-choice", label="constant 16/s")
    assert page.locator("#timeline path.err").get_attribute("d"), "no failed request is drawn"
    texts = lambda: page.locator("#timeline text").all_text_contents()  # noqa: E731
    whole = texts()
    drag(page, "#timeline svg", 0.3, 0.5)
    assert texts() != whole
    page.locator("#timeline-reset").click()
    assert texts() == whole
    b = box(page, "#timeline svg")
    tip = tip_at(page, b["x"] + b["width"] * 0.5, b["y"] + 60)
    assert tip.startswith("Request "), tip
    tip = tip_at(page, b["x"] + b["width"] * 0.5, b["y"] + b["height"] - 60)
    assert "output tokens/s at" in tip, tip
    link = page.locator("tr[data-of='3'] a[data-request]").first
    link.click()
    assert page.locator("#timeline path.here").get_attribute("d"), "the slow request is not marked"
    assert page.locator("#timeline-choice option:checked").inner_text() == "concurrent 32"
    assert page.locator("#timeline").bounding_box()["y"] < DESK["height"], "the timeline is not in sight"


def theme(page: Page) -> None:
    ground = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")  # noqa: E731
    before = ground()
    page.locator("#theme").click()
    assert ground() != before
    page.locator("#theme").click()
    assert ground() == before


def interactions(browser: Browser, pages: pathlib.Path) -> None:
    steps: list[Callable[[Page], None]] = [hovering, zooming, sorting, selecting, load_axis, timeline, theme]
    for step in steps:
        with quiet_page(browser, "file://") as page:
            page.goto((pages / "levels.html").as_uri())
            step(page)


def every_page(browser: Browser, pages: pathlib.Path) -> None:
    """Every page fits every width, shows its figures without the script too, and prints without controls."""
    for path in sorted(pages.glob("*.html")):
        for size in (DESK, PHONE):
            with quiet_page(browser, "file://", viewport=size) as page:
                page.goto(path.as_uri())
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{path.name} is {wide} px wider than {size['width']} px"
                page.emulate_media(media="print")
                shown = page.locator("button:visible:not(th button)").all_inner_texts()
                assert not shown, f"{path.name} prints the buttons {shown}"
                assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
        with quiet_page(browser, "file://", java_script_enabled=False) as page:
            page.goto(path.as_uri())
            for drawing in page.locator("figure svg").all():
                figure = drawing.locator("xpath=ancestor::figure")
                hidden_axis = "x-rate" in (figure.get_attribute("class") or "")
                assert hidden_axis or drawing.is_visible(), f"{path.name}: a figure needs the script"


def hostile_text(browser: Browser, pages: pathlib.Path) -> None:
    with quiet_page(browser, "file://") as page:
        page.goto((pages / "hostile.html").as_uri())
        assert page.locator("script").count() == 2, "a text became a script"
        foreign = "a:not([href^='#']), img, iframe, object, embed"
        assert page.locator(foreign).count() == 0, "a text became an element"
        assert "<script>alert(1)</script>" in page.locator("h1").inner_text()
        assert "\u202e" not in page.content(), "a text can turn the direction of others"
        tip = hover(page, "svg.chart path.mark")
        assert "<script>alert(1)</script>" in tip, tip


def policy(browser: Browser, pages: pathlib.Path) -> None:
    """What a page's policy forbids must not happen even if a text had become markup."""
    context = browser.new_context()
    page = context.new_page()
    page.goto((pages / "levels.html").as_uri())
    broken = page.evaluate(
        """async () => {
          const broken = [];
          document.addEventListener("securitypolicyviolation", (e) => broken.push(e.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          const image = document.createElement("img");
          image.src = "http://127.0.0.1:9/x.png";
          const style = document.createElement("style");
          style.textContent = "body { display: none }";
          const button = document.createElement("div");
          button.setAttribute("onclick", "window.ran = true");
          document.body.append(script, image, style, button);
          button.click();
          try { await fetch("http://127.0.0.1:9/"); } catch { broken.push("fetch failed"); }
          await new Promise((done) => setTimeout(done, 100));
          return [window.ran === true, getComputedStyle(document.body).display, ...new Set(broken)];
        }"""
    )
    context.close()
    ran, display, *directives = broken
    assert not ran and display != "none", broken
    wanted = {"script-src-elem", "img-src", "style-src-elem", "script-src-attr", "connect-src", "fetch failed"}
    assert wanted <= set(directives), directives


def screenshots(browser: Browser, pages: pathlib.Path, write: bool) -> None:
    for name, size in (("light", DESK), ("dark", DESK), ("phone", PHONE)):
        scheme = "dark" if name == "dark" else "light"
        with quiet_page(browser, "file://", viewport=size, color_scheme=scheme) as page:
            page.goto((pages / "levels.html").as_uri())
            shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": size["width"], "height": 1700})
        compare(name, Image.open(io.BytesIO(shot)).convert("RGB"), write)


def compare(name: str, shot: Image.Image, write: bool) -> None:
    """Holds a screenshot against the committed one, at half its size: fonts are drawn differently here and there."""
    small = shot.resize((shot.width // 2, shot.height // 2), Image.Resampling.BOX)
    path = SHOTS / f"{name}.png"
    if write:
        SHOTS.mkdir(exist_ok=True)
        small.quantize(48, dither=Image.Dither.NONE).save(path, optimize=True)
        return
    want = Image.open(path).convert("RGB")
    assert small.size == want.size, f"{name}: {small.size} is not {want.size}"
    blur = ImageFilter.GaussianBlur(2)
    red, green, blue = ImageChops.difference(small.filter(blur), want.filter(blur)).split()
    difference = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    off = sum(difference.histogram()[24:]) / (small.width * small.height)
    if off > 0.01:
        small.save(pathlib.Path(f"/tmp/promptmill-{name}.png"))
        raise AssertionError(f"{name}: {off:.1%} of the picture differs; see /tmp/promptmill-{name}.png")


def main() -> None:
    browser_path, pages = sys.argv[1], pathlib.Path(sys.argv[2])
    with chromium(browser_path) as browser:
        interactions(browser, pages)
        every_page(browser, pages)
        hostile_text(browser, pages)
        policy(browser, pages)
        screenshots(browser, pages, write="write" in sys.argv[3:])
    count = len(list(pages.glob("*.html")))
    print(f"report: {count} pages in Chromium: interactions, hostile text, policy, print, phone, screenshots")


if __name__ == "__main__":
    main()

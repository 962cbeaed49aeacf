"""Renew the pictures of the guides: `python -m tests.guides.pictures [--data FOLDER] [--only NAME ...]`.

Starts the demo on a folder of its own, signs in as the roles in both languages, and writes static/guides/<language>/
<name>.webp. Everybody on them is made up.
"""

import argparse
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
WIDEST: Final = 1000
"""Pixels of a picture."""
STARTS: Final = 900
"""Seconds that the demo may take to be ready."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown: who looks at which address, how wide and high; `find` opens something on that page first."""

    user: str
    path: str
    wide: int = 1200
    high: int = 760
    find: Callable[[Page], None] | None = None


def _first(selector: str) -> Callable[[Page], None]:
    def find(page: Page) -> None:
        href = page.locator(selector).first.get_attribute("href")
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + str(href))

    return find


def _to(selector: str) -> Callable[[Page], None]:
    def find(page: Page) -> None:
        page.locator(selector).first.evaluate("element => element.scrollIntoView({block: 'start'})")
        page.evaluate("window.scrollBy(0, -16)")

    return find


PICTURES: Final[dict[str, Picture]] = {
    "match-review": Picture("dispatcher", "/match", find=_first("main table a[href^='/match/']")),
    "verification": Picture("officer", "/verification"),
    "score": Picture("bureau", "/scores", find=_first("main table a[href^='/scores/']")),
    "charts": Picture("lead", "/reports/charts", find=_to("section.report-part")),
    "tasks": Picture("manager1", "/tasks"),
    "ledger": Picture("officer", "/ledgers/village_visits"),
    "start": Picture("dispatcher", "/"),
    "volunteer": Picture("volunteer1", "/my-tasks", 390, 780),
}


def main() -> None:
    """Read the command line, take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="a data folder of the demo to use again; else a new one")
    parser.add_argument("--only", nargs="+", choices=sorted(PICTURES), default=sorted(PICTURES))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bangfu-pictures-") as folder:
        data = given.data or Path(folder)
        with _demo(data) as base, sync_playwright() as playwright:
            passwords = json.loads((data / "demo-accounts.json").read_text(encoding="utf-8"))["passwords"]
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for lang in ("zh", "en"):
                for name in given.only:
                    _take(browser, base, lang, name, passwords)
            browser.close()


@contextmanager
def _demo(data: Path) -> Iterator[str]:
    """A running demo; ended as its user would end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "BANGFU_DATA": str(data), "PORT": str(port), "HOST": "127.0.0.1"}
    command = [str(Path(sys.executable).parent / "bangfu"), "demo"]
    demo = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + STARTS
        while not _answers(base):
            if time.monotonic() > until or demo.poll() is not None:
                raise SystemExit("The demo does not start.")
            time.sleep(1)
        yield base
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)


def _answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/signin", timeout=5) as answer:  # noqa: S310 (loopback)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _take(browser: Browser, base: str, lang: str, name: str, passwords: dict[str, str]) -> None:
    wanted = PICTURES[name]
    context = browser.new_context(
        viewport={"width": wanted.wide, "height": wanted.high}, locale={"zh": "zh-CN", "en": "en-GB"}[lang],
        reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{base}/signin")
    page.fill("[name=username]", wanted.user)
    page.fill("[name=password]", passwords[wanted.user])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/signin" not in url)
    if (other := page.locator(f"button[name=lang][value={lang}]")).count():
        other.first.click()
        page.wait_for_load_state("networkidle")
    page.goto(base + wanted.path)
    if wanted.find is not None:
        wanted.find(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    if picture.width > WIDEST:
        picture = picture.resize((WIDEST, round(picture.height * WIDEST / picture.width)), Image.Resampling.LANCZOS)
    folder = ROOT / "static" / "guides" / lang
    folder.mkdir(parents=True, exist_ok=True)
    picture.save(folder / f"{name}.webp", quality=72, method=6)
    print(f"{lang}/{name}: {(folder / f'{name}.webp').stat().st_size // 1000} kB", flush=True)


if __name__ == "__main__":
    main()

"""A real browser for tests: whatever Chromium this machine has, or a line that says how to get one."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "no Chromium on this machine: 'apt-get install chromium' (Debian) gets one for the browser tests"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, MOBILE = (1280, 800), (390, 844)


def chromium() -> str:
    """The path of a Chromium. Skips the test, saying how to get one, when there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    return path


@asynccontextmanager
async def open_page(
    browser: Browser, size: tuple[int, int] = DESKTOP, locale: str = "it-IT", forgiven: str = ""
) -> AsyncIterator[Page]:
    """A page with a fresh profile. An error of a script, or one on the console that does not contain `forgiven`,
    fails the test when the page is closed."""
    errors: list[str] = []
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=locale, timezone_id="Europe/Rome"
    )
    try:
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        yield await context.new_page()
    finally:
        await context.close()
    assert [error for error in errors if not forgiven or forgiven not in error] == []


# One browser for all tests of a module: these run in the module's event loop, see `in_a_browser`.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A browser; the test is skipped when this machine has none."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of desktop size, in Italian."""
    async with open_page(browser) as page:
        yield page


in_a_browser = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
"""The marks of a module whose tests use `page` or `browser`: `pytestmark = in_a_browser`."""


async def photograph(page: Page, name: str) -> None:
    """A picture of the page is in the directory that BROWSER_PICTURES names, if it names one."""
    folder = os.environ.get("BROWSER_PICTURES")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"), animations="disabled")

"""The Streamlit app in a real browser: a server on a free port, a headless Chromium, and how to wait for what it shows."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds for a model to load on a busy machine


@contextmanager
def app(folder: Path, config: Path) -> Iterator[str]:
    """Run the app on `config` from `folder` and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "RAGFT_CONFIG": str(config)}
    options = [
        "--server.headless=true",
        "--server.address=127.0.0.1",
        f"--server.port={port}",
        "--server.fileWatcherType=none",
        "--browser.gatherUsageStats=false",
    ]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py"), *options]
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", server, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


@contextmanager
def chromium(downloads: Path | None = None) -> Iterator[Any]:
    """Give a headless Chromium of 1280 × 1000 that keeps files in `downloads`; skips where there is none."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("no Chromium or no chromedriver on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"):
        options.add_argument(argument)
    if downloads is not None:
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    found = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield found
    finally:
        found.quit()


def wait(browser: Any, condition: Callable[[], Any]) -> None:
    """Wait until `condition` holds; what Streamlit draws anew under our hands is looked for again."""
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    ignored = [StaleElementReferenceException, NoSuchElementException]
    WebDriverWait(browser, PATIENCE, poll_frequency=0.2, ignored_exceptions=ignored).until(lambda _: condition())


def text(browser: Any) -> str:
    """Return all that is to be read on the page."""
    return str(browser.execute_script("return document.body.innerText"))


def rests(browser: Any) -> bool:
    """Tell whether the page is drawn to its end."""
    state = browser.find_element("css selector", "[data-testid=stApp]").get_attribute("data-test-script-state")
    return bool(state == "notRunning")


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"streamlit ended: {log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"streamlit did not come up: {log.read_text(encoding='utf-8')}")

"""The chat page in a real browser with the real model: an answer that streams, passages, and Stop."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
selenium = pytest.importorskip("selenium", reason="selenium is not installed")

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds for a model to load on a busy machine


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, smollm: Path, minilm: Path) -> Iterator[str]:
    """`streamlit run` on a free loopback port; answers of up to 400 tokens, so that there is time to stop one."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "ragft.toml").write_text("[model]\nmax_new_tokens = 400\nthreads = 1\n", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    models = Path(os.environ.get("RAGFT_MODELS", "workspace/models")).absolute()
    environment = {**os.environ, "RAGFT_CONFIG": str(folder / "ragft.toml"), "RAGFT_MODELS": str(models)}
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("no Chromium or no chromedriver on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,1000"):
        options.add_argument(argument)
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


def test_an_answer_streams_with_passages_and_can_be_stopped(address: str, browser: Any) -> None:
    browser.get(address)
    _ask(browser, "How many days of notice does a customer get before a price change?")
    grown = _watch_it_grow(browser)
    assert len(grown) >= 3, grown  # at least three states were seen on the way: it streams
    _wait(browser, lambda: "tokens/s" in _text(browser))
    assert "prompt +" in _text(browser)
    assert re.search(r"\d passages", _text(browser))

    browser.find_element("css selector", "section[data-testid='stSidebar'] label:has(input[type=radio])").click()  # base, the first
    _ask(browser, "Write a very long story about a lighthouse keeper and the sea.")
    _watch_it_grow(browser, enough=3)
    browser.find_element("css selector", ".st-key-stop button").click()  # ours, not the one in Streamlit's toolbar
    _wait(browser, lambda: "stopped" in _text(browser))
    spent = int(re.findall(r"(\d+) answer tokens", _text(browser))[-1])
    assert 0 < spent < 400
    _wait(browser, lambda: not browser.find_elements("css selector", ".st-key-stop button"))  # drawn anew, without the button
    said = _answers(browser)[-1]
    time.sleep(2)
    assert _answers(browser)[-1] == said  # nothing goes on behind the page

    _ask(browser, "What is two plus two?")  # the engine is free again
    _wait(browser, lambda: len(re.findall(r"answer tokens", _text(browser))) == 3)


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"streamlit ended: {log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"streamlit did not come up: {log.read_text(encoding='utf-8')}")


def _wait(browser: Any, condition: Any) -> None:
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    wait = WebDriverWait(browser, PATIENCE, poll_frequency=0.2, ignored_exceptions=[StaleElementReferenceException])
    wait.until(lambda _: condition())


def _text(browser: Any) -> str:
    return str(browser.execute_script("return document.body.innerText"))


def _answers(browser: Any) -> list[str]:
    script = "return [...document.querySelectorAll('[data-testid=stChatMessage] [data-testid=stMarkdownContainer]')].map(e => e.innerText)"
    return [str(text) for text in browser.execute_script(script)]


def _ask(browser: Any, question: str) -> None:
    from selenium.webdriver.common.keys import Keys

    _wait(browser, lambda: browser.find_elements("css selector", "[data-testid=stChatInput] textarea"))
    box = browser.find_element("css selector", "[data-testid=stChatInput] textarea")
    box.send_keys(question, Keys.ENTER)


def _watch_it_grow(browser: Any, enough: int | None = None) -> list[str]:
    """Return the different states of the answer in the making, until it is done or `enough` were seen."""
    seen: list[str] = []
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and (enough is None or len(seen) < enough):
        making = [text for text in _answers(browser) if text.rstrip().endswith("▌") and len(text.strip()) > 1]
        if making and (not seen or making[-1] != seen[-1]):
            seen.append(making[-1])
        if seen and not making:
            break
        time.sleep(0.02)
    return seen

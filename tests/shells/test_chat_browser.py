"""The chat page in a real browser with the real model: answers that stream, alone and side by side, passages, and Stop."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.shells.browser import PATIENCE, app, chromium, rests
from tests.shells.browser import text as _text
from tests.shells.browser import wait as _wait

pytestmark = [pytest.mark.browser, pytest.mark.slow]
selenium = pytest.importorskip("selenium", reason="selenium is not installed")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, smollm: Path, minilm: Path) -> Iterator[str]:
    """The app with answers of up to 400 tokens, so that there is time to stop one."""
    folder = tmp_path_factory.mktemp("app")
    config = folder / "ragft.toml"
    config.write_text(
        '[model]\nmax_new_tokens = 400\nthreads = 1\n[retrieval]\ndocument_tokens = 700\n[systems.plain]\ncontext = "none"\n',
        encoding="utf-8",
    )
    models = Path(os.environ.get("RAGFT_MODELS", "workspace/models")).absolute()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAGFT_MODELS", str(models))
        with app(folder, config) as found:
            yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


def test_an_answer_streams_with_passages_and_can_be_stopped(address: str, browser: Any) -> None:
    browser.get(address)
    _ask(browser, "How many days of notice does a customer get before a price change?")
    grown = _watch_it_grow(browser)
    assert len(grown) >= 3, grown  # at least three states were seen on the way: it streams
    _wait(browser, lambda: "tokens/s" in _text(browser))
    assert "prompt +" in _text(browser)
    assert re.search(r"\d passages?, \d+ cited", _text(browser))

    _choose(browser, "base")
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


FOUR = ["base", "few-shot", "rag", "documents"]  # the systems that need no adapter


def test_four_systems_stream_side_by_side_and_can_be_stopped(address: str, browser: Any) -> None:
    browser.get(address)
    _choose(browser, *FOUR)
    _ask(browser, "Write a very long story about a lighthouse keeper and the sea.")
    seen: dict[str, set[str]] = {name: set() for name in FOUR}
    together = 0
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not (together >= 3 and all(seen.values())):
        making = {name: text for name, text in _cells(browser).items() if text.endswith("▌") and len(text) > 1}
        together += len([name for name, text in making.items() if text not in seen[name]]) > 1
        for name, text in making.items():
            seen[name].add(text)
        time.sleep(0.02)
    assert together >= 3, seen  # several columns grew between two looks: they stream together
    assert all(seen.values()), seen
    assert "lighthouse" in browser.find_element("css selector", "[data-testid=stChatMessage]").text
    assert len(browser.find_elements("css selector", "[data-testid=stChatMessage]")) == 1  # the question, once

    browser.find_element("css selector", ".st-key-stop button").click()
    _wait(browser, lambda: not browser.find_elements("css selector", ".st-key-stop button") and rests(browser))
    said = _cells(browser)
    assert list(said) == FOUR
    assert any("stopped" in text for text in said.values())
    for name, text in said.items():  # nothing is lost
        assert any(text.startswith(piece.removesuffix("▌").strip()[:20]) for piece in seen[name]), (seen[name], text)
    time.sleep(2)
    assert _cells(browser) == said  # nothing goes on behind the page

    tops = [box["y"] for box in _places(browser)]
    assert len(set(tops)) == 1  # side by side
    assert browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth") <= 0
    for name in ("rag", "documents"):
        assert re.search(r"\d+ passages?, \d+ cited", said[name])


def test_a_fifth_system_is_refused_and_none_is_a_hint(address: str, browser: Any) -> None:
    browser.get(address)
    _choose(browser)
    _wait(browser, lambda: "Choose at least one system" in _text(browser))
    assert browser.find_element("css selector", "[data-testid=stChatInput] textarea").get_attribute("disabled")
    _choose(browser, *FOUR)
    _box(browser, "plain").click()
    _wait(browser, lambda: "At most 4 systems" in _text(browser))
    assert [name for name in [*FOUR, "plain"] if _checked(browser, name)] == FOUR


def _answers(browser: Any) -> list[str]:
    script = "return [...document.querySelectorAll('[data-testid=stChatMessage] [data-testid=stMarkdownContainer]')].map(e => e.innerText)"
    return [str(text) for text in browser.execute_script(script)]


def _box(browser: Any, system: str) -> Any:
    return browser.find_element("css selector", f".st-key-system-{system} label")


def _checked(browser: Any, system: str) -> bool:
    return bool(browser.execute_script(f"return document.querySelector('.st-key-system-{system} input').checked"))


def _choose(browser: Any, *systems: str) -> None:
    """Let exactly `systems` be chosen, waiting after each click until the page has been drawn anew."""
    _wait(browser, lambda: _box(browser, FOUR[0]))
    for name in FOUR:
        if _checked(browser, name) != (name in systems):
            _box(browser, name).click()
            _wait(browser, lambda name=name: _checked(browser, name) == (name in systems))
            _wait(browser, lambda: not browser.find_elements("css selector", "[data-testid=stStatusWidget]"))


def _cells(browser: Any) -> dict[str, str]:
    """Return what stands under the name of each system in the last exchange."""
    script = "return [...([...document.querySelectorAll('.stGrid')].at(-1)?.children ?? [])].map(e => e.innerText)"
    found = (str(text).strip().split("\n", 1) for text in browser.execute_script(script))
    return {name: "".join(rest).strip() for name, *rest in found}


def _places(browser: Any) -> Sequence[dict[str, float]]:
    script = "return [...[...document.querySelectorAll('.stGrid')].at(-1).children].map(e => e.getBoundingClientRect().toJSON())"
    places: Sequence[dict[str, float]] = browser.execute_script(script)
    return places


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

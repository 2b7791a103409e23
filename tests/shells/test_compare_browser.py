"""The Compare page in a real browser, from the first click to the report on the disk, with the scripted engine in place of a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shells.browser import app, chromium, rests, text, wait
from tests.studies.project_files import write_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]
pytest.importorskip("selenium", reason="selenium is not installed")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    config = write_project(tmp_path)
    with app(tmp_path, config) as found:
        yield found


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "downloads").mkdir()
    with chromium(tmp_path / "downloads") as found:
        yield found


def test_a_run_is_started_watched_decided_inspected_and_downloaded(address: str, browser: Any, tmp_path: Path) -> None:
    browser.get(f"{address}/compare")
    wait(browser, lambda: "No run is finished yet" in text(browser))
    _press(browser, "Start")
    wait(browser, lambda: re.search(r"page-[\d-]+\s+running", text(browser)))

    # Nothing is clicked: the page sees by itself that the run is finished.
    wait(browser, lambda: "RAG" in _all(browser, "h3") and "Which system answers best?" in _all(browser, "h1"))
    assert "rag" in _all(browser, "h3")
    assert "What would settle it, or change it" in text(browser)
    wait(browser, lambda: browser.find_elements("css selector", "[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas"))

    _press(browser, "Every question")
    wait(browser, lambda: "6 of 6 questions" in text(browser))
    wait(browser, lambda: "Gold answer: " in text(browser))
    _press(browser, "base right, rag wrong")
    wait(browser, lambda: "0 of 6 questions" in text(browser) and "No question matches" in text(browser))
    _press(browser, "base right, rag wrong")
    wait(browser, lambda: "6 of 6 questions" in text(browser))
    first = _all(browser, "h4")
    _choose_row(browser, 3)
    wait(browser, lambda: _all(browser, "h4") not in ("", first))
    assert re.search(r"Which value has the \w+\?", _all(browser, "h4"))
    assert "abstained needlessly" in text(browser)

    _press(browser, "Downloads")
    wait(browser, lambda: _buttons(browser, "html"))
    _press(browser, "html")
    wait(browser, lambda: list((tmp_path / "downloads").glob("page-*-report.html")))
    (report,) = (tmp_path / "downloads").glob("page-*-report.html")
    assert report.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def _buttons(browser: Any, label: str) -> list[Any]:
    """Return the buttons of that label; the name of an icon stands before it."""
    return [button for button in browser.find_elements("css selector", "button") if button.text.strip().split("\n")[-1] == label]


def _press(browser: Any, label: str) -> None:
    """Press the button of that label once the page is at rest."""
    wait(browser, lambda: _buttons(browser, label) and rests(browser))
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", _buttons(browser, label)[0])
    _buttons(browser, label)[0].click()


def _all(browser: Any, tag: str) -> str:
    return " ".join(element.text for element in browser.find_elements("css selector", tag))


def _choose_row(browser: Any, row: int) -> None:
    """Tick the box before a row, from 1: the list is drawn on a canvas, so there is nothing but its place to aim at."""
    from selenium.webdriver import ActionChains

    wait(browser, lambda: rests(browser))
    canvas = browser.find_element("css selector", "[data-testid=stDataFrame] canvas")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    size, high = canvas.size, 35  # pixels of a row, the heading included
    ActionChains(browser).move_to_element_with_offset(
        canvas, 18 - size["width"] // 2, high * row + high // 2 - size["height"] // 2
    ).click().perform()

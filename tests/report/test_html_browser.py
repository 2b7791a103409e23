"""The HTML page in a real browser, opened from disk: it sorts, filters, opens a question, and asks the network for nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.report.html_page import html_page
from tests.report.sample import comparison

pytestmark = pytest.mark.browser
selenium = pytest.importorskip("selenium", reason="selenium is not installed")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html_page(comparison()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("no Chromium or no chromedriver on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"):
        options.add_argument(argument)
    found = webdriver.Chrome(options=options, service=Service(driver))
    yield found
    found.quit()


@pytest.fixture
def browser(chromium: Any, address: str) -> Any:
    """The page, freshly opened. What the browser logged before is thrown away."""
    _visit(chromium, address)
    return chromium


def _visit(browser: Any, address: str) -> None:
    """Open the page and wait until its script has run, which on a busy machine is some time after the driver calls it loaded."""
    browser.get("about:blank")  # not the page of the test before
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(address)
    _wait(browser, lambda: browser.find_elements("css selector", "html.scripted"))


def _first_column(browser: Any, table: str) -> list[str]:
    script = f"return [...document.querySelectorAll('#{table} tbody th')].map(cell => cell.textContent.trim())"
    return [str(text) for text in browser.execute_script(script)]


def _listed(browser: Any) -> list[str]:
    """Return the questions that are listed, after drawing all of them."""
    while (more := browser.find_element("id", "question-more")).is_displayed():
        more.click()
    script = "return [...document.querySelectorAll('#question-list .question')].map(cell => cell.textContent)"
    return [str(text) for text in browser.execute_script(script)]


def _wait(browser: Any, done: Callable[[], object]) -> None:
    """Wait for what the page does some time after a click: it opens a question and empties its filters in an event of their own."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 30).until(lambda _: done())


def _open(browser: Any, number: int = 0) -> Any:
    """Open a listed question and give it, with its content drawn."""
    item = browser.find_elements("css selector", "#question-list details.example")[number]
    item.find_element("css selector", "summary").click()
    _wait(browser, lambda: item.find_elements("css selector", ":scope > :not(summary)"))
    return item


def _choose(browser: Any, name: str, label: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(browser.find_element("id", f"filter-{name}")).select_by_visible_text(label)


def _mark(system: str) -> dict[str, float | None]:
    return {row.text: output.correct for row in comparison().questions for output in row.outputs if output.system == system}


def test_a_table_sorts_by_a_click_and_by_the_keyboard_and_says_so(browser: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    before = _first_column(browser, "scores")
    header = browser.find_elements("css selector", "#scores thead th")[1]
    header.find_element("css selector", "button").click()
    assert header.get_attribute("aria-sort") == "descending"
    assert _first_column(browser, "scores") == ["rag+finetuned", "rag", "finetuned", "few-shot", "base"]  # 43, 25, 20 of 59, 4, 2 right
    header.find_element("css selector", "button").send_keys(Keys.ENTER)
    assert header.get_attribute("aria-sort") == "ascending"
    assert _first_column(browser, "scores") == ["base", "few-shot", "finetuned", "rag", "rag+finetuned"]
    header.find_element("css selector", "button").send_keys(Keys.SPACE)
    assert header.get_attribute("aria-sort") is None
    assert _first_column(browser, "scores") == before


def test_questions_that_one_system_has_right_and_another_wrong(browser: Any) -> None:
    rag, finetuned = _mark("rag"), _mark("finetuned")
    wanted = [text for text in rag if rag[text] == 1 and finetuned[text] == 0]
    assert 0 < len(wanted) < 60
    for name, label in {"system-a": "rag", "state-a": "correct", "system-b": "finetuned", "state-b": "incorrect"}.items():
        _choose(browser, name, label)
    assert _listed(browser) == wanted
    assert browser.find_element("id", "question-count").text == f"{len(wanted)} of 60 questions"
    button = next(one for one in browser.find_elements("css selector", "[data-preset]") if one.text == "rag right, finetuned wrong")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()  # the same filter, off again
    assert len(_listed(browser)) == 60
    button.click()
    assert _listed(browser) == wanted


def test_an_outcome_without_a_system_is_that_of_any_of_them(browser: Any) -> None:
    asked = comparison().questions
    _choose(browser, "state-a", "incorrect")
    wanted = [row.text for row in asked if any(output.correct == 0 for output in row.outputs)]
    assert _listed(browser) == wanted
    _choose(browser, "state-a", "error")
    assert _listed(browser) == [asked[1].text]  # sample.py: finetuned ran out of memory


def test_a_preset_that_is_switched_off_leaves_no_filter_behind(browser: Any) -> None:
    button = browser.find_elements("css selector", "[data-preset]")[0]
    button.click()
    button.click()
    _choose(browser, "system-a", "base")
    assert len(_listed(browser)) == 60


@pytest.mark.parametrize(
    ("text", "shown", "linked", "struck"),
    [
        ("Two [1, 2; 4] and three [1–3].", 4, ["1", "2", "4", "1", "3"], []),
        ("In [2020] one [1] and nine [2-9].", 4, ["1", "2"], ["9"]),
        ("None was shown [1].", 0, [], ["1"]),
        ("No number: [a], [], [1.5], [100].", 4, [], []),
    ],
)
def test_citations_are_those_that_the_chatbot_reads(
    chromium: Any, tmp_path: Path, text: str, shown: int, linked: list[str], struck: list[str]
) -> None:
    one = comparison()
    row = one.questions[0]
    output = replace(row.outputs[2], text=text, passages=tuple(list(one.passages)[:shown]))
    file = tmp_path / "report.html"
    file.write_text(html_page(replace(one, questions=(replace(row, outputs=(output,)),))), encoding="utf-8")
    _visit(chromium, file.as_uri())
    _open(chromium)
    found = {tag: [one.text for one in chromium.find_elements("css selector", f"#question-list {tag}.cite")] for tag in ("button", "del")}
    assert found == {"button": linked, "del": struck}


def test_search_kind_language_tag_and_cause_narrow_the_list_together(browser: Any) -> None:
    asked = comparison().questions
    browser.find_element("id", "filter-search").send_keys("secheur")  # without its accent
    assert _listed(browser) == [row.text for row in asked if "sécheur" in row.text]
    _choose(browser, "kind", "unanswerable")
    assert browser.find_element("id", "question-count").text.startswith("No question")
    browser.find_element("css selector", "button[type=reset]").click()
    _wait(browser, lambda: len(_listed(browser)) == 60)
    _choose(browser, "language", "French")
    _choose(browser, "tag", "safety")
    _choose(browser, "cause", "hallucinated")
    _choose(browser, "cause-system", "rag")
    wanted = [row.text for row in asked if row.language == "fr" and "safety" in row.tags and row.outputs[2].cause == "hallucinated"]
    assert wanted
    assert _listed(browser) == wanted


def test_an_opened_question_shows_gold_answers_causes_and_lights_the_cited_passage(browser: Any) -> None:
    row = comparison().questions[1]  # finetuned failed on it; rag is right and cites its first passage
    item = _open(browser, 1)
    shown = item.text
    for said in (row.text, row.answers[0], row.evidence[0], "the engine ran out of memory", "hallucinated", "2 of 4 correct"):
        assert said in shown
    assert [box.text for box in item.find_elements("css selector", ".outputs dt")][2].startswith("rag")
    passages = item.find_elements("css selector", ".passages li")
    assert len(passages) == 4  # each once, though two systems were shown them
    item.find_elements("css selector", "button.cite")[0].click()
    lit = item.find_elements("css selector", ".passages li.lit")
    assert len(lit) == 1
    assert lit[0].is_displayed()
    assert comparison().passages[row.outputs[2].passages[0]].text.strip() in lit[0].text
    wrong = comparison().questions[7]  # cites [9], and was shown four passages
    browser.find_element("id", "filter-search").send_keys(wrong.question_id)
    _open(browser)
    assert [one.text for one in browser.find_elements("css selector", "#question-list del.cite")] == ["9", "9"]


def test_it_logs_no_error_and_asks_the_network_for_nothing(browser: Any, address: str) -> None:
    _open(browser)
    browser.find_elements("css selector", "#contrasts thead button")[1].click()
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"}
    assert asked == {address}


def test_a_phone_scrolls_down_and_never_sideways(browser: Any) -> None:
    size = {"width": 400, "height": 850, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth") <= 0
        shown = browser.execute_script("return getComputedStyle(document.querySelector('.chart.narrow')).display")
        assert shown == "block"
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

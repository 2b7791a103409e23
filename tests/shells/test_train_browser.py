"""The Train page in a real browser, from the bill to the adapter: a tiny random model is really trained, stopped, and taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shells.jobs import Jobs
from tests.finetune.tiny import build_model
from tests.shells.browser import app, chromium, rests, text, wait
from tests.shells.test_compare_browser import _buttons as buttons
from tests.studies.project_files import write_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]
pytest.importorskip("selenium", reason="selenium is not installed")

_SETTINGS = """[finetune]
recipe = "qa"
epochs = 400
learning_rate = 0.01
checkpoint_seconds = 0
validation = 1
alarms = false
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    config = write_project(tmp_path, extra=_SETTINGS)
    written = config.read_text(encoding="utf-8").replace('engine = "scripted"', 'engine = "transformers"')
    config.write_text(written.replace(str(tmp_path / "rules.json"), str(build_model(tmp_path / "tiny"))), encoding="utf-8")
    with app(tmp_path, config) as found:
        yield found


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "downloads").mkdir()
    with chromium(tmp_path / "downloads") as found:
        yield found


def press(browser: Any, label: str) -> None:
    """Press the button of that label, looked for again when the page is drawn anew in between, as it is every two seconds."""

    def pressed() -> bool:
        for button in buttons(browser, label)[:1]:
            browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()
            return True
        return False

    wait(browser, pressed)


def test_a_training_is_billed_started_watched_stopped_resumed_and_taken_along(address: str, browser: Any, tmp_path: Path) -> None:
    browser.get(f"{address}/train")
    wait(browser, lambda: "ragft train main --config" in text(browser))
    press(browser, "What will it take?")
    wait(browser, lambda: "fits into memory" in text(browser) and "fits on the disk" in text(browser))
    press(browser, "Start training")

    # Nothing is clicked: figures and curves come by themselves.
    wait(browser, lambda: "of training" in text(browser) and "Learning rate" in text(browser))
    wait(
        browser,
        lambda: len(browser.find_elements("css selector", "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")) > 3,
    )
    press(browser, "Stop")
    wait(browser, lambda: "It was stopped." in text(browser) and buttons(browser, "Resume"))
    (stopped,) = Jobs(tmp_path / "workspace").all()
    assert (tmp_path / "workspace" / "adapters" / ".main.training" / "curve.jsonl").stat().st_size > 0
    assert Jobs(tmp_path / "workspace").state(stopped) == "interrupted"

    press(browser, "Resume")
    wait(browser, lambda: "Adapters (1)" in text(browser))
    wait(browser, lambda: rests(browser))
    if "end check" not in text(browser):  # it is shown by itself, unless the tiny model failed its end check
        press(browser, "Adapters (1)")
    wait(browser, lambda: "training questions came back right" in text(browser))
    press(browser, "Download")
    wait(browser, lambda: list((tmp_path / "downloads").glob("main.zip")))

"""The Compare page through Streamlit's own AppTest: real runs of the scripted engine, real jobs, real reports."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

pytest.importorskip("streamlit", reason="the app extra is not installed")

from streamlit.testing.v1 import AppTest

from eval.comparison import Comparison
from eval.report.json_page import json_page, read_comparison
from eval.report.rendering import FORMATS
from eval.report.view import build_view
from shells.jobs import Jobs
from shells.pages.markup import disarmed
from studies.comparing import run_comparison
from studies.project import Project
from studies.reporting import write_reports
from tests.report.sample import comparison
from tests.studies.project_files import write_project

PARTS = ("scores", "contrasts", "slices", "why", "questions", "take")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one finished run, "first": base and few-shot know nothing, rag everything."""
    root = tmp_path_factory.mktemp("made")
    project = Project.open(write_project(root))
    write_reports(run_comparison(project, project.eval_config.systems, run="first", say=lambda _: None, progress=False))
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that project, which the page opens."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return opened_by(tmp_path, monkeypatch)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without runs, which the page opens."""
    write_project(tmp_path)
    return opened_by(tmp_path, monkeypatch)


def opened_by(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAGFT_CONFIG", str(root / "ragft.toml"))
    monkeypatch.delenv("RAGFT_WORKSPACE", raising=False)
    return root


def _page() -> None:
    from shells.pages import compare

    compare.page()


def opened(part: str = "scores", **state: Any) -> AppTest:
    app = AppTest.from_function(_page, default_timeout=120)
    for key, value in {"part": part, **state}.items():
        app.session_state[key] = value
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    assert not app.exception, [exception.value for exception in app.exception]
    return app


def invented(root: Path, found: Comparison, run: str = "invented") -> Path:
    """Write a comparison as the latest run of the project."""
    folder = root / "workspace" / "runs" / run
    folder.mkdir(parents=True)
    (folder / "comparison.json").write_text(json_page(found), encoding="utf-8")
    return folder


def told(app: AppTest) -> str:
    """Return all that is written on the page, as it reads."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error, app.code)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def button(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def wait(until: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            pytest.fail("it did not come about in time")
        time.sleep(0.1)


def test_without_runs_the_page_says_how_to_make_one_and_which_systems_cannot_be_asked(fresh: Path) -> None:
    app = opened()
    assert "No run is finished yet" in app.info[0].value
    assert app.sidebar.button_group(key="systems").options == ["base", "few-shot", "rag", "gold", "documents"]
    assert app.sidebar.button_group(key="systems").value == ["base", "few-shot", "rag"]  # those of [eval]
    assert "ragft train main" in app.sidebar.caption[0].value.replace("\\", "")


def test_a_typo_in_the_configuration_is_an_error_that_names_the_key(fresh: Path) -> None:
    with open(fresh / "ragft.toml", "a", encoding="utf-8") as file:
        file.write("marginn = 0.1\n")
    app = opened()
    assert "marginn" in app.error[0].value and "margin" in app.error[0].value.replace("marginn", "")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_decision_is_the_report_s_own_in_its_language(root: Path, language: str) -> None:
    app = opened(language=language)
    view = build_view(read_comparison(root / "workspace" / "runs" / "first" / "comparison.json"), language)
    assert app.subheader[0].value == disarmed(view.verdict)
    assert view.title in app.title[0].value
    said = told(app)
    for sentence in (*view.stands_on.items, *view.settle.items, *view.care.items):
        assert sentence in said
    assert any(view.badge in element.value for element in app.markdown)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_every_run_is_drawn_in_both_languages(root: Path, part: str, language: str) -> None:
    invented(root, comparison())
    app = opened(part, language=language)
    assert app.selectbox(key="run").value == "invented"  # the latest
    charts = {"scores": 2, "contrasts": 1, "slices": 1, "why": 3}
    drawn = app.get("vega_lite_chart")
    assert len(drawn) == charts.get(part, 0)
    assert all(chart.proto.alt for chart in drawn)  # said for those who cannot see it
    sound(app.selectbox(key="run").set_value("first").run())


def test_questions_are_filtered_and_one_is_shown_with_all_its_answers(root: Path) -> None:
    app = opened("questions")
    assert "6 of 6 questions" in told(app)
    table = app.dataframe[0].value
    assert table["of rag"].tolist() == ["✓"] * 6
    assert set(table["of base"]) == {"○"}  # "I don't know." is an abstention
    sound(app.text_input(key="filter text").set_value("BRIDGE").run())
    assert "1 of 6 questions" in told(app)
    said = told(app)
    assert "Which value has the bridge?" in said
    assert "Gold answer: 42 km" in said
    assert "42 km :blue-badge[1]" in said
    assert "abstained needlessly" in said  # base's cause, in words
    assert "The documents answer the question; the system, which sees no passages, abstained." in said
    assert ":yellow-background[The bridge has a value of 42 km.]" in said  # the evidence, in the passage
    sound(app.selectbox(key="filter outcome rag").set_value("wrong").run())
    assert "No question matches" in app.info[0].value
    assert "0 of 6 questions :blue-badge[:material/filter_list: 1]" in told(app)
    sound(app.button(key="reset").click().run())
    assert "6 of 6 questions" in told(app)
    assert app.text_input(key="filter text").value == "" and app.selectbox(key="filter outcome rag").value is None
    assert "Reset" not in [button.label for button in app.button]


def test_the_pair_asked_for_most_shows_where_retrieval_is_right_and_training_wrong(root: Path) -> None:
    found = comparison()
    invented(root, found)
    app = opened("questions")
    pair = next(group for group in app.button_group if str(group.key).startswith("filter pair"))
    assert pair.options[0] == "rag right, finetuned wrong"
    sound(pair.set_value(0).run())
    outputs = [{output.system: output.correct for output in question.outputs} for question in found.questions]
    expected = sum(by["rag"] == 1 and by["finetuned"] == 0 for by in outputs)
    assert 0 < expected < len(found.questions)
    assert f"{expected} of {len(found.questions)} questions" in told(app)
    table = app.dataframe[0].value
    assert set(table["of rag"]) == {"✓"} and not set(table["of finetuned"]) & {"✓"}


def test_a_chosen_row_opens_its_question_and_another_list_begins_at_its_first(root: Path) -> None:
    app = opened("questions")
    app.session_state[app.dataframe[0].key] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    sound(app.run())
    third = app.dataframe[0].value["question"][2]
    assert f"#### {third}" in told(app)
    sound(app.text_input(key="filter text").set_value("tower").run())
    assert "#### Which value has the tower?" in told(app)


def test_what_a_bot_wrote_is_shown_and_not_obeyed(root: Path) -> None:
    found = comparison()
    hostile = "![x](http://evil.example/x.png) <script>alert(1)</script> [1]"
    first = found.questions[0]
    outputs = (replace(first.outputs[0], text=hostile, error=None, missing=False), *first.outputs[1:])
    changed = replace(first, text="# A [link](http://evil.example)", outputs=outputs)
    invented(root, replace(found, questions=(changed, *found.questions[1:])))
    app = opened("questions")
    written = "\n".join(element.value for element in app.markdown)
    assert "evil" in written
    assert "](http" not in written and "<script>" not in written and "#### # A" not in written


def test_every_format_is_offered(root: Path) -> None:
    app = opened("take")
    assert [download.label for download in app.get("download_button")] == list(FORMATS)
    assert "ragft report first --format all" in told(app)


def test_a_run_without_contrasts_says_so(root: Path) -> None:
    project = Project.open(root / "ragft.toml")
    write_reports(run_comparison(project, ["rag"], run="alone", say=lambda _: None, progress=False))
    app = opened("contrasts")
    assert "declares no contrast" in told(app)
    for part in PARTS:
        opened(part)


def test_a_broken_comparison_or_one_of_another_schema_is_scored_again(root: Path) -> None:
    file = root / "workspace" / "runs" / "first" / "comparison.json"
    whole = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**whole, "schema": 99}), encoding="utf-8")
    assert "schema number 99" in opened().warning[0].value
    file.write_text('{"schema": 1, "run_id"', encoding="utf-8")
    app = opened()
    assert "not valid JSON" in app.warning[0].value
    sound(button(app, "Score this run again").click().run())
    jobs = Jobs(root / "workspace")
    wait(lambda: jobs.state(jobs.all()[0]) != "running")
    assert jobs.state(jobs.all()[0]) == "finished", jobs.log(jobs.all()[0], 50)
    sound(app.run())
    assert not app.warning
    assert read_comparison(file).run_id == whole["run_id"]


def test_a_run_is_started_watched_and_looked_at(root: Path) -> None:
    app = opened()
    app.sidebar.button_group(key="systems").set_value(["base", "rag"])
    app.sidebar.number_input[0].set_value(4)
    app.sidebar.text_input(key="name 0").set_value(" second ")
    sound(button(app, "Start").click().run())
    jobs = Jobs(root / "workspace")
    (job,) = jobs.all()
    assert job.about == {"run": "second"}
    assert job.arguments[:3] == ("compare", "--run", "second")
    assert "second** :blue-badge[running]" in told(app)
    wait(lambda: jobs.state(job) != "running")
    assert jobs.state(job) == "finished", jobs.log(job, 50)
    sound(app.run())
    assert app.selectbox(key="run").value == "second"  # what has just come is shown
    found = read_comparison(root / "workspace" / "runs" / "second" / "comparison.json")
    assert [result.system for result in found.systems] == ["base", "rag"]
    assert len(found.questions) == 4
    assert app.subheader[0].value == disarmed(build_view(found).verdict)


@pytest.mark.parametrize("name", ["../x", "/tmp/x", ""])
def test_a_path_does_not_name_a_run(fresh: Path, name: str) -> None:
    app = opened()
    app.sidebar.text_input(key="name 0").set_value(name)
    sound(button(app, "Start").click().run())
    assert "cannot name a run" in app.error[0].value
    assert Jobs(fresh / "workspace").all() == ()


def test_nothing_is_started_without_a_system_or_twice_under_one_name(fresh: Path) -> None:
    jobs = Jobs(fresh / "workspace")
    (fresh / "kb" / "kb.toml").unlink()
    os.mkfifo(fresh / "kb" / "kb.toml")  # whoever reads it waits
    running = jobs.start("compare", ["compare", "-c", str(fresh / "ragft.toml")], about={"run": "one"})
    try:
        app = opened()
        assert "one** :blue-badge[running]" in told(app)
        app.sidebar.text_input(key="name 0").set_value("one")
        sound(button(app, "Start").click().run())
        assert "is running already" in app.warning[0].value
        app.sidebar.text_input(key="name 0").set_value("two")
        app.sidebar.button_group(key="systems").set_value([])
        sound(button(app, "Start").click().run())
        assert "Choose at least one system" in app.warning[0].value
        assert jobs.all() == (running,)
        sound(button(app, "Stop").click().run())
        wait(lambda: jobs.state(running) != "running")
        assert "one** :orange-badge[stopped]" in told(sound(app.run()))
    finally:
        jobs.cancel(running)


def test_a_run_that_was_told_to_stop_cannot_be_told_again(fresh: Path) -> None:
    jobs = Jobs(fresh / "workspace")
    (fresh / "kb" / "kb.toml").unlink()
    os.mkfifo(fresh / "kb" / "kb.toml")  # whoever reads it waits
    job = jobs.start("compare", ["compare", "-c", str(fresh / "ragft.toml")], about={"run": "one"})
    asked = jobs.folder / job.id / "stopped"
    try:
        wait(lambda: bool(psutil.Process(job.pid).children()))  # the command is under way
        asked.touch()  # as if it was still at its last answers
        app = opened()
        assert button(app, "Stopping").disabled
    finally:
        asked.unlink(missing_ok=True)
        jobs.cancel(job)
    wait(lambda: jobs.state(job) != "running")


def test_a_job_that_failed_or_was_killed_tells_what_it_printed_and_goes_on_or_is_forgotten(fresh: Path) -> None:
    jobs = Jobs(fresh / "workspace")
    failed = jobs.start("compare", ["compare", "-c", str(fresh / "ragft.toml"), "--set", "eval.nonsense=1"], about={"run": "bad"})
    wait(lambda: jobs.state(failed) == "failed")
    command = ["compare", "-c", str(fresh / "ragft.toml"), "--run", "gone", "-s", "base"]
    killed = jobs.start("compare", command, about={"run": "gone"})
    os.killpg(killed.pid, signal.SIGKILL)
    wait(lambda: jobs.state(killed) == "lost")
    app = opened()
    said = told(app)
    assert "bad** :red-badge[failed]" in said and "nonsense" in said
    assert "gone** :red-badge[gone]" in said and "without a word" in said
    sound(app.button(key=f"away {failed.id}").click().run())
    assert "bad**" not in told(app) and jobs.all() == (killed,)
    sound(app.button(key=f"again {killed.id}").click().run())
    again = jobs.all()[0]
    assert again.arguments == killed.arguments and again.id != killed.id
    wait(lambda: jobs.state(again) != "running")
    assert jobs.state(again) == "finished", jobs.log(again, 50)
    assert app.session_state["watched"] == ["gone"]
    assert sound(app.run()).selectbox(key="run").value == "gone"
    assert "not finished" not in "".join(expander.label for expander in app.expander)

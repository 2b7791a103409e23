"""The Train page through Streamlit's own AppTest: real jobs, real folders; what `ragft train` writes comes from the tests of training."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

pytest.importorskip("streamlit", reason="the app extra is not installed")

from filelock import FileLock
from streamlit.testing.v1 import AppTest

from finetune.model import Alarm
from foundation.files import write_json
from foundation.jsonable import to_json
from shells.adapter_files import packed
from shells.jobs import Job, Jobs
from studies.project import Project
from tests.finetune.manifests import STEPS, manifest
from tests.shells.test_compare_page import button, opened_by, sound, told, wait
from tests.shells.test_training_state import write_training
from tests.studies.project_files import write_project


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_project(tmp_path)
    return opened_by(tmp_path, monkeypatch)


def _page() -> None:
    from shells.pages import train

    train.page()


def opened(**state: Any) -> AppTest:
    app = AppTest.from_function(_page, default_timeout=120)
    for key, value in state.items():
        app.session_state[key] = value
    return sound(app.run())


def write_finished(root: Path, name: str = "main", **changes: Any) -> Path:
    folder = root / "workspace" / "adapters" / name
    folder.mkdir(parents=True)
    write_json(folder / "manifest.json", to_json(manifest(name=name, **changes)))
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    write_json(folder / "adapter_config.json", {"peft_type": "LORA"})
    return folder


@contextmanager
def running(root: Path, name: str = "main", *more: str) -> Iterator[Job]:
    """A job that trains `name` and waits for ever, as nobody writes the knowledge base that it reads."""
    (root / "kb" / "kb.toml").unlink()
    os.mkfifo(root / "kb" / "kb.toml")
    jobs = Jobs(root / "workspace")
    job = jobs.start("train", ["train", name, *more, "-c", str(root / "ragft.toml")], about={"adapter": name})
    try:
        yield job
    finally:
        jobs.cancel(job)
        wait(lambda: jobs.state(job) != "running")


def configure(root: Path, *lines: str) -> None:
    """Append a [finetune] section to the configuration."""
    with open(root / "ragft.toml", "a", encoding="utf-8") as file:
        file.write("\n".join(["[finetune]", *lines, ""]))


def standing(root: Path, name: str = "main", *more: str) -> Job:
    """A job that trains `name` and is stopped before it has trained anything."""
    with running(root, name, *more) as job:
        pass
    (root / "kb" / "kb.toml").unlink()
    (root / "kb" / "kb.toml").write_text('name = "town"\nlanguage = "en"\n')
    return job


def checkpoint(folder: Path) -> None:
    (folder / "checkpoint-5").mkdir()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def command(app: AppTest) -> str:
    return next(str(block.value) for block in app.code if str(block.value).startswith("ragft train"))


@pytest.mark.parametrize(("language", "title"), [("en", "Train an adapter"), ("fr", "Entraîner un adaptateur")])
def test_the_form_begins_with_the_configuration_and_shows_the_command(root: Path, language: str, title: str) -> None:
    app = opened(language=language)
    assert app.title[0].value == title
    assert [box.label for box in app.checkbox if box.value][:2] == ["`qa`", "`raft`"]  # the default recipe
    assert app.number_input(key="train amount epochs").value == 12.0
    assert command(app) == f"ragft train main --config {root / 'ragft.toml'}"


def test_what_is_changed_stands_in_the_command_and_nothing_else(root: Path) -> None:
    app = opened()
    app.text_input(key="train name").set_value(" second ")
    app.checkbox(key="train recipe raft").uncheck()
    app.checkbox(key="train recipe paraphrases").check()
    app.number_input(key="train seeds").set_value(3)
    app.button_group(key="train method").set_value("qlora")
    app.button_group(key="train limit").set_value("budget")
    app.number_input(key="train set rank").set_value(8)
    app.checkbox(key="train set dora").check()
    sound(app.run())
    sound(app.number_input(key="train amount budget").set_value(1.5).run())
    sound(app.number_input(key="train recipe paraphrases weight").set_value(2.5).run())
    expected = "ragft train second --recipe qa=1,paraphrases=2.5 --method qlora --budget 90s --seeds 3"
    assert command(app).startswith(f"{expected} --set finetune.rank=8 --set finetune.dora=true --config ")
    assert "qa 29\xa0%, paraphrases 71\xa0%" in told(app)


def test_what_the_configuration_sets_is_not_said_again_and_a_budget_there_can_be_taken_back(root: Path) -> None:
    configure(root, 'budget = "90s"', 'recipe = "documents"', 'method = "full"', "rank = 4")
    app = opened()
    assert command(app).startswith("ragft train main --config")
    assert app.number_input(key="train amount budget").value == 1.5
    sound(app.button_group(key="train limit").set_value("tokens").run())
    assert "--tokens 60000" in command(app) and "--set finetune.budget=" in command(app)


def test_time_is_the_only_limit_where_it_is_chosen(root: Path) -> None:
    configure(root, "tokens = 5000")
    app = opened()
    sound(app.button_group(key="train limit").set_value("budget").run())
    assert "--budget 5m --set finetune.tokens= --config" in command(app)


def test_an_emptied_field_takes_the_configured_value_back(root: Path) -> None:
    configure(root, 'memory = "6GB"', "wordings = 3")
    app = opened()
    assert command(app).startswith("ragft train main --config")
    app.text_input(key="train set memory").set_value("")
    sound(app.number_input(key="train set wordings").set_value(None).run())
    assert "--set finetune.wordings= --set finetune.memory= --config" in command(app)
    sound(app.number_input(key="train set wordings").set_value(2).run())
    assert "--set finetune.wordings=2 --set finetune.memory= --config" in command(app)


def test_configured_values_below_what_the_form_offers_are_taken(root: Path) -> None:
    configure(root, 'budget = "20s"', "tokens = 50", "epochs = 0.05", "recipe = {qa = 0.005}")
    app = opened()
    assert app.number_input(key="train recipe qa weight").value == 0.005
    for limit, least in (("budget", 1 / 3), ("tokens", 50.0), ("epochs", 0.05)):
        sound(app.button_group(key="train limit").set_value(limit).run())
        assert app.number_input(key=f"train amount {limit}").value == pytest.approx(least)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda app: app.text_input(key="train name").set_value("../x"), "cannot name an adapter"),
        (lambda app: [app.checkbox(key=f"train recipe {name}").uncheck() for name in ("qa", "raft")], "choose at least one recipe"),
        (lambda app: app.number_input(key="train set learning_rate").set_value(0.0), "learning_rate"),
        (lambda app: app.text_input(key="train set memory").set_value("much"), "is not an amount"),
    ],
)
def test_what_cannot_be_trained_is_an_error_and_offers_no_start(root: Path, act: Any, said: str) -> None:
    app = opened()
    act(app)
    sound(app.run())
    assert said in app.error[0].value.replace("\\", "")
    assert "Start training" not in labels(app)


def test_nothing_starts_before_its_bill_and_the_bill_is_of_these_settings(root: Path) -> None:
    app = opened()
    assert button(app, "Start training").disabled
    sound(button(app, "What will it take?").click().run())
    assert not button(app, "Start training").disabled
    sound(app.number_input(key="train amount epochs").set_value(3.0).run())
    assert button(app, "Start training").disabled
    assert "The settings have changed" in told(app)


def test_a_start_is_a_job_whose_failure_is_told_and_taken_up_again_or_forgotten(root: Path) -> None:
    app = opened()
    sound(app.number_input(key="train amount epochs").set_value(3.0).run())
    sound(button(app, "What will it take?").click().run())
    sound(button(app, "Start training").click().run())
    jobs = Jobs(root / "workspace")
    (job,) = jobs.all()
    assert job.about == {"adapter": "main"}
    assert job.arguments[:4] == ("train", "main", "--epochs", "3")
    wait(lambda: jobs.state(job) != "running")  # a scripted engine has nothing to train
    assert jobs.state(job) == "failed"
    sound(app.run())
    assert "main** :red-badge[failed]" in told(app)
    assert "error:" in told(app)
    sound(button(app, "Try again").click().run())
    again = jobs.all()[0]
    assert again.id != job.id and again.arguments == job.arguments
    wait(lambda: jobs.state(again) != "running")
    sound(app.run())
    sound(app.button(key=f"away {again.id}").click().run())
    assert again not in jobs.all()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_training_at_work_is_drawn_with_figures_and_curves_and_stopped(root: Path, language: str) -> None:
    write_training(root / "workspace", steps=list(STEPS), plan={"steps": 60, "evaluations": 5, "method": "lora"})
    with running(root) as job:
        app = opened(language=language)
        said = told(app)
        assert f"main** :blue-badge[{'running' if language == 'en' else 'en cours'}]" in said
        drawn = app.get("vega_lite_chart")
        assert len(drawn) == 3  # loss, learning rate, tokens per second: no gradient norm or memory was noted
        assert all(chart.proto.alt for chart in drawn)
        assert app.metric[0].value == ("0.133" if language == "en" else "0,133")  # 4 / 30
        sound(app.button(key=f"stop {job.id}").click().run())
        jobs = Jobs(root / "workspace")
        wait(lambda: jobs.state(job) == "interrupted")
        sound(app.run())
        assert ":orange-badge[" in told(app)
        assert "30" in told(app)


def test_the_same_name_is_not_trained_twice_at_a_time(root: Path) -> None:
    with running(root):
        app = opened()
        assert "is being trained already" in app.warning[0].value
        assert "Start training" not in labels(app)
        sound(app.text_input(key="train name").set_value("other").run())
        assert "Start training" in labels(app)


def test_a_killed_training_is_resumed_or_discarded(root: Path) -> None:
    folder = write_training(root / "workspace")
    finished = write_finished(root)
    jobs = Jobs(root / "workspace")
    with running(root) as job:
        os.killpg(job.pid, signal.SIGKILL)
        wait(lambda: jobs.state(job) == "lost")
        app = opened()
        said = told(app)
        assert "main** :red-badge[stands still]" in said and "step 5" in said
        assert "Resume" in labels(app)
        sound(app.button(key="discard main").click().run())
    assert not folder.exists() and finished.is_dir()
    assert jobs.all() == ()


@pytest.mark.parametrize(("language", "label"), [("en", "Stopping"), ("fr", "Arrêt en cours")])
def test_a_training_that_was_told_to_stop_cannot_be_told_again(root: Path, language: str, label: str) -> None:
    with running(root) as job:
        wait(lambda: bool(psutil.Process(job.pid).children()))  # the command is under way
        asked = Jobs(root / "workspace").folder / job.id / "stopped"
        asked.touch()  # as if it was still at its last step
        app = opened(language=language)
        stop = app.button(key=f"stop {job.id}")
        assert (stop.label, stop.disabled) == (label, True)
        asked.unlink()
        sound(app.run())
        assert not app.button(key=f"stop {job.id}").disabled


def test_a_stopped_training_says_whether_there_is_a_checkpoint_to_go_on_from(root: Path) -> None:
    folder = write_training(root / "workspace")
    standing(root)
    assert "It came to step 5, and begins anew: no checkpoint had been written yet." in told(opened())
    checkpoint(folder)
    assert "It came to step 5, and goes on from its last checkpoint." in told(opened())


def test_a_stopped_training_of_several_seeds_says_what_is_kept_of_the_last_one(root: Path) -> None:
    folder = write_training(root / "workspace", "main-seed1")
    checkpoint(folder)
    standing(root, "main", "--seeds", "3")
    app = opened()
    said = told(app)
    assert "main-seed1** :orange-badge[stopped]" in said and "step 5" in said
    assert "not started on this page" not in said
    assert "Resume" in labels(app)
    sound(app.button(key="discard main-seed1").click().run())
    assert not folder.exists()
    assert Jobs(root / "workspace").all() == ()


def test_what_another_seed_left_is_not_taken_for_a_training_of_one_seed(root: Path) -> None:
    write_training(root / "workspace", "main-seed1")
    with running(root):
        said = told(opened())
        assert "main** :blue-badge[running]" in said
        assert "main-seed1** :blue-badge[running elsewhere]" in said


def test_a_stopped_training_that_goes_on_in_a_terminal_runs_elsewhere(root: Path) -> None:
    folder = write_training(root / "workspace")
    standing(root)
    for path in (*folder.iterdir(), folder):  # it is silent for a while
        os.utime(path, (1_000_000_000, 1_000_000_000))
    with FileLock(root / "workspace" / "adapters" / ".main.lock"):
        app = opened()
        assert "main** :blue-badge[running elsewhere]" in told(app)
        assert "Resume" not in labels(app)
    sound(app.button(key="look main").click().run())
    assert "main** :orange-badge[stopped]" in told(app)


def test_a_stopped_training_that_was_finished_in_a_terminal_is_over(root: Path) -> None:
    standing(root)
    write_finished(root, created="2020-01-01T00:00:00+00:00")
    assert "main** :orange-badge[stopped]" in told(opened())  # an earlier adapter says nothing of it
    shutil.rmtree(root / "workspace" / "adapters" / "main")
    write_finished(root, created="2099-01-01T00:00:00+00:00")
    assert ":orange-badge[stopped]" not in told(opened())


def test_a_training_of_several_seeds_is_over_when_all_are_finished(root: Path) -> None:
    standing(root, "main", "--seeds", "2")
    write_finished(root, created="2099-01-01T00:00:00+00:00")
    assert "main** :orange-badge[stopped]" in told(opened())
    write_finished(root, "main-seed1", created="2099-01-01T00:00:00+00:00")
    assert ":orange-badge[stopped]" not in told(opened())


def test_a_training_that_failed_after_its_adapter_was_made_is_told(root: Path) -> None:
    jobs = Jobs(root / "workspace")
    job = jobs.start("train", ["train", "main", "-c", str(root / "ragft.toml")], about={"adapter": "main"})
    wait(lambda: jobs.state(job) == "failed")  # a scripted engine has nothing to train
    write_finished(root, created=job.created)  # as when its end check failed
    assert "main** :red-badge[failed]" in told(opened())


def test_a_training_from_elsewhere_that_stands_still_names_its_way_on(root: Path) -> None:
    folder = write_training(root / "workspace", "other")
    for path in (*folder.iterdir(), folder):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    app = opened()
    assert "other** :orange-badge[stands still]" in told(app)
    assert "the same command as before takes it up again" in told(app)
    sound(app.button(key="discard other").click().run())
    assert not folder.exists()


FIRED = Alarm("rag-regression", "fired", "points", -0.3, -0.4, -0.2, 0.05, 40)
QUIET = Alarm("leak", "quiet", "share", 0.0, 0.0, 0.01, 0.0, 40)
NOT_RUN = Alarm("forgetting", "not run", "loss-ratio", None, None, None, None, 0, reason="no probe set")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_adapter_is_shown_with_check_verdict_alarms_and_curves(root: Path, language: str) -> None:
    write_finished(root, alarms=(QUIET, NOT_RUN, FIRED))
    app = opened(language=language, **{"train part": "adapters"})
    table = app.dataframe[0].value
    assert table["name"].tolist() == ["main"]
    assert table["check"].tolist() == ["✓ 5/6"]
    assert table["alarms"].tolist() == ["1 fired" if language == "en" else "1 déclenchée"]
    said = told(app)
    assert ("5 of 6 training questions" if language == "en" else "5 des 6 questions") in said
    assert ":red-badge[fired]" in said or language == "fr"
    assert ("harm to RAG" if language == "en" else "RAG") in said
    assert len(app.get("vega_lite_chart")) == 4  # loss, answers, learning rate, tokens per second


def test_an_adapter_of_an_earlier_version_says_what_is_not_known(root: Path) -> None:
    folder = write_finished(root, "old")
    whole = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for key in ("method", "training_fingerprint", "alarms", "evaluations"):
        del whole[key]
    (folder / "manifest.json").write_text(json.dumps({**whole, "recipe": "mix"}), encoding="utf-8")
    app = opened(**{"train part": "adapters"})
    assert app.dataframe[0].value["method"].tolist() == ["–"]
    assert "earlier version" in app.warning[0].value
    said = told(app)
    assert "`training_fingerprint`" in said and "`evaluations`" in said
    assert app.get("download_button") == []
    assert len(app.get("vega_lite_chart")) == 3  # what was recorded then is drawn: loss, learning rate, tokens per second


def test_a_damaged_manifest_is_told_and_the_adapter_can_be_deleted(root: Path) -> None:
    folder = write_finished(root)
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    app = opened(**{"train part": "adapters"})
    assert "not valid JSON" in app.warning[0].value
    sound(app.button(key="delete main").click().run())
    assert not folder.exists()
    assert "No adapter is finished yet" in app.info[0].value


def test_names_and_answers_of_an_adapter_are_shown_and_not_obeyed(root: Path) -> None:
    hostile = "![x](http://evil.example/x.png)"
    write_finished(root, recipe={hostile: 1.0}, alarms=(Alarm(hostile, "not run", hostile, None, None, None, None, 0, reason=hostile),))
    app = opened(**{"train part": "adapters"})
    written = "\n".join(str(element.value) for kind in (app.markdown, app.caption, app.warning) for element in kind)
    assert "evil" in written and "](http" not in written


def test_a_download_is_a_folder_that_peft_loads_without_question_texts(root: Path) -> None:
    write_finished(root)
    app = opened(**{"train part": "adapters"})
    assert [download.label for download in app.get("download_button")] == ["Download"]
    with zipfile.ZipFile(io.BytesIO(packed(Project.open(root / "ragft.toml"), "main"))) as archive:
        names = archive.namelist()
    assert {"main/adapter_config.json", "main/adapter_model.safetensors"} <= set(names)
    assert "main/manifest.json" not in names


def test_what_has_just_been_trained_is_shown(root: Path) -> None:
    write_finished(root, "earlier")
    write_finished(root, "new", created="2025-01-01T00:00:00+00:00")
    app = opened(**{"arrived adapter": "new"})
    assert app.button_group(key="train part").value == "adapters"
    assert app.subheader[0].value == "new"

"""k-fold: who is held out with whom, and each question answered by the model that did not see it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from eval.compare import compare
from eval.folding import fold_cautions
from eval.pooling import pool
from eval.runs import RunFolder
from eval.wording import words
from finetune.adapters import read_manifest
from finetune.model import Alarm
from finetune.preparing import prepare
from foundation.errors import ConfigurationError, DataError, MismatchError, RagftError
from foundation.files import write_json
from foundation.jsonable import to_json
from knowledge_base.exposure import exposures
from knowledge_base.model import Question
from shells.cli import app
from studies.fold_runs import fold_projects, run_folds, train_folds
from studies.folds import blocks_of, draw_folds
from studies.project import Project
from studies.training_jobs import job_of
from tests.finetune.tiny import build_model
from tests.studies.project_files import FACTS, write_project

SYSTEMS = ["base", "few-shot", "rag", "finetuned"]

letters = st.sampled_from("abcdefgh")
drawn = st.lists(
    st.tuples(letters, letters, letters, st.sampled_from(["en", "fr"]), st.sampled_from(["yes", "no"])), min_size=2, max_size=30
)


def made(rows: list[tuple[str, str, str, str, str]]) -> list[Question]:
    return [
        Question(f"q{n}", f"what {words}?", language, ("x",), answerable, fact=f"f{fact}", group=f"g{group}")  # type: ignore[arg-type]
        for n, (fact, group, words, language, answerable) in enumerate(rows)
    ]


@given(drawn, st.integers(0, 3), st.data())
def test_folds_part_the_questions_and_no_fold_gives_another_away(
    rows: list[tuple[str, str, str, str, str]], seed: int, data: st.DataObject
) -> None:
    questions = made(rows)
    blocks = blocks_of(questions)
    if len(blocks) < 2:
        return
    folds = draw_folds(questions, data.draw(st.integers(2, len(blocks))), seed=seed)
    assert sorted(question.id for fold in folds for question in fold.questions) == sorted(question.id for question in questions)
    for fold in folds:
        assert fold.questions
        others = [question for question in questions if question not in fold.questions]
        assert set(exposures(fold.questions, others).values()) == {"unseen"}
        assert not {question.group for question in fold.questions} & {question.group for question in others}


@given(drawn, st.integers(0, 3), st.randoms(use_true_random=False))
def test_the_order_of_the_questions_changes_no_fold(rows: list[tuple[str, str, str, str, str]], seed: int, rng: st.random.Random) -> None:  # type: ignore[name-defined]
    questions = made(rows)
    if len(blocks_of(questions)) < 2:
        return
    shuffled = list(questions)
    rng.shuffle(shuffled)
    one, two = ([{question.id for question in fold.questions} for fold in draw_folds(each, 2, seed=seed)] for each in (questions, shuffled))
    assert one == two


def test_languages_and_unanswerable_questions_are_spread() -> None:
    rows = [(("en", "fr")[n % 2], "no" if n % 5 == 0 else "yes") for n in range(60)]
    questions = [Question(str(n), f"{n}?", language, (), kind, fact=str(n), group=str(n)) for n, (language, kind) in enumerate(rows)]  # type: ignore[arg-type]
    for fold in draw_folds(questions, 6):
        counts = Counter((question.language, question.answerable) for question in fold.questions)
        assert counts == {("en", "yes"): 4, ("fr", "yes"): 4, ("en", "no"): 1, ("fr", "no"): 1}  # 24, 24, 6 and 6 over six folds


def test_another_seed_gives_other_folds() -> None:
    questions = [Question(str(n), f"{n}?", "en", fact=str(n), group=str(n)) for n in range(20)]
    one, two = ([[question.id for question in fold.questions] for fold in draw_folds(questions, 4, seed=seed)] for seed in (0, 1))
    assert one != two


def test_ten_questions_in_ten_folds_is_leave_one_out() -> None:
    questions = [Question(str(n), f"{n}?", "fr", fact=str(n), group=str(n)) for n in range(10)]
    assert [len(fold.questions) for fold in draw_folds(questions, 10)] == [1] * 10


def test_too_few_questions_get_one_error_with_the_most_that_is_possible() -> None:
    questions = [Question(str(n), f"{n}?", "en", fact=str(n), group=str(n // 2)) for n in range(6)]
    with pytest.raises(DataError, match=r"4 folds .* 6 questions.*The most is --kfold 3"):
        draw_folds(questions, 4)
    with pytest.raises(DataError, match="groups of their own"):
        draw_folds(questions[:2], 2)
    with pytest.raises(ConfigurationError, match="at least 2"):
        draw_folds(questions, 1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six facts in two wordings, a tiny model, and three fold adapters, trained for so short that each failed its end check."""
    root = tmp_path_factory.mktemp("folds")
    config = write_project(root)
    build_model(root / "tiny")
    text = config.read_text().replace('engine = "scripted"', 'engine = "transformers"\nmax_new_tokens = 4')
    text = text.replace(str(root / "rules.json"), str(root / "tiny")).replace('["base", "few-shot", "rag"]', str(SYSTEMS).replace("'", '"'))
    config.write_text(text + '[finetune]\nrecipe = "qa"\ntokens = 200\nalarms = false\n')
    project = Project.open(config)
    told = train_folds(project, "main", 3, say=lambda _: None, progress=False)
    assert told.count("training taught nothing") == 3
    assert "engine" in project.__dict__, "all folds answer with the one that was loaded first"
    return root


@pytest.fixture
def project(trained: Path, tmp_path: Path) -> Project:
    """A copy of it."""
    shutil.copytree(trained, tmp_path / "copy", ignore=shutil.ignore_patterns("tiny"))
    return Project.open(tmp_path / "copy" / "ragft.toml")


def run(project: Project, **given: str) -> RunFolder:
    return RunFolder.open(run_folds(project, project.eval_config.systems, 3, say=lambda _: None, progress=False, **given))


def test_all_questions_are_asked_of_the_adapter_that_did_not_see_them(project: Project) -> None:
    folder = run(project)
    assert {row.question.id for row in folder.asked} == {f"{name}-{split}" for name in FACTS for split in ("train", "test")}
    assert {row.exposure for row in folder.asked} == {"unseen"}
    records = {(record.system, record.question_id): record for record in folder.records()}
    assert len(records) == 4 * 12
    for (system, question), record in records.items():
        if system == "finetuned":
            adapter = json.loads((project.adapter_folder(record.condition) / "manifest.json").read_text())
            assert question not in adapter["question_ids"]
        else:
            assert record.condition == ""


def test_an_adapter_that_failed_its_end_check_is_not_trained_again(project: Project) -> None:
    adapters = project.workspace / "adapters"
    before = {path: path.stat().st_mtime_ns for path in adapters.glob("main-*/*")}
    said: list[str] = []
    run_folds(project, project.eval_config.systems, 3, say=said.append, progress=False)
    assert {path: path.stat().st_mtime_ns for path in adapters.glob("main-*/*")} == before
    assert sum("nothing to train" in line for line in said) == sum("training taught nothing" in line for line in said) == 3


def test_a_training_that_breaks_down_ends_the_folds(project: Project) -> None:
    wild = Project.open(
        project.layers.folder / "ragft.toml", ["finetune.learning_rate=1e30", "finetune.tokens=3000"], workspace=project.workspace / "wild"
    )
    with pytest.raises(RagftError, match="learning_rate"):
        run_folds(wild, ("finetuned",), 3, say=lambda _: None, progress=False)
    assert not list((wild.workspace / "adapters").glob("main-*")) and not (wild.workspace / "runs").exists()


def test_processes_that_train_together_cannot_train_folds(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    for start in (
        lambda: train_folds(project, "main", 3, say=lambda _: None),
        lambda: run_folds(project, ("finetuned",), 3, say=lambda _: None),
    ):
        with pytest.raises(ConfigurationError, match=r"--kfold trains several adapters.*2 processes"):
            start()


def test_pairs_that_a_model_wrote_teach_no_fold_what_it_holds_out(project: Project) -> None:
    pairs = [
        {**to_json(question), "id": f"pair-{question.fact}", "text": f"Say how much the {question.fact} has.", "split": "train"}
        for question in project.knowledge_base.split("train")
    ]
    folder = project.workspace / "synthetic"
    folder.mkdir()
    (folder / "main.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    paired = Project.open(project.layers.folder / "ragft.toml", ["finetune.recipe=synthetic"])
    for one in fold_projects(paired, 3, ("finetuned",)):
        held = {question.fact for question in one.fold.questions}
        feed = prepare(job_of(one.project, "main")).feed
        assert {question.fact for question in feed.questions} == set(FACTS) - held
        assert feed.passes["synthetic"].recipe.left_out == ("synthetic: 2 questions left out: its fact is held out to be asked",)


def test_the_manifest_says_that_it_is_a_k_fold_run(project: Project) -> None:
    found = run(project).manifest
    assert found.plan["folds"] == {
        "count": 3,
        "seed": 0,
        "sizes": [4, 4, 4],
        "systems": ["finetuned"],
        "adapters": {"main": ["main-fold1of3", "main-fold2of3", "main-fold3of3"]},
    }
    assert sorted(found.adapters) == ["main-fold1of3", "main-fold2of3", "main-fold3of3"]
    assert found.plan["leaks"] == 0
    assert found.id != Project.open(project.layers.folder / "ragft.toml").fingerprint


def test_alarms_of_an_adapter_that_come_later_do_not_make_it_another_run(project: Project) -> None:
    before = run(project)
    folder = project.adapter_folder("main-fold1of3")
    found = Alarm("leak", "quiet", "member-share", 0.0, 0.0, 0.01, 0.02, 80)
    write_json(folder / "manifest.json", to_json(replace(read_manifest(folder), alarms=(found,))))
    assert run(project).path == before.path


def test_recipes_that_read_every_document_are_named(project: Project) -> None:
    assert "texts" not in run(project).manifest.plan["folds"]
    taught = Project.open(project.layers.folder / "ragft.toml", ["finetune.recipe=qa=1,documents=1"])
    manifest = run(taught).manifest
    assert manifest.plan["folds"]["texts"] == ["documents"]
    (caution,) = fold_cautions(manifest.plan)
    assert "documents teaches from those of every fold" in words("en").say(caution)
    assert "documents enseigne" in words("fr").say(caution)


def test_what_a_folded_system_takes_is_not_told(project: Project) -> None:
    timed = Project.open(project.layers.folder / "ragft.toml", ["eval.latency=2"])
    compared = compare(run(timed).path)
    assert (
        {one.system for one in compared.systems if one.latency}
        == {one.system for one in compared.systems if one.throughput}
        == {
            "base",
            "few-shot",
            "rag",
        }
    )


def test_the_bill_of_several_trainings_says_how_many_and_which_are_there(project: Project) -> None:
    def billed(*arguments: str) -> str:
        config = project.layers.folder / "ragft.toml"
        done = CliRunner().invoke(app, ["train", "--dry-run", *arguments, "--config", str(config)])
        assert done.exit_code == 0, done.exception
        return done.output.rstrip()

    assert billed("--kfold", "3").endswith(
        "so much at most for each of 3 trainings; "
        "of their adapters main-fold1of3, main-fold2of3, main-fold3of3 are there: paid, unless something changed"
    )
    assert not project.index_folder.exists()
    assert billed("--seeds", "2", "--recipe", "qa=1,raft=1").endswith("so much for each of 2 trainings")
    assert project.index_folder.exists(), "made to count what questions among passages show"


def test_two_k_fold_runs_are_not_pooled(project: Project) -> None:
    one = run(project, run="one")
    other = run(Project.open(project.layers.folder / "ragft.toml", ["finetune.seed=1"]), run="other")
    with pytest.raises(MismatchError, match="k-fold"):
        pool([one.path, other.path])
    assert len(pool([one.path]).records) == 4 * 12


def test_worked_examples_are_never_of_the_fold_that_is_asked(project: Project) -> None:
    for one in fold_projects(project, 3, ("few-shot",)):
        shown = one.project.chatbot(("few-shot",))._examples  # what the prompt is made of
        assert shown
        assert not {example.fact for example in shown} & {question.fact for question in one.fold.questions}


def test_a_killed_run_goes_on_and_ends_the_same(project: Project) -> None:
    whole = run(project, run="whole")
    killed = run(project, run="killed")
    file = killed.path / "records.jsonl"
    lines = [{**json.loads(line), "condition": ""} for line in file.read_text().splitlines()]  # adapters are named at the end
    file.write_text("".join(json.dumps(line) + "\n" for line in lines[:31]) + '{"question_id": "bri')
    again = run(project, run="killed")

    def told(folder: RunFolder) -> list[tuple[str, str, str, str]]:
        return [(r.system, r.question_id, r.condition, r.answer.text if r.answer else "") for r in folder.records()]

    assert told(again) == told(whole)


def test_with_fewer_questions_to_ask_all_others_are_trained(project: Project) -> None:
    fewer = Project.open(project.layers.folder / "ragft.toml", ["eval.questions=6"])
    folds = fold_projects(fewer, 3, ("finetuned",))
    assert sum(len(one.asked) for one in folds) == 6
    assert all(len(one.project.knowledge_base.split("train")) == 8 for one in folds)


def test_an_early_stop_goes_by_the_validation_questions_of_the_other_folds(project: Project) -> None:
    questions = project.layers.folder / "kb" / "questions.jsonl"
    rows = [json.loads(line) for line in questions.read_text().splitlines()]
    for row in rows[:4]:
        row["split"] = "validation"
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for stop, kept in (("loss", True), ("off", False)):
        folds = fold_projects(Project.open(project.layers.folder / "ragft.toml", [f"finetune.early_stop={stop}"]), 3, ("finetuned",))
        assert any(one.project.knowledge_base.split("validation") for one in folds) is kept
        asked = [question.id for one in folds for question in one.asked]
        assert sorted(asked) == sorted(row["id"] for row in rows), "all are asked, whatever their split"


def test_a_split_that_is_named_takes_part_alone(project: Project) -> None:
    one_split = Project.open(project.layers.folder / "ragft.toml", flags={"eval.split": "test"})
    folds = fold_projects(one_split, 3, ("finetuned",))
    assert {question.id for one in folds for question in one.asked} == {f"{name}-test" for name in FACTS}


def test_without_an_adapter_there_is_nothing_to_fold(project: Project) -> None:
    with pytest.raises(ConfigurationError, match="none of these systems"):
        run_folds(project, ("base", "rag"), 3, say=lambda _: None)

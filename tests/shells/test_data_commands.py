"""`ragft data`: preview, synthesize and export through the command line, on a project of six facts and a tiny model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from finetune.preparing import prepare
from foundation.errors import ConfigurationError, DataError, RagftError, UnknownNameError
from shells.cli import app
from studies.project import Project
from studies.training_jobs import job_of
from tests.finetune.tiny import build_model
from tests.studies.project_files import FACTS, write_project


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_model(tmp_path_factory.mktemp("tiny"))
    (folder / "model.safetensors").unlink()  # a preview needs the tokenizer alone
    return folder


@pytest.fixture
def project(tmp_path: Path, model: Path) -> Path:
    """A project whose model is the tiny one, without weights."""
    config = write_project(tmp_path)
    text = config.read_text().replace(f'name = "{tmp_path / "rules.json"}"', f'name = "{model}"')
    config.write_text(text.replace('engine = "scripted"', 'engine = "transformers"'))
    return config


def ragft(config: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--config", str(config), "--workspace", str(config.parent / "ws")])
    if isinstance(result.exception, RagftError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_preview_counts_measures_and_shows_whole_examples(project: Path) -> None:
    found = json.loads(ragft(project, "data", "preview", "--recipe", "qa=3,raft=1", "--count", "2", "--json"))
    qa, raft = found["recipes"]
    assert (qa["name"], qa["share"], qa["examples"], raft["share"]) == ("qa", 0.75, len(FACTS), 0.25)
    assert qa["median"] <= qa["most_below"] <= qa["longest"] and qa["longest"] * qa["examples"] >= qa["tokens"] > qa["target_tokens"] > 0
    assert found["window"] == 2048 and len(qa["samples"]) == len(raft["samples"]) == 2
    sample = qa["samples"][0]
    assert sample["target"] == "42 km" and sample["ending"] == "<|im_end|>" and "What is the value of the bridge?" in sample["prompt"]
    shown = ragft(project, "data", "preview", "--recipe", "qa", "--count", "1")
    assert "prompt, " in shown and "to be learnt" in shown and "42 km<|im_end|>" in shown


def test_preview_and_export_hold_out_what_training_holds_out(project: Path) -> None:
    path = project.parent / "kb" / "questions.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    first = rows[0]
    words = ("In short: ", "Please: ", "Quick one: ", "Well: ")
    more = [{**first, "id": f"bridge-{place}", "text": before + first["text"]} for place, before in enumerate(words)]
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, *more]))  # ten to train, of them one fact in five wordings
    found = json.loads(ragft(project, "data", "preview", "--recipe", "qa", "--json"))
    opened = Project.open(project, ["finetune.recipe=qa"])
    trained = prepare(job_of(opened, "main"))
    assert len(trained.feed.questions) == 9  # a tenth of them at most is watched: one
    assert (found["recipes"][0]["examples"], found["watched"]) == (9, 1)
    assert found["recipes"][0]["tokens"] == sum(example.tokens for example in trained.feed.passes["qa"].first_pass)
    out = project.parent / "out.jsonl"
    assert "9 qa examples" in ragft(project, "data", "export", str(out), "--recipe", "qa")
    watched = {example.source for example in trained.validation}
    assert len(watched) == 1 and not watched & {json.loads(line)["source"] for line in out.read_text().splitlines()}
    assert "1 question is held out" in ragft(project, "data", "preview", "--recipe", "qa", "-n", "0")


def test_preview_refuses_what_training_would_refuse_and_warns_of_passages_without_room(project: Path, tmp_path: Path, model: Path) -> None:
    small = tmp_path / "small"
    shutil.copytree(model, small)
    config = json.loads((small / "config.json").read_text())
    (small / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 64}))
    with pytest.raises(ConfigurationError, match=r"the model reads 64: lower retrieval\.passage_tokens"):
        ragft(project, "data", "preview", "--recipe", "raft", "--set", f"model.name={small}")
    cut = json.loads(ragft(project, "data", "preview", "--recipe", "raft", "--set", "retrieval.passage_tokens=5", "--json", "-n", "0"))
    assert "6 of 6 examples show fewer passages" in cut["recipes"][0]["warnings"][0] and cut["recipes"][0]["samples"] == []


def test_faults_of_a_recipe_come_as_errors(project: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown recipe 'qaa'"):
        ragft(project, "data", "preview", "--recipe", "qaa")
    with pytest.raises(DataError, match="no question has a rule"):
        ragft(project, "data", "preview", "--recipe", "style")
    with pytest.raises(ConfigurationError, match="ragft data synthesize"):
        ragft(project, "data", "preview", "--recipe", "synthetic")
    (project.parent / "kb" / "questions.jsonl").write_text("")
    with pytest.raises(DataError, match="has no train questions"):
        ragft(project, "data", "preview", "--recipe", "qa,raft")


def test_export_writes_lines_a_list_or_a_data_set_and_reads_back_as_instructions(project: Path) -> None:
    import datasets

    out = project.parent / "out"
    for form in ("chat", "alpaca"):
        for ending in (".jsonl", ".json", ""):
            target = out / f"{form}{ending}"
            assert "6 qa examples" in ragft(project, "data", "export", str(target), "--format", form, "--recipe", "qa")
            back = ["--recipe", "instructions", "--set", f'finetune.instructions=["{target}"]', "--json", "-n", "6"]
            found = json.loads(ragft(project, "data", "preview", *back))["recipes"][0]
            assert [sample["target"] for sample in found["samples"]] == list(FACTS.values())
    assert datasets.load_from_disk(str(out / "chat")).num_rows == 6
    with pytest.raises(DataError, match="is a folder already"):
        ragft(project, "data", "export", str(out / "chat"), "--recipe", "qa")
    with pytest.raises(UnknownNameError, match="unknown export format"):
        ragft(project, "data", "export", str(out / "x.jsonl"), "--format", "csv")
    with pytest.raises(DataError, match="bare text"):
        ragft(project, "data", "export", str(out / "x.jsonl"), "--recipe", "documents")
    assert not (out / "x.jsonl").exists()


def test_passes_are_exported_one_after_the_other(project: Path) -> None:
    out = project.parent / "out.jsonl"
    ragft(project, "data", "export", str(out), "--format", "prompt-completion", "--recipe", "raft,qa", "--passes", "2")
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["recipe"] for row in rows] == ["raft"] * 12 + ["qa"] * 12
    assert all(row["completion"].endswith("<|im_end|>") for row in rows)


def test_synthesize_says_what_it_made_and_why_not_more(tmp_path: Path) -> None:
    rules = [{"pattern": "Statement: The bridge has[^?]*\\nBegin", "answer": "How many kilometres does the bridge measure?"}]
    config = write_project(tmp_path, rules=rules)
    shown = ragft(config, "data", "synthesize", "small", "--count", "5")
    assert "1 pair in" in shown and "small.jsonl (1 en)" in shown and "discarded: " in shown
    row = json.loads((tmp_path / "ws" / "synthetic" / "small.jsonl").read_text())
    assert (row["answers"], row["fact"], row["split"]) == (["42 km"], "bridge", "train")

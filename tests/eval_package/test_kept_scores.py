"""Scores that an embedder went into are kept, and only as long as they hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.compare import compare
from eval.comparison import Comparison, SystemResult
from eval.metrics.metric import Tools
from eval.model import RunManifest
from eval.running import run
from retrieval.embedders import Embedder, Matrix
from retrieval.hashing import HashingEmbedder
from tests.eval_package.bots import KNOWN, KnowingBot, make_question


class Counting(HashingEmbedder):
    """A real embedder that counts what it encodes, and can be broken."""

    def __init__(self) -> None:
        super().__init__()
        self.calls, self.broken = 0, False

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        self.calls += 1
        if self.broken:
            raise MemoryError("no room for the embedder")
        return np.asarray(super().encode_passages(texts))


@pytest.fixture
def embedder() -> Counting:
    return Counting()


def tools(embedder: Embedder) -> Tools:
    return Tools(embedder, ("en",))


def of(comparison: Comparison, system: str = "rag") -> SystemResult:
    return next(found for found in comparison.systems if found.system == system)


def test_a_report_without_the_embedder_has_the_scores_that_were_made_with_it(run_folder: Path, embedder: Counting) -> None:
    first = compare(run_folder, tools=tools(embedder))
    assert of(first).metrics["semantic"].n == 60
    assert compare(run_folder) == first
    calls = embedder.calls
    assert compare(run_folder, tools=tools(embedder)) == first and embedder.calls == calls


def test_without_any_the_column_is_unscored_and_says_why(run_folder: Path) -> None:
    found = compare(run_folder)
    assert "semantic" not in of(found).metrics and of(found).statuses["semantic"] == {"unscored": 60}


def test_a_failure_that_passes_is_not_kept(run_folder: Path, embedder: Counting) -> None:
    embedder.broken = True
    assert of(compare(run_folder, tools=tools(embedder))).statuses["semantic"] == {"error": 60}
    embedder.broken = False
    assert of(compare(run_folder, tools=tools(embedder))).statuses["semantic"] == {"scored": 60}


def test_another_coverage_or_other_answers_are_scored_anew(run_folder: Path, embedder: Counting) -> None:
    assert of(compare(run_folder, tools=Tools(embedder, ("fr",)))).statuses["semantic"] == {"not applicable": 60}
    assert of(compare(run_folder, tools=tools(embedder))).statuses["semantic"] == {"scored": 60}
    records = run_folder / "records.jsonl"
    records.write_text(records.read_text().replace("It weighs 0 kg [1].", "It weighs 999 kg [1]."))
    calls = embedder.calls
    compare(run_folder, tools=tools(embedder))
    assert embedder.calls > calls


@pytest.mark.parametrize("damage", [b"", b"PAR1 and no more", b"\x00" * 500])
def test_a_broken_file_is_made_again(run_folder: Path, embedder: Counting, damage: bytes) -> None:
    first = compare(run_folder, tools=tools(embedder))
    (run_folder / "scores.parquet").write_bytes(damage)
    assert compare(run_folder, tools=tools(embedder)) == first


def test_pooled_runs_have_a_folder_of_their_own_and_count_questions(
    tmp_path: Path, embedder: Counting, make_manifest: Callable[..., RunManifest]
) -> None:
    questions = [make_question(number) for number in range(60)]
    folders = []
    for seed, known in enumerate((10, 20)):
        prints = {"corpus": "c0", "model": "m0", "adapters": {"main": f"a{seed}"}}
        manifest = make_manifest(questions, adapters={"main": {"seed": seed}}, fingerprints=prints, id=f"run-{seed}")
        folders.append(tmp_path / f"run-{seed}")
        run(folders[-1], KnowingBot({**KNOWN, "rag+finetuned": known}), questions, manifest, batch=8, progress=False)
    alone = compare(folders[0], tools=tools(embedder))
    kept = (folders[0] / "comparison.json").read_bytes(), (folders[0] / "scores.parquet").read_bytes()
    pooled = compare(*folders)
    assert kept == ((folders[0] / "comparison.json").read_bytes(), (folders[0] / "scores.parquet").read_bytes())
    assert (tmp_path / pooled.run_id / "comparison.json").is_file()
    both = of(pooled, "rag+finetuned")
    assert both.metrics["correct"].value == pytest.approx(15 / 60)
    # what is counted is counted in the first seed, which knows ten questions: 50 abstentions, not 50 + 40
    assert both.abstentions == of(alone, "rag+finetuned").abstentions == 50
    assert sum(both.statuses["correct"].values()) == 60 and both.statuses["semantic"] == {"unscored": 60}
    shutil.rmtree(tmp_path / pooled.run_id)


def test_with_several_seeds_every_answer_is_one_that_could_be_held_back(tmp_path: Path, make_manifest: Callable[..., RunManifest]) -> None:
    # every answer given is right: whatever is held back, no risk is left, and what is not answered is not covered
    questions = [make_question(number) for number in range(12)]
    folders = []
    for seed, known in enumerate((4, 12)):
        prints = {"corpus": "c0", "model": "m0", "adapters": {"main": f"a{seed}"}}
        manifest = make_manifest(questions, adapters={"main": {"seed": seed}}, fingerprints=prints, id=f"run-{seed}")
        folders.append(tmp_path / f"run-{seed}")
        run(folders[-1], KnowingBot({**KNOWN, "rag+finetuned": known}), questions, manifest, batch=8, progress=False)
    for curve in compare(*folders, save=False).risk_coverage:
        if curve.system == "rag+finetuned":
            assert set(curve.risk) == {0.0} and curve.coverage[-1] == pytest.approx(16 / 24)

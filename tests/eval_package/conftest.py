"""Fixtures of the evaluation tests: sixty questions, and a finished run on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eval.model import RunManifest
from eval.running import run
from knowledge_base.model import Question
from tests.eval_package import bots


@pytest.fixture
def make_manifest() -> Callable[..., RunManifest]:
    """What makes a manifest of questions and systems."""
    return bots.make_manifest


@pytest.fixture
def questions() -> list[Question]:
    """Sixty questions, one fact each."""
    return [bots.make_question(number) for number in range(60)]


@pytest.fixture
def run_folder(tmp_path: Path, questions: list[Question], make_manifest: Callable[..., RunManifest]) -> Path:
    """A finished run of the five systems on the sixty questions; the last twenty facts were never trained."""
    folder = tmp_path / "run"
    exposures = {question.id: "paraphrase" for question in questions[:40]}
    run(folder, bots.KnowingBot(), questions, make_manifest(questions), batch=8, latency=2, progress=False, exposures=exposures)
    return folder

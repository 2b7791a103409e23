"""What `engine = "auto"` comes to, for every state of the table of verified engines."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from chatbot.config import ModelConfig
from chatbot.engines.openvino_models import resolved_precision
from chatbot.model_card import model_fingerprint
from chatbot.verified import Agreement, Verification, choose, remember, verified
from foundation.errors import DataError
from foundation.jsonable import from_json
from tests.chatbot import tiny

pytest.importorskip("openvino_genai", reason="the extra `fast` is not installed")


WITHIN = Agreement(0.001, -0.004, 0.006, 0.01)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tiny.build(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def config(folder: Path) -> ModelConfig:
    return ModelConfig(name=str(folder), device="cpu")


@pytest.fixture
def row(folder: Path) -> Verification:
    return Verification(
        model=str(folder),
        model_fingerprint=model_fingerprint(folder),
        engine="openvino",
        version=f"openvino-genai {version('openvino-genai')}",
        precision="float32",
        prompts=1000,
        questions=200,
        systems=("base",),
        knowledge_base="town",
        identical=0.97,
        rouge_l=0.99,
        speedup=4.0,
        agreement={"correct": WITHIN, "rougeL": WITHIN},
    )


def test_without_a_row_the_reference_answers_and_the_line_says_how_to_verify(config: ModelConfig, tmp_path: Path) -> None:
    choice = choose(config, tmp_path)
    assert choice.config.engine == "transformers"
    assert "ragft engine verify" in choice.note


def test_verified_row_is_taken_in_its_precision(config: ModelConfig, row: Verification, tmp_path: Path) -> None:
    remember(tmp_path, row)
    choice = choose(config, tmp_path)
    assert (choice.config.engine, choice.config.precision) == ("openvino", "float32")
    assert "1,000 prompts" in choice.note


def test_fastest_of_several_is_taken(config: ModelConfig, row: Verification, tmp_path: Path) -> None:
    if resolved_precision("auto") != "bfloat16":
        pytest.skip("this processor has no bfloat16")
    for precision, speedup in (("bfloat16", 7.0), ("float32", 4.0)):
        remember(tmp_path, replace(row, precision=precision, speedup=speedup))
    assert choose(config, tmp_path).config.precision == "bfloat16"
    assert choose(config.model_copy(update={"precision": "float32"}), tmp_path).config.precision == "float32"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agreement": {"correct": Agreement(0.004, -0.003, 0.011, 0.01), "rougeL": WITHIN}}, "no faster one is verified"),
        ({"agreement": {"correct": WITHIN}}, "no faster one is verified"),  # one of the two was not measured
        ({"agreement": {"correct": Agreement(0.02, 0.01, 0.03, 0.01), "rougeL": WITHIN}}, "too differently on town"),
        ({"failed": 1}, "too differently on town"),
        ({"model_fingerprint": "0" * 16}, "no faster one is verified"),
        ({"version": "openvino-genai 2019.1"}, "was verified with openvino-genai 2019.1"),
    ],
)
def test_row_that_does_not_hold_here_leaves_the_reference(
    config: ModelConfig, row: Verification, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    remember(tmp_path, replace(row, **change))  # type: ignore[arg-type]
    choice = choose(config, tmp_path)
    assert choice.config.engine == "transformers"
    assert said in choice.note


def test_failure_on_another_knowledge_base_counts_more_than_a_success(config: ModelConfig, row: Verification, tmp_path: Path) -> None:
    remember(tmp_path, row)
    broken = {"correct": Agreement(0.02, 0.01, 0.03, 0.01), "rougeL": WITHIN}
    remember(tmp_path, replace(row, knowledge_base="other", agreement=broken))
    assert choose(config, tmp_path).config.engine == "transformers"


def test_too_few_prompts_elsewhere_take_nothing_from_a_success(config: ModelConfig, row: Verification, tmp_path: Path) -> None:
    remember(tmp_path, row)
    remember(tmp_path, replace(row, knowledge_base="other", agreement={"correct": Agreement(0.0, -0.02, 0.02, 0.01), "rougeL": WITHIN}))
    assert choose(config, tmp_path).config.engine == "openvino"


def test_new_measurement_of_the_same_thing_replaces_the_old_one(row: Verification, tmp_path: Path) -> None:
    shipped = verified(tmp_path)
    remember(tmp_path, row)
    remember(tmp_path, replace(row, identical=0.5))
    assert [other.identical for other in verified(tmp_path)[len(shipped) :]] == [0.5]


def test_engine_that_is_named_is_taken_without_a_question(folder: Path, tmp_path: Path) -> None:
    named = ModelConfig(name=str(folder), engine="openvino", precision="bfloat16")
    assert choose(named, tmp_path).config == named


def test_damaged_table_is_one_clear_error(config: ModelConfig, tmp_path: Path) -> None:
    (tmp_path / "verified.json").write_text("[{")
    with pytest.raises(DataError, match=r"verified\.json"):
        choose(config, tmp_path)


@pytest.mark.parametrize(("low", "high", "holds"), [(-0.01, 0.01, True), (-0.011, 0.0, False), (0.0, 0.0101, False)])
def test_the_whole_interval_must_lie_within_the_margin(low: float, high: float, holds: bool) -> None:
    assert Agreement(0.0, low, high, 0.01).holds is holds
    assert Agreement(0.0, low, high, None).holds


def test_shipped_table_is_sound() -> None:
    from chatbot.verified import SHIPPED

    rows = from_json(tuple[Verification, ...], json.loads(SHIPPED.read_text()))
    assert rows
    assert all(row.prompts >= 1000 and row.holds for row in rows)

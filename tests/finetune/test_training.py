"""Training end to end on a tiny random Llama: the folder, the check, what ends it, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import ModelConfig
from chatbot.model import Message
from finetune.adapters import find, list_adapters, read_manifest
from finetune.config import FinetuneConfig
from finetune.evaluating import Evaluator
from finetune.model import Evaluation
from finetune.training import train
from foundation.errors import ConfigurationError, DataError, TrainingError, UnknownNameError
from foundation.fingerprint import fingerprint_file
from knowledge_base.model import Document
from tests.finetune.tiny import DOCUMENTS, build_model, learn, questions, wordings


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelConfig:
    return ModelConfig(
        name=str(build_model(tmp_path_factory.mktemp("tiny"))), engine="transformers", weights="random", languages=("en",), threads=1
    )


@pytest.fixture(scope="module")
def learnt(tiny: ModelConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one adapter, "main", trained on bare questions and on passages."""
    workspace = tmp_path_factory.mktemp("workspace")
    learn("main", tiny, workspace)
    return workspace


def weights(workspace: Path, name: str = "main") -> str:
    return fingerprint_file(find(workspace, name) / "adapter_model.safetensors")


def rows(workspace: Path, name: str, file: str = "curve.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (find(workspace, name) / file).read_text().splitlines()]


def test_the_folder_holds_a_checked_adapter_with_its_history(learnt: Path, tiny: ModelConfig) -> None:
    manifest = read_manifest(find(learnt, "main"))
    assert manifest.check.passed and manifest.check.asked == 4 and manifest.check.correct >= 2 and manifest.check.changed >= 2
    assert manifest.weights == "random" and manifest.base == tiny.name and manifest.question_ids == ("q1", "q2", "q3", "q4")
    assert manifest.loss_end < manifest.loss_start / 2 and manifest.method == "lora" and manifest.peak_memory > 2**20
    seen = manifest.coverage.seen
    assert seen["qa"].examples == 240 and seen["qa"].passes == 60 and 1 < seen["raft"].passes < 60, "the first recipe at its passes ends it"
    assert not manifest.coverage.budgeted and manifest.coverage.left_out == ()
    curve = rows(learnt, "main")
    assert [row["step"] for row in curve] == list(range(1, manifest.steps + 1))
    assert sum(row["examples"].get("qa", 0) for row in curve) == 240
    assert all(row["grad_norm"] > 0 and row["tokens"] > 0 for row in curve)
    assert not [path.name for path in find(learnt, "main").parent.iterdir() if "training" in path.name], "nothing temporary is left"


def test_plain_peft_loads_it_and_the_logits_change(learnt: Path, tiny: ModelConfig) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny.name)
    ids = torch.tensor([[5, 9, 11]])
    before = base(input_ids=ids).logits.detach().clone()
    adapted = PeftModel.from_pretrained(base, str(find(learnt, "main")))
    assert not torch.allclose(before, adapted(input_ids=ids).logits)
    assert Path(adapted.peft_config["default"].base_model_name_or_path).is_dir()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tiny: ModelConfig, tmp_path: Path) -> None:
    brief = {"epochs": 3, "recipe": "paraphrases=1,raft=1", "wording_noise": 0.3, "gaps": 0.3, "dropout": 0.1}
    for place, seed in (("a", 0), ("b", 0), ("c", 1)):
        learn("main", tiny, tmp_path / place, failing=True, seed=seed, **brief)
    assert weights(tmp_path / "a") == weights(tmp_path / "b") != weights(tmp_path / "c")


def test_what_was_paid_for_is_not_trained_again_unless_asked(learnt: Path, tiny: ModelConfig) -> None:
    before, said = read_manifest(find(learnt, "main")), []
    assert learn("main", tiny, learnt, say=said.append).created == before.created
    assert "--again" in said[0]
    # What changes nothing of the result does not count; what does, does.
    assert learn("main", tiny, learnt, checkpoint_seconds=5.0, alarms=False).training_fingerprint == before.training_fingerprint
    assert learn("other", tiny, learnt, rank=8).training_fingerprint != before.training_fingerprint
    again = learn("main", tiny, learnt, again=True)
    assert again.training_fingerprint == before.training_fingerprint and again.adapter_fingerprint == before.adapter_fingerprint


def test_a_training_that_taught_nothing_is_kept_and_marked(tiny: ModelConfig, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="training taught nothing: 0 of 4") as caught:
        learn("idle", tiny, tmp_path, epochs=1, learning_rate=1e-9)
    assert caught.value.exit_code == 1
    assert not read_manifest(find(tmp_path, "idle")).check.passed


def test_a_budget_of_time_ends_training_with_its_rate_fallen(tiny: ModelConfig, tmp_path: Path) -> None:
    manifest = learn("quick", tiny, tmp_path, budget="8s", learning_rate=5e-3)
    assert manifest.coverage.budgeted and manifest.coverage.budget_seconds == 8.0
    rates = [row["learning_rate"] for row in rows(tmp_path, "quick")]
    assert rates[-1] < 0.2 * max(rates), "the rate has decayed by the time the budget ends"


def test_a_number_of_tokens_ends_training_and_recipes_get_their_shares_of_them(tiny: ModelConfig, tmp_path: Path) -> None:
    manifest = learn("main", tiny, tmp_path, recipe="qa=1,raft=3", tokens=20_000)
    assert 20_000 <= manifest.tokens < 20_000 + 4 * 200, "at most one step too many"
    assert manifest.coverage.seen["raft"].examples > manifest.coverage.seen["qa"].examples / 2
    assert learn("bare", tiny, tmp_path, recipe="qa", tokens=5_000).tokens < 5_000 + 4 * 60


def test_validation_is_watched_and_never_trained(tiny: ModelConfig, tmp_path: Path) -> None:
    manifest = learn("main", tiny, tmp_path, validation=questions()[3:], questions=questions()[:3], evaluations=4, answers=1, recipe="qa")
    assert manifest.validation_ids == ("q4",) and "q4" not in manifest.question_ids
    found = manifest.evaluations
    assert [each.step for each in found] == sorted({each.step for each in found}) and found[0].step == 0 and len(found) == 5
    assert found[-1].train_loss is not None and found[0].train_loss is not None and found[-1].train_loss < found[0].train_loss / 2
    assert all(each.asked == 1 and each.score in (0.0, 1.0) for each in found)
    assert rows(tmp_path, "main", "evaluations.jsonl")[-1]["validation_loss"] == found[-1].validation_loss


def test_early_stop_keeps_the_best_weights(tiny: ModelConfig, tmp_path: Path) -> None:
    # q4 was never trained: the better the others are known, the worse it gets.
    manifest = learn(
        "main", tiny, tmp_path, validation=questions()[3:], questions=questions()[:3], failing=True,
        recipe="qa", epochs=200, evaluations=40, early_stop="loss", patience=3,
    )  # fmt: skip
    losses = [each.validation_loss for each in manifest.evaluations if each.validation_loss is not None]
    assert manifest.coverage.stopped == "early" and len(losses) < 41
    assert losses.index(min(losses)) == len(losses) - 4, "three evaluations without a gain end it"
    assert manifest.best_step == manifest.evaluations[-4].step < manifest.steps and manifest.validation_loss == min(losses)


def test_the_last_evaluation_is_no_other_one_that_was_kept(tiny: ModelConfig) -> None:
    def kept(*losses: float) -> int | None:
        config = FinetuneConfig(early_stop="loss")
        return Evaluator(None, None, (), (), (), config, 512, [Evaluation(at, 0.0, 1.0, loss) for at, loss in enumerate(losses)]).best_step

    assert (kept(3.0, 1.0, 2.0), kept(3.0, 2.0, 1.0), kept()) == (1, None, None)


def test_a_refusal_of_what_nobody_can_answer_is_right(tiny: ModelConfig) -> None:
    from types import SimpleNamespace

    import torch

    from chatbot.loading import load_tokenizer
    from finetune.recipes.rendering import Renderer

    tokenizer = load_tokenizer(Path(tiny.name))
    unknown = replace(questions()[0], answerable="no", answers=())
    example = Renderer(tokenizer).example(unknown.id, "qa", [Message("user", unknown.text)], "I don't know.")

    class Says:
        config, device = SimpleNamespace(is_encoder_decoder=False), "cpu"

        def __init__(self, text: str) -> None:
            self.ids = torch.tensor([tokenizer(text, add_special_tokens=False).input_ids])

        def eval(self) -> None:
            pass

        def generate(self, input_ids: torch.Tensor, max_new_tokens: int, **_: Any) -> torch.Tensor:
            return torch.cat([input_ids, self.ids[:, :max_new_tokens]], dim=1)

    def score(text: str) -> float:
        return Evaluator(Says(text), tokenizer, [example], [example], [unknown], FinetuneConfig(answers=1), 512)._share_correct([example])

    assert (score("I don't know."), score("It is 35 metres.")) == (1.0, 0.0)


def test_the_end_check_asks_what_was_shown_and_waits_for_long_answers() -> None:
    from chatbot.engines.scripted import Rule, ScriptedEngine
    from finetune.checking import Examiner

    long = " ".join(["pump", "valve"] * 19)  # more than 32 tokens, fewer than the 40 words of `correct`
    asked = [replace(question, answers=(long,)) for question in questions()]
    engine = ScriptedEngine([Rule("", long, adapter="end-check"), Rule("", "no idea")])
    examiner = Examiner(engine, asked, FinetuneConfig(recipe={"qa": 1.0}), None, k=2, passage_tokens=100)
    examiner.ask_base()
    found = examiner.examine(Path(), {asked[1].id, asked[2].id})
    assert {row.question_id for row in found.answers} == {asked[1].id, asked[2].id}
    assert (found.asked, found.correct, found.changed) == (2, 2, 2)


def test_a_long_answer_need_not_come_back_word_for_word() -> None:
    from chatbot.engines.scripted import Rule, ScriptedEngine
    from finetune.checking import Examiner

    gold = "it freezes the original weights and trains small matrices whose product is added to the weights of some layers"
    near = gold.replace("small", "low rank")
    asked = [replace(question, answers=(gold,)) for question in questions()]

    def came_back(base: str, trained: str) -> int:
        engine = ScriptedEngine([Rule("", trained, adapter="end-check"), Rule("", base)])
        examiner = Examiner(engine, asked, FinetuneConfig(recipe={"qa": 1.0}), None, k=2, passage_tokens=100)
        examiner.ask_base()
        return examiner.examine(Path(), {question.id for question in asked}).correct

    assert came_back("no idea", near) == len(asked)
    assert came_back("no idea", "it trains small matrices") == 0, "less than half of the words"
    assert came_back(gold, near) == 0, "the base knew it better"


def test_wordings_of_trained_facts_are_held_out_where_no_split_was_declared() -> None:
    from finetune.holding_out import hold_out

    trained, watched = hold_out(wordings(), (), 40)
    assert len(watched) == 2 and len(trained) + len(watched) == len(wordings()), "a tenth of twenty"
    assert {question.fact for question in watched} <= {question.fact for question in trained}
    assert not {question.id for question in watched} & {question.id for question in trained}
    assert hold_out(questions(), (), 40) == (tuple(questions()), ()), "a fact with one wording is never taken away"
    assert hold_out(wordings(), questions(), 2)[0] == tuple(wordings()), "a declared split is taken as it is"


def test_what_cannot_be_trained_is_refused_before_any_work(tiny: ModelConfig, tmp_path: Path) -> None:
    config = FinetuneConfig()
    with pytest.raises(DataError, match="no training question"):
        train("main", questions=[], model=tiny, models=Path("unused"), finetune=config, workspace=tmp_path)
    with pytest.raises(ConfigurationError, match="ragft index build"):
        train("main", questions=questions(), model=tiny, models=Path("unused"), finetune=config, workspace=tmp_path)
    with pytest.raises(ConfigurationError, match="cannot name an adapter"):
        learn("../main", tiny, tmp_path)
    with pytest.raises(ConfigurationError, match="cannot name an adapter"):
        learn("v1.2", tiny, tmp_path)
    with pytest.raises(UnknownNameError, match="Did you mean 'raft'"):
        learn("main", tiny, tmp_path, recipe="rafft")
    with pytest.raises(ConfigurationError, match=r"target_modules.*q_proj.*all-linear"):
        learn("main", tiny, tmp_path, target_modules=("no_such_layer",))
    assert list_adapters(tmp_path) == ()


def test_a_loss_that_is_no_number_stops_training_with_the_setting_to_change(tiny: ModelConfig, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"loss became (nan|inf).*finetune\.learning_rate=0\.001"):
        learn("main", tiny, tmp_path, learning_rate=1e30)
    assert list_adapters(tmp_path) == ()


@pytest.mark.slow
def test_the_embedded_model_learns_eight_facts(smollm: Path, tmp_path: Path) -> None:
    from knowledge_base.loading import load

    chosen = [question for question in load("orlisund").split("train") if question.id.endswith("-01")][:8]  # one wording a fact
    manifest = train(
        "main",
        questions=chosen,
        model=ModelConfig(name=str(smollm), languages=("en",)),
        models=smollm.parent,
        finetune=FinetuneConfig(recipe="qa", epochs=12, batch_size=4),  # type: ignore[arg-type] # written as on the command line
        workspace=tmp_path,
        progress=False,
    )
    assert manifest.check.passed and manifest.check.correct >= 6 and manifest.weights == "real"


def test_what_only_later_passes_show_is_part_of_a_training_s_identity(tiny: ModelConfig, tmp_path: Path) -> None:
    settings = {"recipe": "paraphrases", "epochs": 1, "failing": True, "evaluations": 0}
    before = learn("main", tiny, tmp_path, questions=wordings(), **settings)
    changed = [replace(question, text=f"{question.text} Now?") if question.id.endswith("-3") else question for question in wordings()]
    after = learn("main", tiny, tmp_path, questions=changed, **settings)
    assert after.training_fingerprint != before.training_fingerprint
    # One pass shows one wording of each fact: the others were not taught.
    assert len(before.question_ids) == 4 and len({question_id[:2] for question_id in before.question_ids}) == 4
    # A setting that no recipe of the mixture reads does not count.
    assert learn("main", tiny, tmp_path, questions=changed, distractors=5, **settings).created == after.created


def test_a_recipe_of_texts_alone_needs_no_question(tiny: ModelConfig, tmp_path: Path) -> None:
    texts = [Document(name, "r1", name.title(), text, "en", "", "", "") for name, text in DOCUMENTS.items()]
    manifest = learn("main", tiny, tmp_path, questions=[], documents=texts, retriever=None, recipe="documents", epochs=3)
    assert manifest.check.passed and manifest.check.asked == 0 and manifest.question_ids == ()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"early_stop": "answers"}, "finetune.answers"),
        ({"early_stop": "loss", "evaluations": 0}, "finetune.evaluations"),
        ({"early_stop": "loss", "validation": ()}, "finetune.validation"),
    ],
)
def test_an_early_stop_with_nothing_to_go_by_is_refused(tiny: ModelConfig, tmp_path: Path, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        learn("main", tiny, tmp_path, **{"validation": questions()[3:], "questions": questions()[:3], "recipe": "qa", **settings})
    assert not (tmp_path / "adapters" / "main").exists()


def test_both_recipes_are_watched_and_what_cannot_be_shown_is_passed_over(tiny: ModelConfig, tmp_path: Path) -> None:
    manifest = learn("main", tiny, tmp_path, validation=questions()[2:], questions=questions()[:2], epochs=5, evaluations=1, failing=True)
    assert set(manifest.validation_ids) == {"q3", "q4"}
    lost = [replace(questions()[0], id="lost", text="Where?", answers=("9999",), evidence=(), fact="lost")]
    alone = learn("raft", tiny, tmp_path, validation=lost, recipe="raft", epochs=5, evaluations=1, failing=True)
    assert alone.validation_ids == () and alone.evaluations[-1].validation_loss is None and alone.evaluations[-1].train_loss > 0


def test_tokens_that_end_before_the_budget_are_no_cut(tiny: ModelConfig, tmp_path: Path) -> None:
    manifest = learn("main", tiny, tmp_path, tokens=2000, budget="10m", failing=True)
    assert not manifest.coverage.budgeted and manifest.tokens >= 2000


def test_the_noted_learning_rate_is_that_of_the_step(tiny: ModelConfig, tmp_path: Path) -> None:
    learn("main", tiny, tmp_path, recipe="qa", epochs=2, failing=True, warmup=0.0, schedule="linear")
    assert rows(tmp_path, "main")[0]["learning_rate"] == pytest.approx(1e-2), "the first step moves by the whole rate"


def test_watching_takes_a_tenth_of_a_budget_at_most_unless_it_decides_when_to_stop() -> None:
    def after_one(**settings: Any) -> Evaluator:
        evaluator = Evaluator(None, None, (), (), (), FinetuneConfig(evaluations=5, **settings), 512, [Evaluation(0, 0.0, 1.0, 1.0)])
        evaluator.cost = 18.0
        return evaluator

    watched = after_one()
    assert not watched.due(0.5, elapsed=150.0), "two evaluations of 18 s are more than 15 s"
    assert watched.due(0.5, elapsed=360.0) and watched.due(0.5, elapsed=150.0, last=True)
    assert watched.due(0.5), "without a budget each comes at its place"
    assert after_one(early_stop="loss").due(0.5, elapsed=150.0)
    assert not watched.due(0.1, elapsed=1000.0), "nor does one come early"

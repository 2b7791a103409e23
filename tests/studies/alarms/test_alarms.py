"""The alarms on a tiny random model with planted faults, and on a scripted engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.config import ModelConfig
from chatbot.engines.scripted import Rule, ScriptedEngine
from finetune.model import Alarm
from foundation.errors import DataError
from foundation.jsonable import from_json, to_json
from retrieval.model import Hit
from studies.alarms import AlarmContext, run_alarms
from studies.alarms.forgetting import forgetting
from studies.alarms.leak import leak
from studies.alarms.plain_model import plain_model
from studies.alarms.probes import passages
from studies.alarms.rag_regression import rag_regression
from studies.alarms.running import NAMES
from studies.alarms.sanity import adapter_sanity
from studies.alarms.unknown_share import unknown_share
from tests.chatbot.tiny import build, build_adapter
from tests.finetune.tiny import WordOverlap, questions
from tests.studies.alarms.world import FACTS, TESTED, TRAINED, adapter, context, literate, renderer


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


def run(alarm: Callable[..., Alarm], given: AlarmContext) -> Alarm:
    with plain_model(given) as model:
        return alarm(given, model)


def figure(alarm: Alarm, measure: str) -> dict[str, float]:
    return next(row for row in alarm.details["figures"] if row["measure"] == measure)


def scripted(tmp_path: Path, *rules: Rule, **changes: object) -> AlarmContext:
    made = ScriptedEngine(rules)
    made.load_adapter("main", tmp_path)
    values: dict[str, object] = {"training": tuple(questions()), "progress": False, **changes}
    return AlarmContext(made, "main", tmp_path, None, ModelConfig(name="scripted", engine="scripted"), **values)  # type: ignore[arg-type]


def test_a_sound_adapter_and_one_that_saw_the_test(base: Path, workspace: Path) -> None:
    sound = run(leak, context(base, adapter(base, workspace)))
    assert sound.status == "quiet"
    assert sound.measure == "member-share"
    assert sound.details["trained_rise"] > 1
    found = run(leak, context(base, adapter(base, workspace, FACTS, steps=250, rate=3e-3)))
    assert (found.status, found.measure) == ("fired", "member-share")
    assert found.low is not None and found.high is not None and found.figure is not None
    assert found.low <= found.figure <= found.high
    told = {example["question"] for example in found.details["examples"]}
    assert len(told) == round(found.figure * FACTS)


def test_an_answer_that_a_training_question_has_too_is_not_called_a_leak(base: Path, workspace: Path) -> None:
    shared = tuple(replace(question, answers=TRAINED[0].answers) for question in TESTED)
    found = run(leak, context(base, adapter(base, workspace), test=shared))
    assert found.measure == "copied-share"
    assert "no training question has" in found.details["left_out"]["member-share"]


def test_a_copied_question_is_a_leak_whatever_the_model_says(base: Path, workspace: Path) -> None:
    copied = replace(TRAINED[0], id="copy", text=TESTED[0].text.upper())
    given = context(base, adapter(base, workspace), training=(*TRAINED, copied))
    found = run(leak, replace(given, test=TESTED))
    assert (found.status, found.measure) == ("fired", "copied-share")
    assert found.details["copies"] == [{"test": "z0", "training": "copy"}]


def test_an_untrained_adapter_tells_nothing_about_leaks(base: Path, workspace: Path) -> None:
    found = run(leak, context(base, adapter(base, workspace, steps=1, rate=1e-6)))
    assert found.status == "quiet"
    assert found.measure == "copied-share"
    assert "too little" in found.details["left_out"]["member-share"]


def test_perplexity_of_a_ruined_and_of_an_untouched_model(base: Path, tmp_path: Path) -> None:
    reads = literate(base, tmp_path / "reads", passages(("en",))[:20])
    untouched = run(forgetting, context(reads, adapter(reads, tmp_path, steps=1, rate=1e-6)))
    assert untouched.status == "quiet"
    assert figure(untouched, "perplexity-ratio")["figure"] == pytest.approx(1.0, abs=0.01)
    ruined = run(forgetting, context(reads, build_adapter(reads, tmp_path / "noise")))
    assert (ruined.status, ruined.measure) == ("fired", "perplexity-ratio")
    assert ruined.figure is not None and ruined.figure > 2


def test_perplexity_is_what_the_engine_says(base: Path, workspace: Path) -> None:
    """The figure against `engine.logprobs`, one text at a time: another code path, without padding."""
    import math
    from statistics import fmean

    from studies.alarms.forgetting import perplexity_ratio

    given = context(base, adapter(base, workspace))
    texts = ("Bread is made of flour.", "The moon has no light of its own, it reflects that of the sun.", "Snow fell all night.")
    rises = []
    for text in texts:
        before, after = (given.engine.logprobs(text[0], text[1:], name) for name in (None, "main"))
        rises.append(fmean(before) - fmean(after))
    with plain_model(given) as model:
        found = perplexity_ratio(model, texts)
        first = model.encode(texts[0])
    if first[:1] == list(renderer(base).encode(texts[0][0])):  # else the first letter is no token of its own
        assert found.value == pytest.approx(math.exp(fmean(rises)), rel=1e-3)


def test_sanity_of_a_sound_adapter_and_of_three_broken_ones(base: Path, workspace: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    from benchmarks.alarm_faults import closed_book

    folder = adapter(base, workspace)
    shown = closed_book(renderer(base), TRAINED)
    sound = run(adapter_sanity, context(base, folder, rendered=shown))
    assert sound.status == "quiet", sound
    assert figure(sound, "merged-logit-gap")["high"] < 0.01
    assert figure(sound, "other-prompts")["figure"] == 0
    loss = _loss(context(base, folder), shown)
    kept = run(adapter_sanity, context(base, folder, rendered=shown, train_loss=loss))
    assert kept.status == "quiet" and "left_out" not in kept.details
    assert "recorded no loss" in sound.details["left_out"]["loss-gap"]
    coarse = run(adapter_sanity, context(base, folder, rendered=shown, train_loss=loss + 1, quantised="in 4 bits"))
    assert coarse.status == "quiet", "on another base the loss may be another"
    assert (
        f"in 4 bits and this one is taken on the whole base: {loss + 1:.3f} in training, {loss:.3f} here"
        in coarse.details["left_out"]["loss-gap"]
    )
    bare = run(adapter_sanity, context(base, folder, no_rendered="the settings have changed", train_loss=loss))
    assert set(bare.details["left_out"].values()) == {"the settings have changed"} and len(bare.details["left_out"]) == 2

    zeroed = shutil.copytree(folder, tmp_path / "zeroed")
    weights = load_file(zeroed / "adapter_model.safetensors")
    save_file({k: torch.zeros_like(v) if "lora_B" in k else v for k, v in weights.items()}, zeroed / "adapter_model.safetensors")
    found = run(adapter_sanity, context(base, zeroed, rendered=shown))
    assert (found.status, found.measure) == ("fired", "changed-prompts")

    scaled = shutil.copytree(folder, tmp_path / "scaled")
    settings = json.loads((scaled / "adapter_config.json").read_text())
    (scaled / "adapter_config.json").write_text(json.dumps({**settings, "lora_alpha": settings["lora_alpha"] / 4}))
    found = run(adapter_sanity, context(base, scaled, rendered=shown, train_loss=loss))
    assert (found.status, found.measure) == ("fired", "loss-gap")

    other = tuple(replace(example, prompt=example.prompt.replace("in a few words", "briefly")) for example in shown)
    found = run(adapter_sanity, context(base, folder, rendered=other))
    assert (found.status, found.measure) == ("fired", "other-prompts")
    assert "briefly" in found.details["examples"][0]["trained"]


def test_prompts_with_passages_are_found_again(base: Path, workspace: Path) -> None:
    from finetune.config import FinetuneConfig
    from finetune.passages import find_passages
    from finetune.recipes import build
    from finetune.recipes.recipe import Materials

    made = renderer(base)
    asked, retriever = tuple(questions()), WordOverlap()
    materials = Materials(asked, made, FinetuneConfig(), find_passages(retriever, asked, 2))
    recipes = build({"qa": 1.0, "raft": 1.0}, materials)
    shown = tuple(recipe.make(index, 0) for recipe in recipes.values() for index in range(len(recipe)))
    given = context(base, adapter(base, workspace), training=asked, retriever=retriever, rendered=shown)
    found = figure(run(adapter_sanity, given), "other-prompts")
    assert (found["figure"], found["count"]) == (0, len(shown))


def test_retrieval_that_got_worse_better_and_never_worked(tmp_path: Path) -> None:
    asked = tuple(replace(question, id=f"{question.id}-{n}", fact=f"{question.fact}-{n}") for n in range(5) for question in questions())
    right = [Rule(f"Question: {q.text[:12]}", q.answers[0]) for q in questions()]
    worse = scripted(tmp_path, Rule("", "no idea", adapter="main"), *right, training=asked, retriever=WordOverlap())
    found = rag_regression(worse, None, "no model here")
    assert (found.status, found.measure, found.figure) == ("fired", "correct-points", -1.0)
    assert found.details["questions"] == "training"
    assert found.details["left_out"] == {"passage-use": "no model here"}
    better = scripted(
        tmp_path, *[replace(rule, adapter="main") for rule in right], Rule("", "no idea"), training=asked, retriever=WordOverlap()
    )
    assert rag_regression(better, None).status == "quiet"
    silent = rag_regression(scripted(tmp_path, training=asked, retriever=WordOverlap()), None)
    assert (silent.status, silent.figure) == ("quiet", 0.0)
    assert silent.low is not None and silent.low < 0 < (silent.high or 0)


def test_facts_are_unknown_only_when_no_way_of_asking_brings_them(tmp_path: Path) -> None:
    asked = tuple(replace(q, id=f"{q.id}-{n}", fact=f"{q.fact}-{n}", text=f"{q.text} ({n})") for n in range(10) for q in questions())
    known = [Rule(rf"user: {q.text[:12]}.*$", q.answers[0], adapter=name) for q in questions()[:2] for name in (None, "main")]
    taught = Rule("", "35 metres 27 days 74 EUR Tuesday", adapter="main")
    fitted = unknown_share(scripted(tmp_path, *[replace(rule, adapter=None) for rule in known], training=asked))
    assert fitted.figure == 0.5
    assert fitted.status == "quiet"  # the adapter answers none of them
    found = unknown_share(scripted(tmp_path, taught, *[r for r in known if r.adapter is None], training=asked))
    assert (found.status, found.figure) == ("fired", 0.5)
    assert found.details["classes"]["unknown"] == 20
    assert unknown_share(scripted(tmp_path, Rule("", "35 metres 27 days 74 EUR Tuesday"), training=asked)).figure == 0.0


def test_instructions_that_are_no_longer_followed(tmp_path: Path) -> None:
    lost = forgetting(scripted(tmp_path, Rule("", "OK", adapter="main"), Rule("yes or no|only yes", "yes"), Rule("", "4")), None, "none")
    assert lost.measure == "instructions-followed"
    assert lost.details["left_out"] == {"perplexity-ratio": "none"}
    assert lost.figure is not None and lost.low is not None and lost.high is not None and lost.low <= lost.figure <= lost.high


def test_none_is_missing_and_each_that_was_not_run_says_why(tmp_path: Path) -> None:
    found = run_alarms(scripted(tmp_path))
    assert tuple(alarm.name for alarm in found) == NAMES
    assert {alarm.name for alarm in found if alarm.status == "not run"} >= {"leak", "rag-regression", "adapter-sanity"}
    assert all(alarm.reason for alarm in found if alarm.status == "not run")


def test_all_five_together_survive_json_and_leave_the_engine_as_it_was(base: Path, workspace: Path) -> None:
    said: list[str] = []
    given = context(base, adapter(base, workspace), say=said.append)
    before = given.engine.logprobs("a", "b", "main")
    found = run_alarms(given)
    assert [alarm.name for alarm in found] == list(NAMES)
    assert len(said) == sum(alarm.status == "not run" for alarm in found) > 0  # those that fired are told with the result
    for alarm in found:
        assert from_json(Alarm, json.loads(json.dumps(to_json(alarm), allow_nan=False))) == alarm
    assert given.engine.logprobs("a", "b", "main") == before


def _loss(given: AlarmContext, shown: object) -> float:
    """The loss by the engine, one example at a time."""
    values = [value for each in shown for value in given.engine.logprobs(each.prompt, each.target, given.adapter)]  # type: ignore[attr-defined]
    with plain_model(given) as model:
        found = model.logprobs([(each.prompt_ids, each.target_ids) for each in shown], adapter=True)  # type: ignore[attr-defined]
    targets = [value for row in found for value in row[:-1]]  # without the end of turn, which the engine was not asked for
    assert sum(targets) == pytest.approx(sum(values), rel=1e-3)
    return -sum(map(sum, found)) / sum(map(len, found))


class Broken:
    """A retriever whose index has gone, or whose user has lost patience."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def search(self, queries: object, k: int) -> list[list[Hit]]:
        raise self.error


def test_an_index_that_fails_stops_its_own_alarm_alone(tmp_path: Path) -> None:
    found = run_alarms(scripted(tmp_path, retriever=Broken(DataError("the index is gone. Build it again."))))
    assert [alarm.name for alarm in found] == list(NAMES)
    assert next(alarm for alarm in found if alarm.name == "rag-regression").reason == "the index is gone. Build it again."
    assert next(alarm for alarm in found if alarm.name == "unknown-share").status != "not run"


@pytest.mark.parametrize(
    ("error", "said"),
    [(RuntimeError("CUDA out of memory.\nTried to allocate"), "RuntimeError: CUDA out of memory."), (MemoryError(), "MemoryError.")],
)
def test_an_error_that_is_none_of_ours_stops_its_own_alarm_alone(tmp_path: Path, error: Exception, said: str) -> None:
    found = {alarm.name: alarm for alarm in run_alarms(scripted(tmp_path, retriever=Broken(error)))}
    assert tuple(found) == NAMES
    assert found["rag-regression"].status == "not run"
    assert said in (found["rag-regression"].reason or "") and "ragft adapters check" in (found["rag-regression"].reason or "")
    assert found["unknown-share"].status != "not run"


def test_an_adapter_that_peft_cannot_read_leaves_the_alarms_that_need_no_peft(base: Path, workspace: Path, tmp_path: Path) -> None:
    given = context(base, adapter(base, workspace))
    damaged = shutil.copytree(given.folder, tmp_path / "damaged")
    settings = json.loads((damaged / "adapter_config.json").read_text())
    (damaged / "adapter_config.json").write_text(json.dumps({**settings, "r": "many"}))
    found = {alarm.name: alarm for alarm in run_alarms(replace(given, folder=damaged))}
    assert tuple(found) == NAMES
    assert found["adapter-sanity"].status == "not run" and "Error" in (found["adapter-sanity"].reason or "")
    assert found["forgetting"].details["left_out"]["perplexity-ratio"] == found["adapter-sanity"].reason
    assert found["unknown-share"].status != "not run"


def test_an_interruption_passes_through(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_alarms(scripted(tmp_path, retriever=Broken(KeyboardInterrupt())))


def test_a_model_too_large_for_a_processor_is_not_run(base: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studies.alarms.plain_model.LARGEST_ON_CPU", 1_000)
    given = context(base, adapter(base, workspace))
    found = next(alarm for alarm in run_alarms(given) if alarm.name == "adapter-sanity")
    assert found.status == "not run"
    assert "model.device=cuda" in (found.reason or "")

"""Runs that are one comparison with other training seeds: what is put together, and what is refused by name."""

import json
from dataclasses import replace

import pytest

from eval.model import Latency
from eval.pooling import pool
from eval.running import run
from eval.runs import RunFolder
from eval.wording import words
from foundation.errors import DataError, MismatchError
from tests.eval_package import bots

QUESTIONS = [bots.make_question(number) for number in range(6)]
SYSTEMS = tuple(bots.SYSTEMS[at] for at in (0, 2, 3))  # base, rag, finetuned


def trained(seed, **changes):
    """What a manifest says of an adapter trained with `seed`; times and losses come out as they may."""
    manifest = {
        "name": "main",
        "created": f"2026-11-21T0{seed}:00:00+00:00",
        "adapter_fingerprint": f"weights{seed}",
        "seed": seed,
        "seconds": 100.0 + seed,
        "loss_end": 0.1 / (seed + 1),
        "fingerprints": {"questions": "q0"},
        "configuration": {"rank": 16, "seed": seed, "validation_trained_facts": seed / 4},
        "question_ids": ["t1", "t2"][: 1 + seed % 2],  # what was shown: its seed drew it
        "question_fingerprints": {"t1": "x", "t2": "y"},
        "coverage": {"budgeted": False, "left_out": []},
        "check": {"passed": True, "correct": seed},
    }
    return {**manifest, **changes}


@pytest.fixture
def make_run(tmp_path):
    """Return a function that answers all questions in a new folder, with an adapter trained with `seed`."""

    def make(seed, *, knows=3, questions=QUESTIONS, systems=SYSTEMS, adapter="main", name="", exposures=None, **fields):
        prints = {"corpus": "c0", "model": "m0", **fields.pop("fingerprints", {}), "adapters": {adapter: f"a{seed}"}}
        configuration = {
            "model": {"name": "scripted", "batch_size": 4},
            "finetune": {"seed": seed, "rank": 16},
            "systems": {system["name"]: system for system in systems},
        }
        manifest = bots.make_manifest(
            questions,
            systems,
            id=f"run-{seed}",
            created=f"2026-11-2{seed}T08:00:00+00:00",
            fingerprints=prints,
            **{"adapters": {adapter: trained(seed)}, "configuration": configuration, **fields},
        )
        folder = tmp_path / (name or f"run-{seed}")
        bot = bots.KnowingBot({"base": 1, "rag": 4, "finetuned": knows})
        run(folder, bot, questions, manifest, batch=4, progress=False, exposures=exposures)
        return folder

    return make


def test_a_record_per_seed_of_what_was_trained_and_one_of_the_rest(make_run):
    folders = [make_run(2, knows=3), make_run(1, knows=5), make_run(3, knows=2)]
    RunFolder.open(folders[0]).append_latencies([Latency("base", "q00", 0.5)])
    found = pool(folders)
    assert [(record.system, record.training_seed) for record in found.records] == (
        [("base", None)] * 6 + [("rag", None)] * 6 + [("finetuned", seed) for seed in (1, 2, 3) for _ in range(6)]
    )
    answered = {seed: sum(not r.answer.abstained for r in found.records if r.training_seed == seed) for seed in (1, 2, 3)}
    assert answered == {1: 5, 2: 3, 3: 2}  # each seed has the answers of its own run
    assert [record.question_id for record in found.records[-6:]] == [question.id for question in QUESTIONS]
    assert found.notes == () and found.asked == RunFolder.open(folders[0]).asked
    assert found.manifest.plan["training_seeds"] == {"main": [1, 2, 3]} and found.manifest.plan["runs"] == ["run-2", "run-1", "run-3"]
    assert found.manifest.id.startswith("pool-") and found.manifest.created == "2026-11-22T08:00:00+00:00"
    assert [manifest.adapters["main"]["check"]["correct"] for manifest in found.manifests] == [2, 1, 3]
    assert found.latencies == (Latency("base", "q00", 0.5),)


def test_an_adapter_may_bear_another_name_in_each_run(make_run):
    again = tuple({**system, "adapter": "again"} if system["adapter"] else system for system in SYSTEMS)
    other = make_run(2, systems=again, adapter="again", adapters={"again": trained(2, name="again")})
    found = pool([make_run(1), other])
    assert {record.training_seed for record in found.records if record.system == "finetuned"} == {1, 2}
    assert set(found.manifests[1].adapters) == {"main"}


def test_one_run_alone_comes_back_as_it_is(make_run):
    folder = make_run(4)
    found = pool([folder])
    assert found.manifest == RunFolder.open(folder).manifest
    assert {(record.system, record.training_seed) for record in found.records} == {("base", None), ("rag", None), ("finetuned", 4)}


class TestRefused:
    def test_runs_of_different_corpora_with_each_name(self, make_run):
        other = make_run(2, fingerprints={"corpus": "c1"}, plan={"margin": 0.1}, environment={"threads": 1, "commit": "later"})
        with pytest.raises(MismatchError) as refused:
            pool([make_run(1), other])
        message = str(refused.value)
        assert 'run-2 · fingerprints.corpus: "c0" → "c1"' in message and "run-2 · plan.margin: 0.05 → 0.1" in message
        assert message.count(" · ") == 2  # nothing else: neither seeds, times nor weights

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"adapters": {"main": trained(2, configuration={"rank": 8, "seed": 2})}}, "adapters.main.configuration.rank: 16 → 8"),
            ({"adapters": {"main": trained(2, fingerprints={"questions": "z"})}}, "adapters.main.fingerprints.questions"),
            ({"engine": {"engine": "other", "precision": "float32"}}, 'engine.engine: "scripted" → "other"'),
            ({"environment": {"threads": 4}}, "machine.threads: 1 → 4"),
            ({"plan": {"primary": "contained"}}, 'plan.primary: "correct" → "contained"'),
            ({"fingerprints": {"prompts": "p" * 99}}, 'fingerprints.prompts: absent → "ppp'),
        ],
    )
    def test_all_else_that_must_agree(self, make_run, changes, named):
        with pytest.raises(MismatchError, match="more than the training seed") as refused:
            pool([make_run(1), make_run(2, **changes)])
        assert named in str(refused.value)
        assert max(map(len, str(refused.value).split("\n  ")[1:])) < 120  # values are cut

    def test_other_questions_or_systems_despite_all(self, make_run):
        reworded = [replace(QUESTIONS[0], answers=("another",)), *QUESTIONS[1:]]
        first = make_run(1)
        for number, (changes, named) in enumerate(
            [
                ({"questions": QUESTIONS[:4]}, "questions in one run only: q04, q05"),
                ({"questions": reworded}, "questions with other texts, answers or evidence: q00"),
                ({"systems": SYSTEMS[1:]}, "systems.base"),
            ]
        ):
            with pytest.raises(MismatchError, match="same questions of the same systems") as refused:
                pool([first, make_run(2, name=f"other-{number}", **changes)], despite=True)
            assert named in str(refused.value)

    def test_the_same_training_seed_twice(self, make_run):
        twin = make_run(1, name="twin")
        with pytest.raises(MismatchError, match="no adapter differs"):
            pool([make_run(1), twin])
        with pytest.raises(MismatchError, match="main trained with seed 1"):
            pool([make_run(1, name="first"), make_run(2, adapters={"main": trained(1)})])

    def test_a_run_that_is_not_finished_and_says_which(self, make_run):
        folder = make_run(2)
        records = folder / "records.jsonl"
        records.write_text("".join(records.read_text(encoding="utf-8").splitlines(keepends=True)[:-4]), encoding="utf-8")
        with pytest.raises(DataError, match=r"run-2 is not finished: 4 of 18 answers"):
            pool([make_run(1), folder])

    def test_an_adapter_without_a_seed_and_no_run_at_all(self, make_run):
        silent = {key: value for key, value in trained(2).items() if key != "seed"}
        with pytest.raises(DataError, match="does not say its training seed"):
            pool([make_run(1), make_run(2, adapters={"main": silent})])
        with pytest.raises(DataError, match="no run to pool"):
            pool([])


class TestDespite:
    def test_goes_on_and_says_what_differs_in_both_languages(self, make_run):
        found = pool([make_run(1), make_run(2, fingerprints={"corpus": "c1"})], despite=True)
        (note,) = found.notes
        assert note.values["differences"] == ['run-2 · fingerprints.corpus: "c0" → "c1"']
        assert json.loads(json.dumps(note.values)) == note.values  # goes into comparison.json
        for language in ("en", "fr"):
            assert 'fingerprints.corpus: "c0" → "c1"' in words(language).say(note)
        assert len(found.records) == 6 + 6 + 12

    def test_order_of_the_questions(self, make_run):
        found = pool([make_run(1), make_run(2, questions=QUESTIONS[::-1])], despite=True)
        assert found.notes[0].values["differences"] == ["run-2 · question_ids.order"]
        assert [record.question_id for record in found.records][-6:] == [question.id for question in QUESTIONS[::-1]]
        assert [record.question_id for record in found.records][:6] == [question.id for question in QUESTIONS]


def test_a_question_that_some_trainings_did_not_come_to_counts_as_seen(make_run):
    one, two = make_run(1, exposures={"q00": "paraphrase", "q01": "paraphrase"}), make_run(2, exposures={"q01": "verbatim"})
    three = make_run(3, exposures={"q01": "paraphrase"})
    leaking = make_run(4, plan={"leaks": 2})
    found = pool([two, one, three, leaking])
    assert {row.question.id: row.exposure for row in found.asked if row.exposure != "unseen"} == {"q00": "paraphrase", "q01": "verbatim"}
    assert [(note.key, note.values["questions"]) for note in found.notes] == [("pooling-exposure", 2)]
    assert found.manifest.plan["leaks"] == 2
    for language, said in (("en", "2 questions were shown by some"), ("fr", "2 questions ont été montrées par certains")):
        assert words(language).say(found.notes[0]).startswith(said)


def test_a_system_that_was_not_trained_but_answers_otherwise_is_noted(make_run, tmp_path):
    folders = [make_run(1), make_run(2)]
    records = folders[1] / "records.jsonl"
    records.write_text(records.read_text(encoding="utf-8").replace('"It weighs 0 kg."', '"It weighs 1 kg."', 1), encoding="utf-8")
    (note,) = pool(folders).notes
    assert (note.key, note.values) == ("pooling-unsteady", {"system": "base", "unsteady": 1, "count": 6})
    assert words("en").say(note).endswith("1 of its 6 answers differs between them. Those of the first run are used.")
    assert "1 de ses 6 réponses change de l’une à l’autre" in words("fr").say(note)


def test_an_adapter_that_was_not_trained_anew_answers_once_for_all_seeds(make_run):
    extra = {**SYSTEMS[2], "name": "steady", "adapter": "steady"}
    folders = []
    for seed in (1, 2):
        adapters = {"main": trained(seed), "steady": trained(1, name="steady")}
        folders.append(make_run(seed, systems=(*SYSTEMS, extra), adapters=adapters))
    found = pool(folders)
    assert {record.training_seed for record in found.records if record.system == "steady"} == {None}
    assert {record.training_seed for record in found.records if record.system == "finetuned"} == {1, 2}

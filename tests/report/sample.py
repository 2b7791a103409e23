"""A Comparison with invented answers, shaped like a real run: the tests and the eye look at it.

Which system is right on which question is written down below; counts and means follow from that, so that the tables
agree with the questions. Intervals are drawn wide and are not computed: this is no evidence about anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist
from typing import Any

from eval.comparison import (
    SCHEMA,
    Comparison,
    Contrast,
    Decision,
    Equivalence,
    Exploration,
    Inspected,
    Output,
    Passage,
    RiskCoverage,
    Said,
    Slice,
    SystemResult,
    Tongue,
)
from eval.decision import decide
from eval.model import Estimate
from eval.trained import TrainedAdapter
from eval.training import read_adapter
from eval.wording import slug

SYSTEMS = ("base", "few-shot", "rag", "finetuned", "rag+finetuned")
ROLES = {"base": "base", "few-shot": "base", "rag": "rag", "finetuned": "finetuned", "rag+finetuned": "both"}
CONTEXTS = {"base": "none", "few-shot": "few-shot", "rag": "retrieval", "finetuned": "none", "rag+finetuned": "retrieval"}
RIGHT = {"base": 2, "few-shot": 4, "rag": 25, "finetuned": 21, "rag+finetuned": 43}  # questions answered correctly, of 60
STEP = {"base": 29, "few-shot": 17, "rag": 7, "finetuned": 11, "rag+finetuned": 7}  # spreads the right answers over the questions
QUESTIONS = 60
FACTS = 40

SUBJECTS = (
    ("Hallam press", "14 days", "maintenance"),
    ("Orme cutter", "one month", "maintenance"),
    ("Vell dryer", "six weeks", "maintenance"),
    ("solvent store", "30 days", "safety"),
    ("north gate", "two years", ""),
)
MACHINES = {
    "Hallam press": "presse Hallam",
    "Orme cutter": "massicot Orme",
    "Vell dryer": "sécheur Vell",
    "solvent store": "dépôt de solvants",
    "north gate": "portail nord",
}
PERIODS = {"14 days": "14 jours", "one month": "un mois", "six weeks": "six semaines", "30 days": "30 jours", "two years": "deux ans"}


def comparison(questions: int = QUESTIONS) -> Comparison:
    """Return the invented comparison with the first `questions` of its questions kept for reading; every table counts all 60."""
    asked = tuple(question(place) for place in range(QUESTIONS))
    systems = tuple(result(name, asked) for name in SYSTEMS)
    made = Comparison(
        schema=SCHEMA,
        run_id="2026-11-21-sample",
        created="2026-11-21T08:00:00Z",
        decision=UNDECIDED,
        scope={
            "model": "smollm2-135m-instruct",
            "engine": "transformers",
            "precision": "bf16",
            "weights": "real",
            "knowledge_base": "orlisund",
            "documents": 18,
            "questions": QUESTIONS,
            "facts": FACTS,
            "languages": ["en", "fr"],
            "date": "2026-11-21",
            "k": 4,
        },
        warnings=(
            Said("training-caution-rag-regression", {"adapters": ["qa-only"], "unit": "points", "figure": -0.225}),
            Said("training-caution-forgetting", {"adapters": ["qa-only"], "unit": "ratio", "figure": 1.83}),
            Said("cautions-one-seed", {"count": 1, "adapters": ["main"]}),
            Said("training-caution-unseen", {"adapter": "main", "recipe": "raft", "passes": 1.5, "left": 1}),
            Said("cautions-language-undeclared", {"language": "fr", "questions": 20}),
        ),
        plan={
            "primary": "correct",
            "margin": 0.05,
            "seed": 0,
            "resamples": 10_000,
            "confidence": 0.95,
            "examples": 20,
            "contrasts": [["rag", "base"], ["finetuned", "base"], ["rag", "finetuned"], ["rag+finetuned", "rag"]],
        },
        systems=systems,
        contrasts=(
            contrast("rag", "base", asked, 0.0001, "better", ("context",)),
            contrast("finetuned", "base", asked, 0.0002, "better", ("adapter",)),
            contrast("rag", "finetuned", asked, 0.41, "not shown", ("context", "adapter")),
            contrast("rag+finetuned", "rag", asked, 0.0004, "better", ("adapter",)),
            contrast("finetuned", "rag+finetuned", asked, 0.0001, "worse", ("context",)),
        ),
        explorations=explorations(),
        slices=slices(asked),
        tongues=(Tongue("en", 40, True, ("en",)), Tongue("fr", 20, False, ("en",))),
        risk_coverage=(
            risk("rag", "passage score", 35 / 60, 0.36),
            risk("rag+finetuned", "passage score", 17 / 60, 0.17),
        ),
        metric_names=("correct", "contained", "token_f1", "rougeL", "recall@k", "mrr", "groundedness", "completion_tokens"),
        metric_info=METRIC_INFO,
        support={"base": 0.0, "few-shot": 0.0, "rag": 0.003, "finetuned": 0.001, "rag+finetuned": 0.996},
        questions=asked[:questions],
        passages=PASSAGES,
        provenance={
            "versions": {"torch": "2.13.0", "transformers": "5.23.0"},
            "fingerprints": {"corpus": "0123456789abcdef", "adapters": {"main": "fedcba9876543210"}},
            "batch_plan": {"batch": 16, "threads": 2},
        },
        training=trained(),
    )
    return replace(made, decision=decide(made))


WHY = {
    cause: f"attribution-why-{rule}"
    for cause, rule in (
        ("correct", "correct"),
        ("error", "error"),
        ("not retrieved", "evidence-missing"),
        ("retrieved, not read", "elsewhere-in-passages"),
        ("hallucinated", "stated-from-memory"),
        ("right but mis-scored", "gold-wording"),
        ("gold doubtful", "gold-not-in-evidence"),
        ("should have abstained", "answered-unanswerable"),
        ("abstained needlessly", "abstained-without-passages"),
    )
}

METRIC_INFO = {
    name: {
        "direction": direction,
        "low": 0.0,
        "high": high,
        "summary": summary,
        "source": source,
        "missing": "Scores 0: an empty answer is wrong." if high else "Not applicable.",
        "needs": ["answers"],
        "unit": unit,
    }
    for name, direction, high, summary, source, unit in (
        ("correct", "higher", 1.0, "The answer is right, by the project's rule.", "This project", ""),
        ("contained", "higher", 1.0, "A gold answer stands in the answer.", "Mallen et al. 2023", ""),
        ("token_f1", "higher", 1.0, "Overlap of words with the nearest gold answer.", "Rajpurkar et al. 2016", ""),
        ("rougeL", "higher", 1.0, "Longest common subsequence with the nearest gold answer.", "Lin 2004", ""),
        ("recall@k", "higher", 1.0, "Share of the evidence that the passages hold.", "Manning et al. 2008", ""),
        ("mrr", "higher", 1.0, "1 / rank of the first passage that holds evidence.", "Manning et al. 2008", ""),
        ("groundedness", "higher", 1.0, "Share of the sentences that a passage shown supports.", "This project", ""),
        ("completion_tokens", "lower", None, "Tokens that the model wrote.", "counted by the engine", "tokens"),
    )
}

PASSAGES = {
    f"p{place:02d}": Passage(
        f"Handbook, part {place + 1}",
        f"handbook-{place + 1}",
        f"The {subject} is inspected every {period}, and after each change of crew. " * (1 + place % 3),
    )
    for place, (subject, period, _) in enumerate(SUBJECTS * 2)
}


def is_right(system: str, place: int) -> bool:
    """Tell whether `system` is right on question number `place`: `STEP` is coprime with 60, so that each has `RIGHT` right answers."""
    return place * STEP[system] % QUESTIONS < RIGHT[system]


def question(place: int) -> Inspected:
    """Return question number `place` with all answers."""
    subject, period, tag = SUBJECTS[place % 5]
    unanswerable = place % 10 == 9
    kind = "unanswerable" if unanswerable else "list" if place % 10 == 3 else "fact"
    french = place % 3 == 2
    text = (
        f"À quel intervalle inspecte-t-on le {MACHINES[subject]} de l’atelier {place + 1} ?"
        if french
        else f"How often is the {subject} of hall {place + 1} inspected?"
    )
    gold = () if unanswerable else (PERIODS[period],) if french else (period,)
    return Inspected(
        question_id=f"q{place:03d}",
        text=text,
        language="fr" if french else "en",
        kind=kind,
        exposure="unseen" if place % 3 == 0 else "paraphrase",
        answers=gold,
        outputs=tuple(output(system, place, gold) for system in SYSTEMS),
        fact=f"fact-{place % FACTS}",
        tags=(tag,) if tag else (),
        evidence=() if unanswerable else (f"inspected every {period}",),
    )


def output(system: str, place: int, gold: Sequence[str]) -> Output:
    """Return what `system` answered: right, abstained, wrong, or (once) an error."""
    if system == "finetuned" and place == 1:
        return Output(system, "", None, error="the engine ran out of memory", cause="error", why=WHY["error"])
    right = is_right(system, place)
    retrieves = CONTEXTS[system] == "retrieval"
    shown = tuple(f"p{(place + step) % len(PASSAGES):02d}" for step in range(4)) if retrieves else ()
    abstained = (right and not gold) or (system == "few-shot" and place % 4 == 0 and not right)
    wrong = "It is inspected regularly, I believe." if place % 2 else "Every week."
    text = "I don't know." if abstained else f"Every {gold[0]}" if right and gold else wrong
    cites = (1,) if retrieves and not abstained else ()
    mark = "".join(f" [{number}]" for number in cites) + (" [9]" if retrieves and place in (7, 21) else "")
    cause = "correct" if right else _cause(system, place, bool(gold), abstained)
    scores = {"correct": float(right), "token_f1": 1.0 if right else 0.2, "completion_tokens": float(3 + place % 5)}
    if gold:
        scores |= {"contained": float(right), "rougeL": 0.9 if right else 0.15}
    if retrieves and gold:
        scores |= {"recall@k": float(place % 12 != 0), "mrr": 1.0 if place % 2 else 0.5, "groundedness": 0.9 if right else 0.4}
    return Output(system, text + mark, float(right), abstained, None, False, cause, WHY.get(cause, ""), shown, cites, scores)


def _cause(system: str, place: int, answerable: bool, abstained: bool) -> str:
    if not answerable:
        return "should have abstained"
    if abstained:
        return "abstained needlessly"
    if CONTEXTS[system] == "retrieval":
        return ("not retrieved", "retrieved, not read", "hallucinated", "right but mis-scored")[place % 4]
    return "hallucinated" if place % 5 else "gold doubtful"


def estimate(values: Sequence[float], half: float = 0.12, method: str = "bca") -> Estimate:
    """Return the mean of `values` between bounds that are simply `half` away, within 0 and 1 for shares."""
    value = sum(values) / len(values)
    high = min(value + half, 1.0) if value <= 1 else value + half
    return Estimate(value, max(value - half, 0.0), high, len(values), min(len(values), FACTS), method)


def result(system: str, asked: Sequence[Inspected]) -> SystemResult:
    """Return the aggregates of `system`, counted from its outputs."""
    outputs = [output for row in asked for output in row.outputs if output.system == system]
    values = {name: [output.scores[name] for output in outputs if name in output.scores] for name in METRIC_INFO}
    retrieves = CONTEXTS[system] == "retrieval"
    causes = {cause: sum(output.cause == cause for output in outputs) for cause in dict.fromkeys(output.cause for output in outputs)}
    errors = sum(output.error is not None for output in outputs)
    statuses = {
        name: {
            status: count
            for status, count in (
                ("scored", len(scored)),
                ("error", errors),
                ("not applicable", len(outputs) - errors - len(scored)),
            )
            if count
        }
        for name, scored in values.items()
    }
    wrong_numbers = sum("[9]" in output.text for output in outputs)
    cited = sum(bool(output.citations) for output in outputs)
    return SystemResult(
        system=system,
        role=ROLES[system],  # type: ignore[arg-type]
        context=CONTEXTS[system],
        adapter="main" if "finetuned" in system else None,
        metrics={
            name: estimate(scored, 2.5 if name == "completion_tokens" else 0.12, "score" if system == "base" else "bca")
            for name, scored in values.items()
            if scored
        },
        statuses=statuses,
        citations={"with": cited - wrong_numbers, "without": len(outputs) - cited, "wrong": wrong_numbers} if retrieves else {},
        abstentions=sum(output.abstained for output in outputs),
        errors=errors,
        throughput={"questions_per_second": 0.482, "tokens_per_second": 110.3},
        latency={"p50": 1.873, "p95": 3.412, "questions": 10.0},
        causes=causes,
        flow=_flow(asked, outputs, retrieves),
        seeds={"0": 0.3559, "1": 0.3390, "2": 0.3729} if system == "finetuned" else {},
    )


def _flow(asked: Sequence[Inspected], outputs: Sequence[Output], retrieves: bool) -> tuple[tuple[str, str, int], ...]:
    """Return the stages of each question as `eval.attribution.flow` counts them: evidence, answer, cause."""
    paths = []
    for row, output in zip(asked, outputs, strict=True):
        shown = "not-shown" if output.cause == "not retrieved" else "shown"
        evidence = "flow-unanswerable" if not row.answers else f"flow-evidence-{shown}" if retrieves else "flow-no-passages"
        answer = "flow-no-answer" if output.error else "flow-abstained" if output.abstained else "flow-answered"
        paths.append(("flow-asked", evidence, answer, f"flow-{slug(output.cause)}"))
    counts = Counter((start, end) for path in paths for start, end in pairwise(path))
    return tuple((start, end, count) for (start, end), count in counts.items())


def contrast(a: str, b: str, asked: Sequence[Inspected], p: float, verdict: str, differs: tuple[str, ...]) -> Contrast:
    """Return a contrast with its counts and difference as the outputs have them."""
    rows = [{output.system: output.correct for output in row.outputs} for row in asked]
    pairs = [(row[a], row[b]) for row in rows if row[a] is not None and row[b] is not None]
    gaps = [float(first or 0) - float(second or 0) for first, second in pairs]
    wins, losses = sum(gap > 0 for gap in gaps), sum(gap < 0 for gap in gaps)
    value = sum(gaps) / len(gaps)
    past = min(1.0, 5 * NormalDist().cdf((0.05 - abs(value)) / 0.0663))  # the margin is 5 points
    return Contrast(
        a,
        b,
        "controlled" if len(differs) == 1 else "bundled",
        Estimate(value, value - 0.13, value + 0.13, len(gaps), FACTS),
        0.0663,
        p,
        min(5 * p, 1.0),
        wins,
        len(gaps) - wins - losses,
        losses,
        verdict,  # type: ignore[arg-type]
        Equivalence(value - 0.109, value + 0.109, 0.62, 1.0, shown=False),
        differs,
        dropped=len(rows) - len(pairs),
        mcnemar=min(p * 1.5, 1.0),
        effects={"win_share": 0.5 + value / 2, "cohens_dz": value / 0.5} | ({"odds_ratio": wins / losses} if losses else {}),
        smallest=0.186,
        needed=830,
        p_beyond=past,
        beyond=past < 0.05,
    )


def explorations() -> tuple[Exploration, ...]:
    """Return contrasts that nobody declared; the first goes against the primary metric."""
    made = (
        ("rougeL", "rag", "finetuned", -0.091, 0.0004, 0.0031, ""),
        ("token_f1", "rag+finetuned", "rag", 0.212, 0.0002, 0.0026, ""),
        ("correct", "rag", "finetuned", 0.42, 0.0011, 0.0057, "exposure: unseen"),
        ("correct", "rag", "finetuned", -0.11, 0.19, 0.38, "exposure: paraphrase"),
        ("contained", "rag", "base", 0.4, 0.0001, 0.0026, ""),
        ("correct", "rag", "finetuned", 0.05, 0.72, 0.81, "language: fr"),
        ("completion_tokens", "rag", "finetuned", 0.3, 0.2, 0.38, ""),
    )
    return tuple(
        Exploration(metric, a, b, Estimate(gap, gap - 0.08, gap + 0.08, 59, FACTS), p, q, where) for metric, a, b, gap, p, q, where in made
    )


def slices(asked: Sequence[Inspected]) -> tuple[Slice, ...]:
    """Return the slices of the questions; those of fewer than ten facts are `few`."""
    labels: dict[str, Callable[[Inspected], Sequence[str]]] = {
        "exposure": lambda row: (row.exposure,),
        "kind": lambda row: (row.kind,),
        "tag": lambda row: row.tags,
        "language": lambda row: (row.language,),
        "length": lambda row: ("9–14" if len(row.text) > 55 else "1–8",),
    }
    found = []
    for by, label in labels.items():
        for name in dict.fromkeys(name for row in asked for name in label(row)):
            rows = [row for row in asked if name in label(row)]
            facts = len({row.fact for row in rows})
            values = {
                system: [o.correct for row in rows for o in row.outputs if o.system == system and o.correct is not None]
                for system in SYSTEMS
            }
            few = facts < 10
            found.append(
                Slice(
                    by,  # type: ignore[arg-type]
                    name,
                    len(rows),
                    facts,
                    few,
                    None if few else 0.24,
                    {system: estimate(scored, 0.15) for system, scored in values.items() if scored},
                    "floor" if max(sum(scored) / len(scored) for scored in values.values()) < 0.05 else "",
                )
            )
    return tuple(found)


def risk(system: str, signal: str, wrong: float, area: float) -> RiskCoverage:
    """Return a curve that rises to the share wrong of all questions."""
    coverage = tuple(step / 10 for step in range(1, 11))
    return RiskCoverage(system, signal, coverage, tuple(round(wrong * (0.3 + 0.7 * share), 4) for share in coverage), area, wrong)


UNDECIDED = Decision("not enough evidence", None, (), "", 0.05, Said("decision-unscored", {"metric": "correct"}))


def many(systems: int = 7) -> Comparison:
    """Return the comparison with more systems than a narrow screen has room for: copies of "rag" under longer names."""
    one = comparison()
    extra = tuple(f"rag-with-reranking-{place}" for place in range(systems - len(SYSTEMS)))
    rag = next(result for result in one.systems if result.system == "rag")
    return replace(
        one,
        systems=(*one.systems, *(replace(rag, system=name) for name in extra)),
        slices=tuple(replace(part, scores={**part.scores, **dict.fromkeys(extra, part.scores["rag"])}) for part in one.slices),
        questions=tuple(
            replace(row, outputs=(*row.outputs, *(replace(row.outputs[2], system=name) for name in extra))) for row in one.questions
        ),
        support={**one.support, **dict.fromkeys(extra, 0.0)},
    )


def trained() -> tuple[TrainedAdapter, ...]:
    """Return two invented trainings, read as from the manifests of a run: one sound, one that overfitted and fired two alarms."""
    return (read_adapter("main", manifest_of("main")), read_adapter("qa-only", manifest_of("qa-only", overfitted=True)))


def manifest_of(name: str, *, overfitted: bool = False) -> dict[str, Any]:
    """Return the JSON of an adapter manifest with an invented course: losses fall; of the overfitted one, validation rises again."""
    steps = [
        {"step": step, "loss": 3.2 * 0.955**step + 0.1 + 0.05 * (step * 7 % 5), "learning_rate": 1e-3, "tokens": 600}
        for step in range(1, 101)
    ]
    lows = (3.4, 1.4, 0.9, 1.15, 1.4, 1.6) if overfitted else (3.4, 1.5, 0.9, 0.6, 0.52, 0.51)
    evaluations = [
        {
            "step": 20 * place,
            "train_loss": 3.3 * 0.35**place,
            "validation_loss": low,
            "score": (0.0, 0.2, 0.45, 0.45, 0.45, 0.3)[place] if overfitted else (0.0, 0.15, 0.4, 0.55, 0.6, 0.6)[place],
            "asked": 40,
        }
        for place, low in enumerate(lows)
    ]
    harmed = overfitted
    alarms = [
        _alarm("leak", ("copied-share", 0.0, 0.0, 0.05, 0.0, "above", 60)),
        _alarm(
            "forgetting",
            ("perplexity-ratio", 1.83 if harmed else 1.04, 1.61 if harmed else 0.99, 2.1 if harmed else 1.1, 1.5, "above", 24),
            ("instructions-followed", -0.05, -0.12, 0.02, -0.1, "below", 40),
            fired=harmed,
        ),
        _alarm(
            "rag-regression",
            ("correct-points", -0.225 if harmed else 0.05, -0.35 if harmed else -0.05, -0.1 if harmed else 0.15, 0.0, "below", 40),
            ("passage-use", -0.4, -0.7, -0.1, 0.0, "below", 24),
            fired=harmed,
        ),
        {
            "name": "unknown-share",
            "status": "not run",
            "measure": "none",
            "figure": None,
            "count": 0,
            "reason": "no fact has a gold answer.",
        },
        _alarm("adapter-sanity", ("merged-logit-gap", 0.00031, 0.00031, 0.00042, 0.01, "above", 12)),
    ]
    return {
        "name": name,
        "recipe": {"qa": 1.0} if overfitted else {"qa": 0.5, "raft": 0.5},
        "method": "lora",
        "configuration": {"rank": 16, "epochs": 12.0},
        "seed": 0,
        "seconds": 402.0,
        "training_seconds": 351.0,
        "tokens": 60_000,
        "tokens_per_second": 170.9,
        "steps": 100,
        "loss_start": steps[0]["loss"],
        "loss_end": steps[-1]["loss"],
        "validation_loss": lows[-1],
        "validation_ids": [f"v{place}" for place in range(40)],
        "peak_memory": 3_400_000_000,
        "trainable_parameters": 4_884_480,
        "coverage": {
            "budgeted": not overfitted,
            "seen": {"qa": {"examples": 480, "passes": 6.0, "size": 80}}
            | ({} if overfitted else {"raft": {"examples": 120, "passes": 1.5, "size": 80}}),
            "left_out": [] if overfitted else ["3 raft questions have no passage that holds their answer"],
        },
        "check": {"passed": True, "system": "finetuned", "asked": 12, "correct": 11},
        "curve": steps,
        "evaluations": evaluations,
        "alarms": alarms,
    }


def _alarm(name: str, *figures: tuple[str, float, float, float, float, str, int], fired: bool = False) -> dict[str, Any]:
    """Return the JSON of an alarm; its first figure is the one that decided."""
    names = ("measure", "figure", "low", "high", "threshold", "harm", "count")
    rows = [dict(zip(names, row, strict=True)) for row in figures]
    shown = {key: value for key, value in rows[0].items() if key != "harm"}
    return {"name": name, "status": "fired" if fired else "quiet", **shown, "details": {"figures": rows}, "reason": None}

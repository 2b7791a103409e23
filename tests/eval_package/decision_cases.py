"""Made-up comparisons with the decision that each of them calls for: the table of docs/decision.md.

A comparison is made from the share of correct answers of each system and the discordance of each contrast (the share of
questions that exactly one of the two answers). Everything else follows by textbook formulas: a paired difference d of
shares with discordance ψ on n questions has the standard error √((ψ − d²) / n), Connor 1987, Biometrics 43:207. The test of
equivalence is the product's own, since the decision makes it again at other margins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import NormalDist
from typing import Any

from scipy.stats import t as student

from eval.comparison import Comparison, Contrast, Decision, Equivalence, Role, Said, Slice, SystemResult, Tongue
from eval.decision import decide
from eval.model import Estimate
from eval.stats.corrections import holm
from eval.stats.equivalence import Evidence, equivalent_p
from eval.stats.power import questions_for, visible

Pair = tuple[str, str]
USUAL: tuple[Pair, ...] = (
    ("rag", "base"),
    ("finetuned", "base"),
    ("rag", "finetuned"),
    ("rag+finetuned", "rag"),
    ("rag+finetuned", "finetuned"),
)
ROLES: dict[str, tuple[Role, str, str | None]] = {  # system → role, context, adapter
    "base": ("base", "none", None),
    "few-shot": ("base", "few-shot", None),
    "rag": ("rag", "retrieval", None),
    "rag-wide": ("rag", "retrieval", None),
    "finetuned": ("finetuned", "none", "main"),
    "rag+finetuned": ("both", "retrieval", "main"),
    "gold": ("bound", "gold", None),
    "helpdesk": ("imported", "imported", None),
}
_NORMAL = NormalDist()
_PENDING = Decision("not enough evidence", None, (), "pending", 0.0, Said("decision-unscored", {"metric": "correct"}))


@dataclass(frozen=True)
class Case:
    """One made-up comparison and what has to be decided from it. Calling it gives the comparison, decision included."""

    what: str
    make: Callable[[], Comparison]
    verdict: str
    system: str | None
    among: tuple[str, ...]
    reason: str
    says: tuple[str, ...] = field(default=())  # keys that have to be among sentences and settle

    def __call__(self) -> Comparison:
        made = self.make()
        return replace(made, decision=decide(made))


def comparison(
    levels: Mapping[str, float],
    contrasts: Sequence[Pair] = USUAL,
    *,
    discordance: float | Mapping[Pair, float] = 0.1,
    questions: int = 400,
    margin: float = 0.05,
    seeds: Mapping[str, Mapping[str, float]] | None = None,
    **changes: Any,
) -> Comparison:
    """Return a comparison of systems that answer these shares of the questions, one fact each.

    Args:
        levels: system → share correct, in the order of the run.
        contrasts: those that were tested.
        discordance: of every contrast or of each, on top of the difference itself.
        questions: asked, and facts.
        margin: the declared one.
        seeds: system → training seed → its own mean.
        changes: fields of the Comparison to replace.
    """
    pairs = [pair for pair in contrasts if set(pair) <= set(levels)]
    made = Comparison(
        schema=1,
        run_id="made-up",
        created="2026-11-21T08:00:00+00:00",
        decision=_PENDING,
        scope={
            "model": "smollm2-135m-instruct",
            "engine": "transformers",
            "precision": "float32",
            "weights": "real",
            "knowledge_base": "handbook",
            "documents": 40,
            "questions": questions,
            "facts": questions,
            "languages": ["en"],
            "date": "2026-11-21",
            "k": 4,
        },
        warnings=(),
        plan={"primary": "correct", "margin": margin, "confidence": 0.95, "contrasts": [list(pair) for pair in pairs], "resamples": 10_000},
        systems=tuple(_system(name, share, questions, dict((seeds or {}).get(name, {}))) for name, share in levels.items()),
        contrasts=_contrasts(levels, pairs, discordance, questions, margin, {name: len(found) for name, found in (seeds or {}).items()}),
        explorations=(),
        slices=(),
        tongues=(Tongue("en", questions, True, ("en",)),),
        risk_coverage=(),
        metric_names=("correct",),
        metric_info={"correct": {"direction": "higher", "low": 0.0, "high": 1.0}},
        support=_support({name: share for name, share in levels.items() if ROLES[name][0] not in ("bound", "imported")}, questions),
        questions=(),
        passages={},
    )
    return replace(made, **changes)


def _system(name: str, share: float, questions: int, seeds: dict[str, float]) -> SystemResult:
    role, context, adapter = ROLES[name]
    reach = _NORMAL.inv_cdf(0.975) * math.sqrt(max(share * (1 - share), 0.25 / questions) / questions)
    estimate = Estimate(share, max(0.0, share - reach), min(1.0, share + reach), questions, questions)
    correct = {"correct": {"scored": questions}}
    return SystemResult(name, role, context, adapter, {"correct": estimate}, correct, {}, 0, 0, {}, {}, seeds=seeds)


def _contrasts(
    levels: Mapping[str, float],
    pairs: Sequence[Pair],
    discordance: float | Mapping[Pair, float],
    questions: int,
    margin: float,
    seeded: Mapping[str, int],
) -> tuple[Contrast, ...]:
    made = []
    for a, b in pairs:
        gap = levels[a] - levels[b]
        spread = abs(gap) + (discordance if isinstance(discordance, float) else discordance[a, b])
        error = math.sqrt((spread - gap**2) / questions)
        reach, narrow = _NORMAL.inv_cdf(0.975) * error, float(student.ppf(0.95, questions - 1)) * error
        p_value = 2 * (1 - _NORMAL.cdf(abs(gap) / error))
        seen = Evidence(gap, error, questions - 1, questions, questions * (spread + gap) / 2, questions * (spread - gap) / 2, 1.0)
        beyond = equivalent_p(seen, margin)
        past = float(student.sf((abs(gap) - margin) / error, questions - 1))
        trainings = max(seeded.get(a, 1), seeded.get(b, 1))
        method = "nested" if trainings > 1 else "bca"
        wins, losses = round(questions * (spread + gap) / 2), round(questions * (spread - gap) / 2)
        differs = tuple(key for key, one, other in zip(("context", "adapter"), ROLES[a][1:], ROLES[b][1:], strict=True) if one != other)
        made.append(
            Contrast(
                a=a,
                b=b,
                kind="controlled" if len(differs) == 1 and "imported" not in (ROLES[a][0], ROLES[b][0]) else "bundled",
                difference=Estimate(gap, max(-1.0, gap - reach), min(1.0, gap + reach), questions, questions, method),
                standard_error=error,
                p_value=p_value,
                p_holm=p_value,
                wins=wins,
                ties=questions - wins - losses,
                losses=losses,
                verdict="not shown",
                equivalence=Equivalence(gap - narrow, gap + narrow, beyond, beyond, False, {} if method == "nested" else asdict(seen)),
                differs=("imported",) if "imported" in (ROLES[a][0], ROLES[b][0]) else differs,
                smallest=visible(error, questions, alpha=0.05 / len(pairs)),
                needed=questions_for(margin, error, questions, alpha=0.05 / len(pairs)) if margin else None,
                p_beyond=past,
                trainings=trainings,
            )
        )
    families = [holm(p) for p in ([c.p_value for c in made], [c.equivalence.p_value for c in made], [c.p_beyond for c in made])]
    return tuple(
        replace(
            contrast,
            p_holm=p,
            verdict="not shown" if p >= 0.05 else "better" if contrast.difference.value > 0 else "worse",
            equivalence=replace(contrast.equivalence, p_holm=same, shown=same < 0.05),
            p_beyond=past,
            beyond=past < 0.05,
        )
        for contrast, p, same, past in zip(made, *families, strict=True)
    )


def _support(levels: Mapping[str, float], questions: int) -> dict[str, float]:
    """Share of resamples in which each scores highest, roughly: the two highest by the normal law, as if independent."""
    order = sorted(levels, key=lambda name: -levels[name])
    shares = dict.fromkeys(levels, 0.0)
    if len(order) < 2:
        return dict.fromkeys(levels, 1.0)
    first, second = levels[order[0]], levels[order[1]]
    error = math.sqrt(max(first * (1 - first) + second * (1 - second), 0.5 / questions) / questions)
    shares[order[0]] = _NORMAL.cdf((first - second) / error)
    shares[order[1]] = 1 - shares[order[0]]
    return shares


def _exposures(trained: Mapping[str, float], new: Mapping[str, float], questions: int) -> tuple[Slice, ...]:
    """Slices of two thirds trained facts and one third new ones."""

    def of(name: str, levels: Mapping[str, float], count: int) -> Slice:
        scores = {system: Estimate(share, max(0.0, share - 0.1), min(1.0, share + 0.1), count, count) for system, share in levels.items()}
        return Slice("exposure", name, count, count, False, None, scores)

    return of("paraphrase", trained, 2 * questions // 3), of("unseen", new, questions - 2 * questions // 3)


def _clear_win() -> Comparison:
    levels = {"base": 0.05, "few-shot": 0.08, "rag": 0.09, "finetuned": 0.17, "rag+finetuned": 0.36}
    trained = {"finetuned": 0.23, "rag+finetuned": 0.39}
    new = {"finetuned": 0.05, "rag+finetuned": 0.30}
    return comparison(levels, questions=300, slices=_exposures(trained, new, 300))


def _equivalence() -> Comparison:
    levels = {"base": 0.12, "few-shot": 0.15, "rag": 0.41, "finetuned": 0.2, "rag+finetuned": 0.42}
    return comparison(levels, questions=1200, discordance=0.08)


def _too_few() -> Comparison:
    levels = {"base": 0.3, "few-shot": 0.28, "rag": 0.4, "finetuned": 0.33, "rag+finetuned": 0.38}
    return comparison(levels, questions=60, discordance=0.2)


def _floor() -> Comparison:
    levels = {"base": 0.0, "few-shot": 0.01, "rag": 0.04, "finetuned": 0.01, "rag+finetuned": 0.03}
    made = comparison(levels, questions=100)
    found = Estimate(0.21, 0.14, 0.29, 100, 100)
    return replace(made, systems=tuple(replace(one, metrics={**one.metrics, "recall@k": found}) for one in made.systems))


def _without_scores() -> Comparison:
    made = comparison({"base": 0.2, "rag": 0.4}, contrasts=())
    return replace(made, systems=tuple(replace(one, metrics={}, statuses={"correct": {"unscored": 400}}) for one in made.systems))


def _failing() -> Comparison:
    """RAG's failed answers are left out of its mean: counted as 0, they take away what the contrast shows."""
    made = comparison({"base": 0.2, "rag": 0.4})
    return replace(made, contrasts=tuple(replace(one, verdict="not shown", fragile=True) for one in made.contrasts))


def _tongue(code: str, spoken: bool) -> Tongue:
    return Tongue(code, 200, spoken, ("en",))


FOUR = {"base": 0.05, "rag": 0.09, "finetuned": 0.17, "rag+finetuned": 0.36}
THREE: tuple[Pair, ...] = (("rag", "base"), ("finetuned", "base"), ("rag", "finetuned"))
_RAG_WINS = {"base": 0.05, "rag": 0.4, "finetuned": 0.15, "rag+finetuned": 0.3}
_ALL = ("base", "rag", "finetuned", "rag+finetuned")
_NEE = "not enough evidence"

CASES: dict[str, Case] = {
    "clear win": Case(
        "both above each of them, each of them above base; few-shot untested and lower",
        _clear_win,
        "both",
        "rag+finetuned",
        ("rag+finetuned",),
        "winner",
        ("decision-untested", "decision-exposure", "decision-settle-seeds", "decision-bundled"),
    ),
    "equivalence": Case(
        "RAG with and without fine-tuning within the margin, the rest worse",
        _equivalence,
        "equivalent",
        "rag",
        ("rag", "rag+finetuned"),
        "equivalent",
        ("decision-equal", "decision-simplest"),
    ),
    "too few questions": Case(
        "sixty questions, differences that chance explains",
        _too_few,
        _NEE,
        None,
        _ALL,
        "undecided",
        ("decision-open", "decision-settle-questions"),
    ),
    "floor": Case(
        "nothing answers, and the passages do not hold the evidence", _floor, _NEE, None, (), "floor", ("decision-settle-retrieval",)
    ),
    "RAG wins": Case("RAG above all, both included", lambda: comparison(_RAG_WINS), "rag", "rag", ("rag",), "winner"),
    "fine-tuning wins": Case(
        "fine-tuning above all, both included",
        lambda: comparison({"base": 0.05, "rag": 0.1, "finetuned": 0.4, "rag+finetuned": 0.3}),
        "finetuned",
        "finetuned",
        ("finetuned",),
        "winner",
    ),
    "base wins": Case(
        "base above all, held against both too",
        lambda: comparison({"base": 0.45, "rag": 0.2, "finetuned": 0.25, "rag+finetuned": 0.3}, (*USUAL, ("rag+finetuned", "base"))),
        "base",
        "base",
        ("base",),
        "winner",
    ),
    "few-shot wins": Case(
        "few-shot above base and RAG: prompting alone is enough",
        lambda: comparison({"base": 0.2, "few-shot": 0.5, "rag": 0.3}, (("few-shot", "base"), ("rag", "base"), ("few-shot", "rag"))),
        "base",
        "few-shot",
        ("few-shot",),
        "winner",
    ),
    "all equivalent": Case(
        "all four within the margin; base and both held together by what is implied",
        lambda: comparison({"base": 0.4, "rag": 0.405, "finetuned": 0.4, "rag+finetuned": 0.405}, questions=3000, discordance=0.03),
        "equivalent",
        "base",
        _ALL,
        "equivalent",
        ("decision-implied-equivalent",),
    ),
    "better within the margin": Case(
        "both shown better than RAG, and by less than the margin: that beats nobody",
        lambda: comparison({"base": 0.1, "rag": 0.4, "finetuned": 0.2, "rag+finetuned": 0.42}, questions=3000, discordance=0.02),
        "equivalent",
        "rag",
        ("rag", "rag+finetuned"),
        "equivalent",
        ("decision-better",),
    ),
    "better, perhaps within the margin": Case(
        "RAG shown better than base; whether beyond the margin is open",
        lambda: comparison({"base": 0.3, "rag": 0.38}, questions=400),
        "rag",
        "rag",
        ("rag",),
        "winner",
    ),
    "two left": Case(
        "base and fine-tuning beaten; RAG against both is open",
        lambda: comparison({"base": 0.1, "rag": 0.4, "finetuned": 0.15, "rag+finetuned": 0.44}, questions=200),
        _NEE,
        None,
        ("rag", "rag+finetuned"),
        "undecided",
        ("decision-settle-questions",),
    ),
    "ceiling": Case(
        "all above 95 %: any will do",
        lambda: comparison({"base": 0.96, "rag": 0.99, "finetuned": 0.97}, THREE),
        _NEE,
        None,
        ("base", "rag", "finetuned"),
        "ceiling",
        ("decision-settle-ceiling",),
    ),
    "shown below the floor": Case(
        "both below 5 %, and one beats the other all the same",
        lambda: comparison({"base": 0.001, "rag": 0.048}, questions=2000, margin=0.02, discordance=0.01),
        "rag",
        "rag",
        ("rag",),
        "winner",
    ),
    "two as simple": Case(
        "two settings of RAG within the margin: the one that the run lists first",
        lambda: comparison({"rag-wide": 0.41, "rag": 0.41}, (("rag-wide", "rag"),), questions=1200, discordance=0.04),
        "equivalent",
        "rag-wide",
        ("rag-wide", "rag"),
        "equivalent",
        ("decision-simplest",),
    ),
    "only without failures": Case(
        "RAG ahead while the answers that failed are left out, and not when they count as 0",
        _failing,
        _NEE,
        None,
        ("base", "rag"),
        "undecided",
        ("decision-fragile", "decision-settle-failures"),
    ),
    "language not spoken": Case(
        "all questions in a language that the model does not declare",
        lambda: comparison(FOUR, tongues=(_tongue("fr", False),)),
        _NEE,
        None,
        (),
        "language",
        ("decision-settle-language",),
    ),
    "one language of two": Case(
        "half the questions in a language that the model does not declare: a note",
        lambda: comparison(FOUR, tongues=(_tongue("en", True), _tongue("fr", False))),
        "both",
        "rag+finetuned",
        ("rag+finetuned",),
        "winner",
        ("decision-language-left-out",),
    ),
    "random weights": Case(
        "a test model", lambda: comparison(FOUR, scope={"weights": "random", "model": "tiny"}), _NEE, None, (), "random weights"
    ),
    "no contrast": Case("none declared", lambda: comparison(FOUR, ()), _NEE, None, (), "no contrast", ("decision-settle-declare",)),
    "untestable": Case(
        "declared, but no question is scored for both",
        lambda: replace(
            comparison({"base": 0.2, "rag": 0.4}, ()),
            plan={"primary": "correct", "margin": 0.05, "confidence": 0.95, "contrasts": [["rag", "base"]]},
        ),
        _NEE,
        None,
        (),
        "untestable",
    ),
    "nothing scored": Case("no question has a known answer", _without_scores, _NEE, None, (), "unscored", ("decision-settle-unscored",)),
    "one candidate": Case(
        "RAG beside perfect retrieval only",
        lambda: comparison({"rag": 0.4, "gold": 0.8}, (("gold", "rag"),)),
        _NEE,
        None,
        (),
        "one candidate",
    ),
    "imported best": Case(
        "RAG wins here, and the bot that is in use is better still",
        lambda: comparison({"base": 0.1, "rag": 0.4, "helpdesk": 0.6}, (("rag", "base"), ("helpdesk", "rag"), ("helpdesk", "base"))),
        "rag",
        "rag",
        ("rag",),
        "winner",
        ("decision-choice", "decision-bundled-imported"),
    ),
    "gold is no decision": Case(
        "perfect retrieval above all: RAG is still the choice",
        lambda: comparison({"base": 0.1, "rag": 0.4, "gold": 0.8}, (("rag", "base"), ("gold", "base"), ("gold", "rag"))),
        "rag",
        "rag",
        ("rag",),
        "winner",
    ),
    "several seeds": Case(
        "as the clear win, trained with three seeds",
        lambda: comparison(FOUR, seeds={name: {"0": FOUR[name] - 0.02, "1": FOUR[name], "2": FOUR[name] + 0.02} for name in _ALL[2:]}),
        "both",
        "rag+finetuned",
        ("rag+finetuned",),
        "winner",
        ("decision-seeds",),
    ),
    "bundled only": Case(
        "RAG against fine-tuning alone: a choice of systems, put down to neither",
        lambda: comparison({"rag": 0.4, "finetuned": 0.2}, (("rag", "finetuned"),)),
        "rag",
        "rag",
        ("rag",),
        "winner",
        ("decision-bundled",),
    ),
    "circle": Case(
        "each beaten by another, which only chance can do", lambda: _circle(), _NEE, None, (), "circle", ("decision-settle-circle",)
    ),
    "untested rival": Case(
        "few-shot scores highest and was held against nothing",
        lambda: comparison({"base": 0.1, "few-shot": 0.5, "rag": 0.4}, (("rag", "base"),)),
        _NEE,
        None,
        ("rag",),
        "untested rival",
        ("decision-settle-declare",),
    ),
    "not compared": Case(
        "RAG and fine-tuning both above base, never held against each other",
        lambda: comparison({"base": 0.1, "rag": 0.4, "finetuned": 0.36}, (("rag", "base"), ("finetuned", "base"))),
        _NEE,
        None,
        ("rag", "finetuned"),
        "not compared",
        ("decision-settle-declare",),
    ),
    "implied": Case(
        "RAG alone does what base does, and both is far above RAG: so both is above base too",
        lambda: comparison({"base": 0.06, "rag": 0.065, "finetuned": 0.06, "rag+finetuned": 0.36}, questions=1000, discordance=0.02),
        "both",
        "rag+finetuned",
        ("rag+finetuned",),
        "winner",
        ("decision-implied-better",),
    ),
}


def _circle() -> Comparison:
    made = comparison({"base": 0.2, "rag": 0.3, "finetuned": 0.25}, THREE)
    turned = {("rag", "base"): "better", ("finetuned", "base"): "worse", ("rag", "finetuned"): "worse"}
    return replace(made, contrasts=tuple(replace(one, verdict=turned[one.a, one.b]) for one in made.contrasts))


def table() -> str:
    """The table of docs/decision.md."""
    rows = ["| case | what it is | verdict | system | reason |", "|---|---|---|---|---|"]
    rows += [f"| {name} | {case.what} | {case.verdict} | {case.system or '—'} | {case.reason} |" for name, case in CASES.items()]
    return "\n".join(rows)

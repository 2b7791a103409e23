"""What may be concluded, in plain sentences that carry their numbers; or that nothing may, and what to try.

"Better" is said only where Holm's p is below 5 %; whether a difference also exceeds the margin
declared before the run is said beside it. Nothing is computed here: sentences are made of the
figures that a Comparison holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from eval.contrasts import IMPORTED
from eval.model import Comparison, Contrast, Estimate, SystemResult
from eval.phrases import listed, p_words, percent, plural, points, span
from eval.stats.power import questions_needed
from eval.tongues import Tongue

FLOOR: Final = 0.05
CEILING: Final = 0.95
_COUNTED = frozenset({"correct", "contained", "exact_match"})  # metrics that are a yes or a no per question


def decide(comparison: Comparison, tongues: Sequence[Tongue], trained: Collection[str]) -> tuple[str, ...]:
    """Return the headline of `comparison`: its conclusion first, then what each part of it stands on.

    Args:
        comparison: all figures; its own headline is not looked at.
        tongues: whether the model speaks the languages of the questions.
        trained: names of the systems that have an adapter; for these, exposure to training is told apart.
    """
    primary = str(comparison.plan["primary"])
    scored = [result for result in comparison.systems if primary in result.metrics]
    if not scored:
        return (
            f"Nothing may be concluded: no answer could be scored on {primary}.",
            "Give the questions answers, or mark those that the documents do not answer as unanswerable, and compare again.",
        )
    silent = [tongue for tongue in tongues if tongue.spoken is False]
    confidence = percent(float(comparison.plan.get("confidence", 0.95)))
    levels = tuple(_level(result, primary, confidence) for result in scored)
    if silent and len(silent) == len(tongues):
        return (f"Nothing may be concluded: {_unspoken(comparison, silent)}.", _another_model(silent), *levels)
    notes = tuple(f"Nothing may be concluded about {tongue.name}: {_unspoken(comparison, [tongue])}." for tongue in silent)
    means = [result.metrics[primary].value for result in scored]
    if max(means) < FLOOR or min(means) > CEILING:
        return (_edge(scored, primary, floor=max(means) < FLOOR), *_to_try(comparison, floor=max(means) < FLOOR), *notes, *levels)
    sentences = tuple(_contrast(contrast, comparison) for contrast in comparison.contrasts)
    return (
        _conclusion(comparison, scored, primary),
        *notes,
        *levels,
        *sentences,
        *_exposures([result for result in scored if result.system in trained], primary),
    )


def _conclusion(comparison: Comparison, scored: Sequence[SystemResult], primary: str) -> str:
    """Return the first sentence: which differences were shown, and what they hold for."""
    scope = _scope(comparison, scored[0].metrics[primary])
    best = max(scored, key=lambda result: result.metrics[primary].value).system
    beaten: dict[str, list[str]] = {}
    for contrast in comparison.contrasts:
        if contrast.verdict != "not shown":
            winner, loser = (contrast.a, contrast.b) if contrast.verdict == "better" else (contrast.b, contrast.a)
            beaten.setdefault(winner, []).append(loser)
    if not comparison.contrasts:
        return f"No difference was tested for {scope}: the run declares no contrast between its systems. {best} has the highest {primary}."
    if not beaten:
        count = len(comparison.contrasts)
        none = f"none of the {count} declared differences can" if count > 1 else "the declared difference cannot"
        return f"Not enough evidence for {scope}: {none} be told from chance.{_sample_size(comparison)}"
    order = sorted(beaten, key=lambda name: name != best)
    shown = "; ".join(f"{name} is better than {listed(beaten[name])}" for name in order)
    return f"For {scope}: {shown}.{_rest(best, [result.system for result in scored], comparison.contrasts)}"


def _rest(best: str, systems: Sequence[str], contrasts: Sequence[Contrast]) -> str:
    """Return what is not known of the system with the highest score, so that nobody reads more than was tested."""
    tested = {other: c.verdict for c in contrasts for other in (c.a, c.b) if best in (c.a, c.b) and other != best}
    unshown = [name for name in systems if tested.get(name) == "not shown"]
    untested = [name for name in systems if name != best and name not in tested]
    parts = [f"that it beats {listed(unshown)} was not shown"] if unshown else []
    parts += [f"against {listed(untested)} no contrast was declared"] if untested else []
    return f" {best} has the highest score; {'; '.join(parts)}." if parts else ""


def _scope(comparison: Comparison, estimate: Estimate) -> str:
    scope = comparison.scope
    asked = f"{plural(estimate.n, 'scored question')} on {plural(estimate.clusters, 'fact')}"
    return f"{scope.get('model') or 'this model'}, knowledge base {scope.get('knowledge_base') or 'of this run'} and its {asked}"


def _level(result: SystemResult, primary: str, confidence: str) -> str:
    """Return how one system did."""
    estimate = result.metrics[primary]
    if primary in _COUNTED:
        count = round(estimate.value * estimate.n)
        verb = "answers" if primary == "correct" else f"scores {primary} on"
        ending = " correctly" if primary == "correct" else ""
        interval = f"{confidence} interval {percent(estimate.low)} to {percent(estimate.high)}"
        return f"{result.system} {verb} {count} of {estimate.n} questions{ending} ({percent(estimate.value)}, {interval})."
    interval = f"{confidence} interval {estimate.low:.2f} to {estimate.high:.2f}"
    return f"{result.system} scores {estimate.value:.2f} on {primary} ({interval}) over {plural(estimate.n, 'question')}."


def _contrast(contrast: Contrast, comparison: Comparison) -> str:
    """Return what one contrast showed, against chance and against the margin."""
    margin = float(comparison.plan.get("margin", 0.0))
    gap = contrast.difference
    confidence = percent(float(comparison.plan.get("confidence", 0.95)))
    numbers = f"{points(gap.value)} points, {confidence} interval {span(gap)}, Holm {p_words(contrast.p_holm)}"
    counts = f"{contrast.wins} won, {contrast.ties} tied, {contrast.losses} lost"
    if contrast.verdict == "not shown":
        # Not "equal": a percentile interval is too short near 0 and 1 to claim that without an equivalence test.
        return f"{contrast.a} and {contrast.b}: no difference shown ({numbers}; {counts}).{_bundled(contrast)}"
    beyond = gap.low > margin if contrast.verdict == "better" else gap.high < -margin
    size = (
        f"by more than the declared margin of {_margin(margin)}"
        if beyond
        else f"but perhaps by less than the declared margin of {_margin(margin)}"
    )
    return f"{contrast.a} is {contrast.verdict} than {contrast.b}, {size} ({numbers}; {counts}).{_bundled(contrast)}"


def _bundled(contrast: Contrast) -> str:
    if contrast.kind == "controlled":
        return ""
    if IMPORTED in contrast.differs:
        return " How the imported answers were made is not known, so this is put down to neither retrieval nor fine-tuning."
    if not contrast.differs:
        return " The two systems are declared alike."
    return f" They differ in {listed(contrast.differs)} at once, so this is put down to neither alone."


def _margin(margin: float) -> str:
    return f"{100 * margin:g} points"


def _exposures(scored: Sequence[SystemResult], primary: str) -> tuple[str, ...]:
    """Return, for each system, its score on trained and on unseen facts, when the questions have both."""
    said = {"verbatim": "asked as trained", "paraphrase": "on trained facts in other words", "unseen": "on facts never trained"}
    sentences = []
    for result in scored:
        parts = [
            f"{percent(group[primary].value)} of {group[primary].n} {said[name]}"
            for name in said
            if primary in (group := result.by_exposure.get(name, {}))
        ]
        if len(parts) > 1:
            sentences.append(f"{result.system}, {primary}: {', '.join(parts)}.")
    return tuple(sentences)


def _edge(scored: Sequence[SystemResult], primary: str, *, floor: bool) -> str:
    best = max(scored, key=lambda result: result.metrics[primary].value)
    worst = min(scored, key=lambda result: result.metrics[primary].value)
    side, shown = ("below 5 %", best) if floor else ("above 95 %", worst)
    which = "best" if floor else "lowest"
    return (
        f"Nothing may be concluded: all {len(scored)} systems are {side} on {primary} (the {which}, {shown.system}: "
        f"{percent(shown.metrics[primary].value)} of {plural(shown.metrics[primary].n, 'question')}), so their differences cannot show."
    )


def _to_try(comparison: Comparison, *, floor: bool) -> tuple[str, ...]:
    if not floor:
        return ("Ask harder questions, or ones that the model cannot know: where every system answers, any will do, and cost decides.",)
    found = comparison.retrieval.get("recall@k")
    if found is not None and found.value < 0.5:
        held = f"the passages shown hold only {percent(found.value)} of the evidence"
        return (f"Mend retrieval first: {held}. Try a larger k or another embedder.",)
    return ("Try a larger model, more training, or check with `ragft ask` that the answers have the form that the questions expect.",)


def _unspoken(comparison: Comparison, silent: Sequence[Tongue]) -> str:
    model = comparison.scope.get("model") or "the model"
    if silent[0].declared:
        return f"the questions are in {listed([t.name for t in silent])}, and {model} declares only {listed(list(silent[0].declared))}"
    return "; ".join(f"{t.matching} of {t.told} answers to questions in {t.name} are in that language" for t in silent)


def _another_model(silent: Sequence[Tongue]) -> str:
    return (
        f"Retrieval figures and token counts still hold. To compare answers, name a model that speaks {listed([t.name for t in silent])} "
        "by its Hugging Face id in [model], such as mistralai/Mistral-7B-Instruct-v0.3."
    )


def _sample_size(comparison: Comparison) -> str:
    """Return how many questions the margin would need at the discordance seen, or that more are needed."""
    margin = float(comparison.plan.get("margin", 0.0))
    shares = [(c.wins + c.losses) / (c.wins + c.losses + c.ties) for c in comparison.contrasts]
    discordance = max(shares, default=0.0)
    if not 0 < margin <= discordance:
        return " Ask more questions."
    needed = questions_needed(margin, discordance)
    return f" At the disagreement seen, a difference of {_margin(margin)} needs about {needed} questions (80 % power)."

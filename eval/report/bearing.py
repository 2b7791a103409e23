"""Which of a decision's sentences stand on the first page: at most six, those that bear most on what is decided."""

from __future__ import annotations

from typing import Final

from eval.comparison import Decision, Said

MOST: Final = 6  # more are not read
_RANKS: Final = {
    "decision-scope": 0,
    "decision-language-left-out": 1,
    "decision-level": 2,
    "decision-better": 3,
    "decision-equal": 3,
    "decision-open": 3,
    "decision-support": 4,
    "decision-bundled": 5,
    "decision-bundled-settings": 5,
    "decision-bundled-imported": 5,
    "decision-exposure": 6,
    "decision-untested": 7,
    "decision-seeds": 7,
}
_ELSE: Final = 8


def first_page(decision: Decision) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    """Return the sentences for the first page and the others, both in their own order.

    What the decision holds for comes first, then what shows the systems to be worse that the headline says are, then what
    is known of the systems that it is about, then of the others.

    >>> sentences = tuple(Said("decision-level", {"system": name}) for name in "abcdefgh")
    >>> first, rest = first_page(Decision("base", "h", ("h",), "", 0.05, Said(""), sentences))
    >>> [said.values["system"] for said in first], [said.values["system"] for said in rest]
    (['a', 'b', 'c', 'd', 'e', 'h'], ['f', 'g'])
    """
    about = {decision.system, *decision.among}
    shown = _beaten(decision)
    ranked = sorted(
        range(len(decision.sentences)),
        key=lambda place: (False, _RANKS["decision-language-left-out"]) if place in shown else _rank(decision.sentences[place], about),
    )
    chosen = set(ranked[:MOST])
    first = tuple(said for place, said in enumerate(decision.sentences) if place in chosen)
    return first, tuple(said for place, said in enumerate(decision.sentences) if place not in chosen)


def _beaten(decision: Decision) -> set[int]:
    """Return the places of the sentences, one each, that show the losers of the headline to be worse; contrasts before what they imply."""
    found = set()
    for loser in decision.headline.values.get("out", ()):
        showing = [
            (said.values.get("a") not in decision.among, said.key != "decision-better", place)
            for place, said in enumerate(decision.sentences)
            if said.key in {"decision-better", "decision-implied-better"} and said.values.get("b") == loser
        ]
        found |= {min(showing)[2]} if showing else set()
    return found


def _rank(said: Said, about: set[str | None]) -> tuple[bool, int]:
    named = {said.values[name] for name in ("system", "a", "b") if isinstance(said.values.get(name), str)}
    return bool(named) and not named & about, _RANKS.get(said.key, _ELSE)

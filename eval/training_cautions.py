"""What the adapters' manifests warn of, as cautions: alarms that fired, and recipes that a time limit left half seen.

Which cautions there are besides, and in which order, is the business of `eval.cautions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from eval.comparison import Said
from eval.model import RunManifest
from eval.trained import TrainingAlarm
from eval.training import read_adapter, trained

GRAVEST_FIRST: Final = ("adapter-sanity", "leak", "rag-regression", "forgetting", "unknown-share")
_SENTENCES: Final = 2  # alarms that get a sentence of their own; the others are named in one more


def alarm_cautions(manifests: Sequence[RunManifest]) -> Iterator[Said]:
    """Yield a sentence for each of the gravest alarms that fired, and one that names the others."""
    fired: dict[str, list[tuple[str, TrainingAlarm]]] = {}
    for one in trained(manifests):
        for alarm in one.alarms:
            if alarm.status == "fired":
                fired.setdefault(alarm.name, []).append((one.name, alarm))
    names = sorted(fired, key=lambda name: (GRAVEST_FIRST.index(name) if name in GRAVEST_FIRST else len(GRAVEST_FIRST), name))
    yield from (_said(name, fired[name]) for name in names[:_SENTENCES])
    if names[_SENTENCES:]:
        yield Said("training-caution-more", {"alarms": names[_SENTENCES:]})


def _said(name: str, found: Sequence[tuple[str, TrainingAlarm]]) -> Said:
    """Return the sentence of one alarm, with its figure where it fired once."""
    adapters = list(dict.fromkeys(adapter for adapter, _ in found))
    if name not in GRAVEST_FIRST:
        return Said("training-caution-other", {"alarm": name, "adapters": adapters})
    figure = found[0][1].shown if len(found) == 1 else None
    known = figure is not None and figure.figure is not None
    size = {"unit": figure.unit, "figure": figure.figure} if figure and known else {"unit": "none", "figure": 0.0}
    return Said(f"training-caution-{name}", {"adapters": adapters, **size})


def unseen(name: str, adapter: Mapping[str, Any]) -> Said | None:
    """Return the caution of a training that a time limit ended: the recipe that was seen least; None where the manifest does not tell."""
    one = read_adapter(name, adapter)
    if not one.passes:
        return None
    recipe = min(one.passes, key=lambda key: one.passes[key])
    return Said("training-caution-unseen", {"adapter": name, "recipe": recipe, "passes": one.passes[recipe], "left": len(one.left_out)})

"""What sets two runs apart besides the seed that their adapters were trained with.

Runs of one comparison with other training seeds may be pooled; this says whether they are that. An adapter trained anew may
bear another name: it is known by the system that uses it. What is made of the runs is the business of `eval.pooling`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from eval.model import Asked, RunManifest
from eval.resuming import identity

# Of an adapter's manifest: what came of training, says when it was, or is said by another entry. The rest must agree.
_OUTCOMES: Final = (
    "name",
    "created",
    "adapter_fingerprint",
    "seed",
    "seconds",
    "training_seconds",
    "tokens",
    "tokens_per_second",
    "training_fingerprint",
    "peak_memory",
    "best_step",
    "curve",
    "evaluations",
    "alarms",
    "steps",
    "loss_start",
    "loss_end",
    "coverage",
    "check",
    "train_loss",
    "validation_loss",
    "notes",
    "question_ids",  # what was shown: the seed draws it. What there was to show is in `fingerprints`
    "question_fingerprints",
)
# Of its settings: the seed, what follows from its draws, and what free memory decided.
_CHOSEN: Final = ("seed", "validation_trained_facts", "memory", "micro_tokens", "checkpointed")
_SHOWN: Final = 40  # characters of a value in a message
_NAMED: Final = 8  # questions in a message
_ABSENT: Final = object()


def aligned(manifest: RunManifest, like: RunManifest) -> RunManifest:
    """Return `manifest` with each adapter under the name that the same system's has in `like`.

    Left as it is where the names agree already, or the systems do not pair the adapters one to one.
    """
    theirs = {str(system["name"]): system.get("adapter") for system in like.systems}
    pairs = {
        (str(system["adapter"]), str(name))
        for system in manifest.systems
        if system.get("adapter") and (name := theirs.get(str(system["name"])))
    }
    names = dict(pairs)
    one_to_one = len(names) == len(pairs) == len(set(names.values()))
    if not one_to_one or all(old == new for old, new in pairs):
        return manifest
    configuration = dict(manifest.configuration)
    if "systems" in configuration:
        configuration["systems"] = {name: _renamed(system, names) for name, system in configuration["systems"].items()}
    prints = manifest.fingerprints.get("adapters", {})
    return replace(
        manifest,
        systems=tuple(_renamed(system, names) for system in manifest.systems),
        configuration=configuration,
        fingerprints={**manifest.fingerprints, "adapters": {names.get(name, name): value for name, value in prints.items()}},
        adapters={names.get(name, name): value for name, value in manifest.adapters.items()},
    )


def _renamed(system: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {**system, "adapter": names.get(str(system.get("adapter")), system.get("adapter"))}


def manifest_differences(here: RunManifest, there: RunManifest) -> list[str]:
    """Return "name: value here → value there" for each declared thing that differs but the training seed; systems come first.

    Args:
        here: one run.
        there: another one, its adapters named as in `here` (see `aligned`).
    """
    found = [f"{name}: {_short(a)} → {_short(b)}" for name, a, b in _leaves(_declared(here), _declared(there))]
    return sorted(found, key=lambda line: not line.startswith("systems."))


def question_differences(here: Sequence[Asked], there: Sequence[Asked]) -> list[str]:
    """Return what differs between the questions of two runs, a line per way to differ: presence, content, order.

    Their exposure is no difference: how far a training got, and so what it showed, is drawn by its seed.
    """
    first, second = ({row.question.id: row for row in rows} for rows in (here, there))
    both = [name for name in first if name in second]
    ways = {
        "questions in one run only": sorted(set(first) ^ set(second)),
        "questions with other texts, answers or evidence": [name for name in both if first[name].question != second[name].question],
    }
    lines = [f"{way}: {_named(names)}" for way, names in ways.items() if names]
    return lines + (["question_ids.order"] if both != [name for name in second if name in first] else [])


def _declared(manifest: RunManifest) -> dict[str, Any]:
    """Return what two runs must share to be pooled, as plain JSON; systems by name, questions left out."""
    plain = identity(manifest)
    configuration, fingerprints = plain["configuration"], plain["fingerprints"]
    configuration.get("finetune", {}).pop("seed", None)
    configuration.get("model", {}).pop("served_adapters", None)  # the server's names for them
    fingerprints.pop("adapters", None)  # of all that is in their manifests
    fingerprints.pop("questions", None)
    plain.pop("question_ids")
    plain["plan"].pop("leaks", None)  # counted among what was shown
    plain["systems"] = {str(system["name"]): system for system in plain["systems"]}
    for adapter in plain["adapters"].values():
        for key in _OUTCOMES:
            adapter.pop(key, None)
        for key in _CHOSEN:
            adapter.get("configuration", {}).pop(key, None)
    return plain


def _leaves(here: Any, there: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (dotted name, value here, value there) for each leaf that differs between two parsed JSON values."""
    if isinstance(here, dict) and isinstance(there, dict):
        for key in sorted({*here, *there}):
            yield from _leaves(here.get(key, _ABSENT), there.get(key, _ABSENT), f"{name}.{key}" if name else key)
    elif here != there:
        yield name, here, there


def _short(value: Any) -> str:
    text = "absent" if value is _ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _named(questions: Sequence[str]) -> str:
    return ", ".join(questions[:_NAMED]) + (f", … ({len(questions)})" if len(questions) > _NAMED else "")

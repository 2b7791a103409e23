"""Take answers over from an earlier run when nothing that they depend on has changed since.

A system that joins late, such as a newly trained one or imported answers, must not cost the
others' hours again. The answers are the same bytes, since batches are per system; but contrasts
declared now were declared after those answers were known, so the new run's environment names what
was taken over and the report says it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from chatbot.contexts import READS_INDEX
from eval.aggregate import IMPORTED
from eval.model import Asked, RunManifest, RunRecord
from eval.resuming import differences, identity
from eval.runs import RunFolder
from foundation.errors import MismatchError
from foundation.first_few import first_few
from foundation.jsonable import to_json

_SHOWN: Final = 8


def carry_over(source: Path, folder: Path, manifest: RunManifest, asked: Sequence[Asked], batch: int) -> tuple[str, ...]:
    """Start the run `manifest` in `folder` with the answers that the run in `source` has; return the systems taken over.

    A system is taken over when both runs describe it alike, its adapter included. The runs must then
    agree in all but their systems, contrasts and adapters; the index may differ when none of these
    systems reads it. Exposure to the training questions is that of the new run.

    Args:
        source: a run folder, finished or not; whole batches are taken.
        folder: where the new run goes; one that is there already goes on as it is, and nothing is taken.
        manifest: the new run.
        asked: its questions.
        batch: questions per batch.

    Raises MismatchError naming what differs of what their answers depend on.
    """
    if RunFolder.holds_run(folder):
        return ()
    earlier = RunFolder.open(source)
    shared = _shared(earlier.manifest, manifest)
    trained_alike = _adapters(earlier.manifest) == _adapters(manifest)
    found = list(differences(_relevant(earlier.manifest, shared, trained_alike), _relevant(manifest, shared, trained_alike)))
    if not found and _questions(earlier.asked, trained_alike) != _questions(asked, trained_alike):
        found = ["questions: their text, answers or exposure changed"]
    if found:
        raise MismatchError(
            f"answers of {source} cannot be used again: {'; '.join(first_few(found, _SHOWN))}. "
            "Leave --reuse away to answer all questions anew."
        )
    whole = _whole_batches(earlier.records(), {str(system["name"]) for system in shared}, batch, len(asked))
    begun = {records[0].system for records in whole}
    names = tuple(name for system in shared if (name := str(system["name"])) in begun)
    note = {"reused": {"run": earlier.manifest.id, "systems": list(names)}} if names else {}
    target = RunFolder.create(folder, replace(manifest, environment={**manifest.environment, **note}), asked)
    for records in whole:
        target.append(records)
    timed = [row for row in earlier.latencies() if row.system in begun]
    if timed:
        target.append_latencies(timed)
    return names


def _shared(then: RunManifest, now: RunManifest) -> list[dict[str, Any]]:
    """Return the systems that both runs ask, generate answers for and describe alike, with the same adapter."""
    known, before, after = to_json(then.systems), _adapters(then), _adapters(now)
    return [
        system
        for system in now.systems
        if to_json(system) in known
        and system["context"] != IMPORTED
        and (system["adapter"] is None or before.get(system["adapter"]) == after.get(system["adapter"]))
    ]


def _adapters(manifest: RunManifest) -> dict[str, str]:
    """Return the fingerprint of each adapter of a run, by name."""
    return dict(manifest.fingerprints.get("adapters") or {})


def _relevant(manifest: RunManifest, shared: Sequence[Mapping[str, Any]], trained_alike: bool) -> dict[str, Any]:
    """Return what the answers of the systems `shared` depend on, and what they are scored by, as plain JSON.

    The number of leaks is counted against what the run's adapters were trained on; it must agree when those do.
    """
    plain = identity(manifest)
    fingerprints, plan, configuration = plain["fingerprints"], plain["plan"], plain["configuration"]
    for section in (plain, fingerprints):
        section.pop("adapters", None)  # of the systems shared they are the same
    plain.pop("systems")
    configuration.pop("systems", None)  # what is asked is in "systems", and only equal ones are shared
    for section, keys in ((configuration.get("eval", {}), ("systems", "contrasts")), (plan, ("contrasts", IMPORTED))):
        for key in keys:
            section.pop(key, None)
    fingerprints.pop(IMPORTED, None)
    contexts = {system.get("context") for system in shared}
    if not contexts & set(READS_INDEX):
        fingerprints.pop("index", None)
    if "few-shot" not in contexts:
        fingerprints.pop("examples", None)
    if not trained_alike:
        plan.pop("leaks", None)
    return plain


def _questions(asked: Sequence[Asked], trained_alike: bool) -> Any:
    """Return the questions as plain JSON; with their exposure when both runs have the same adapters, for then it must agree."""
    return to_json([row if trained_alike else row.question for row in asked])


def _whole_batches(records: Sequence[RunRecord], names: set[str], batch: int, count: int) -> list[list[RunRecord]]:
    """Return the records of each whole batch of the systems `names`, in the order written; `count` questions were asked."""
    batches: dict[tuple[str, int], list[RunRecord]] = {}
    for record in records:
        if record.system in names:
            batches.setdefault((record.system, record.batch), []).append(record)
    return [found for (_, number), found in batches.items() if len(found) == min(batch, count - number * batch)]

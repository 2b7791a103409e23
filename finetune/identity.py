"""What a training depends on, as one fingerprint: equal means that training again would give the same adapter.

Under a time budget the machine's speed has its say too; such an adapter counts as the same when the
budget is the same, for it was paid for.
"""

from __future__ import annotations

from importlib.metadata import version

from chatbot.prompts import fingerprint_templates
from finetune.feed import Feed
from finetune.job import Job
from finetune.model import TrainingExample
from foundation.fingerprint import fingerprint

_LIBRARIES = ("torch", "transformers", "peft")
_WITHOUT_EFFECT = frozenset({"alarms", "checkpoint_seconds", "memory", "micro_tokens", "gradient_checkpointing"})  # on what is learnt


def training_fingerprint(job: Job, feed: Feed, validation: tuple[TrainingExample, ...], base: str) -> str:
    """Return 16 hex digits for the data, recipe, base, settings, seed and library versions of a training.

    The data are the examples themselves, as tokens: whatever changes them (a question, an index, a
    template, a file of instructions) changes the fingerprint. `base` is the base model's fingerprint.
    """
    examples = {name: [(each.source, each.prompt_ids, each.target_ids) for each in one.first_pass] for name, one in feed.passes.items()}
    settings = {key: value for key, value in job.config.model_dump(mode="json").items() if key not in _WITHOUT_EFFECT}
    if job.config.early_stop == "off":  # then watching changes nothing; what is held out shows in the examples
        settings = {key: value for key, value in settings.items() if key not in {"evaluations", "answers", "patience"}}
    watched = [(each.source, each.prompt_ids, each.target_ids) for each in validation]
    return fingerprint(examples, watched, settings, base, fingerprint_templates(), {name: version(name) for name in _LIBRARIES})

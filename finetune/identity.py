"""What a training depends on, as one fingerprint: equal means that training again would give the same adapter.

Under a time budget the machine's speed has its say too; such an adapter counts as the same when the
budget is the same, for it was paid for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from chatbot.prompts import fingerprint_templates
from finetune.feed import Feed
from finetune.job import Job
from finetune.model import TrainingExample
from finetune.passages import Shown
from finetune.recipes import needs_passages
from foundation.fingerprint import fingerprint
from retrieval.model import Hit

_LIBRARIES = ("torch", "transformers", "peft")
_TRAINER = 1  # raised when the feed, the schedule or the loss gives another adapter of the same examples
# Without effect on what is learnt, or (files) seen in the examples.
_WITHOUT_EFFECT = frozenset(
    {"alarms", "checkpoint_seconds", "memory", "micro_tokens", "gradient_checkpointing", "instructions", "synthetic", "validation"}
)
_OF_WATCHING = frozenset({"evaluations", "answers", "patience"})
_READ_BY = {  # settings that only some recipes read
    "distractors": {"raft", "style"},
    "gold_share": {"raft"},
    "cite": {"raft"},
    "wordings": {"paraphrases"},
    "wording_noise": {"paraphrases"},
    "gaps": {"paraphrases"},
    "passage_length": {"documents"},
}


def training_fingerprint(job: Job, feed: Feed, passages: Mapping[str, Shown], validation: Sequence[TrainingExample], base: str) -> str:
    """Return 16 hex digits for the data, recipe, base, settings, seed and library versions of a training.

    The data are the examples of the first passes, as tokens, and what later passes are made of: every
    question with its answers and evidence, and the passages found. Whatever changes them (a question, an index, a
    template, a file of instructions) changes the fingerprint. `base` is the base model's fingerprint.
    """
    shows = {name: (_texts(one.gold), _texts(one.others[: job.k])) for name, one in passages.items()}
    examples = {name: [(each.source, each.prompt_ids, each.target_ids) for each in one.first_pass] for name, one in feed.passes.items()}
    later = [
        (
            q.id,
            q.text,
            q.language,
            q.answers,
            q.answerable,
            [(turn.role, turn.text) for turn in q.history],
            [s.quote for s in q.evidence],
        )
        for q in feed.questions
    ]
    stopping = job.config.early_stop != "off"  # else watching changes nothing: what is held out shows in the examples
    skipped = _WITHOUT_EFFECT | (frozenset() if stopping else _OF_WATCHING)
    skipped |= {key for key, readers in _READ_BY.items() if readers.isdisjoint(job.config.recipe)}
    skipped |= {"epochs"} if job.config.tokens is not None or job.config.budget is not None else frozenset()
    settings = {key: value for key, value in job.config.model_dump(mode="json").items() if key not in skipped}
    watched = [(each.source, each.prompt_ids, each.target_ids) for each in validation] if stopping else []
    libraries = {name: version(name) for name in (*_LIBRARIES, *(["bitsandbytes"] if job.config.method in ("qlora", "8bit") else []))}
    window = (job.k, job.passage_tokens) if needs_passages(job.config.recipe) else ()
    return fingerprint(_TRAINER, examples, later, shows, window, watched, settings, base, fingerprint_templates(), libraries)


def _texts(hits: Sequence[Hit]) -> list[tuple[str, str, str]]:
    return [(hit.chunk.id, hit.chunk.title, hit.chunk.text) for hit in hits]

"""What a training will take, before it starts: examples, tokens, minutes, memory, disk.

The examples are made and counted as training would make them; no weights are loaded. How memory and time
follow from the model's shape is the business of `finetune.estimating`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.adapters import adapters_folder, check_name, find, list_adapters, read_manifest
from finetune.estimating.disk import free_bytes, needed_bytes
from finetune.estimating.table import duration
from foundation.errors import ConfigurationError, DataError
from studies.project import Project
from studies.training_jobs import job_of

if TYPE_CHECKING:
    from finetune.estimating.architecture import Architecture
    from finetune.estimating.memory import MemoryPlan
    from finetune.model import TrainingExample
    from finetune.preparing import Prepared

_SPREAD_KNOWN, _SPREAD_RECIPE = 1.25, 1.5  # of a time from an earlier adapter's speed: trained on the same recipe, or on another
_FORWARD = 3.0  # an evaluation is a forward pass alone: so much quicker than training on the same tokens
_FEW = 2.0  # wordings of a fact: below, answers to other wordings were rare in our figures
_STARTING = 20.0  # seconds for loading the base and asking the end check's questions


@dataclass(frozen=True)
class Bill:
    """What one training will take."""

    name: str
    base: str
    method: str
    examples: int  # of one pass over every recipe
    tokens: int  # to be trained; under a time budget as many as it is expected to reach
    steps: int
    longest: int  # tokens of the longest example
    budgeted: bool  # a time budget ends training, and is the time
    seconds: float  # of the whole command, alarms aside
    low: float
    high: float
    speed: float  # training tokens per second
    speed_source: str  # where the speed is from, as a phrase
    micro_tokens: int | None  # padded tokens in memory at once; None when nothing fits
    checkpointing: bool
    peak_memory: int | None  # bytes, the engine that asks back included; None when nothing fits
    available: int  # bytes that are free
    fits: bool
    advice: str  # what to set when it does not fit, else empty
    disk: int  # bytes at its fullest
    disk_free: int
    paid: bool = False  # the adapter is there, trained on the same: nothing would be trained
    facts: int = 0  # that its questions ask for
    wordings: float = 0.0  # questions for each, on average; 0 where no question is trained

    @property
    def minutes(self) -> float:
        """Return the minutes of the whole command, alarms aside."""
        return self.seconds / 60

    def lines(self) -> tuple[str, ...]:
        """Return the bill in plain sentences."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.paid:
            yield f"adapter {self.name!r} is there, made from the same data, recipe, base, settings and seed: nothing to pay. With --again:"
        planned = "as the budget allows, about " if self.budgeted else ""
        yield (
            f"{self.name}: {self.method} on {self.base}, {self.examples:,} examples a pass; {planned}{self.tokens:,} tokens "
            f"in {self.steps:,} steps, the longest example {self.longest:,} tokens"
        )
        if self.wordings:
            more = (
                " More wordings of a fact teach more than more passes over one: docs/finetuning-figures.md." if self.wordings < _FEW else ""
            )
            yield f"{self.facts:,} facts in {self.wordings:.1f} wordings each, on average.{more}"
        taken = (
            f"{duration(self.seconds)}, the budget"
            if self.budgeted
            else f"about {duration(self.seconds)} (between {duration(self.low)} and {duration(self.high)})"
        )
        yield f"time: {taken}, alarms aside, at {self.speed:.0f} tokens/s: {self.speed_source}"
        if self.fits and self.peak_memory is not None:
            twice = ", activations computed twice" if self.checkpointing else ""
            yield (
                f"memory: {_gb(self.peak_memory)} at its peak, the engine for the end check included, "
                f"{self.micro_tokens} tokens at once{twice}; {_gb(self.available)} are free"
            )
        else:
            yield f"memory: it does not fit. {self.advice}"
        short = (
            ""
            if self.disk <= self.disk_free
            else ": too little. Delete adapters or runs that are no longer wanted, or choose another --workspace"
        )
        yield f"disk: {_gb(self.disk)} for checkpoints and adapter; {_gb(self.disk_free)} are free{short}"


def bill(project: Project, name: str) -> Bill:
    """Return what training adapter `name` as the project is configured will take; nothing is trained or written.

    Raises DataError without usable questions or index, ConfigurationError for settings that make no training.
    """
    from chatbot.resolver import resolve
    from finetune.config import parse_budget
    from finetune.estimating.devices import available_memory, trains_on
    from finetune.estimating.naming import shape_of
    from finetune.preparing import prepare

    check_name(name)
    config = project.finetune_config
    job = job_of(project, name)
    shape = shape_of(str(resolve(job.model.name, job.models)))
    prepared = prepare(job)
    free = available_memory(trains_on(job.model.device))
    asker = _engine_bytes(project, shape)
    plan, advice = _plan(project, shape, prepared, free - asker)
    speed, source, spread = _speed(project, shape, prepared, checkpointing=plan.checkpointing if plan else True)
    mean = sum(each.tokens for each in _first_passes(prepared)) / len(_first_passes(prepared))
    took = _took(prepared, speed)
    budget = float("inf") if config.budget is None else parse_budget(config.budget)
    budgeted = took is None or took > budget
    if budgeted or took is None:  # whichever limit comes first ends training
        tokens, took, spread = round(max(1.0, budget - _STARTING) * speed), budget, 1.0
        steps = max(1, round(tokens / mean / config.batch_size))
    else:
        tokens, steps = prepared.feed.planned_tokens or 0, prepared.feed.steps or 1
    facts = {question.fact or question.id for question in prepared.feed.questions}
    trainable = shape.adapter_parameters(config.rank) if config.method != "full" else shape.parameters
    return Bill(
        name=name,
        base=job.model.name,
        method=config.method,
        examples=len(_first_passes(prepared)),
        tokens=tokens,
        steps=steps,
        longest=prepared.feed.longest().tokens,
        budgeted=budgeted,
        seconds=took,
        low=took / spread,
        high=min(budget, took * spread),
        speed=speed,
        speed_source=source,
        micro_tokens=plan.micro_tokens if plan else None,
        checkpointing=plan.checkpointing if plan else True,
        peak_memory=plan.peak + asker if plan else None,
        available=free,
        fits=plan is not None,
        advice=advice,
        disk=needed_bytes(trainable, width=2 if config.method == "full" and config.precision == "bfloat16" else 4),
        disk_free=free_bytes(adapters_folder(project.workspace)),
        paid=_is_paid(prepared),
        facts=len(facts),
        wordings=len(prepared.feed.questions) / len(facts) if facts else 0.0,
    )


def _took(prepared: Prepared, speed: float) -> float | None:
    """Return the seconds of the whole command without a budget; None when a budget alone ends training."""
    tokens, config = prepared.feed.planned_tokens, prepared.job.config
    if tokens is None:
        return None
    watched = config.evaluations * sum(each.tokens for each in prepared.validation)
    return _STARTING + tokens / speed + watched / (_FORWARD * speed)


def _is_paid(prepared: Prepared) -> bool:
    """Tell whether the adapter is there that this training would make."""
    from chatbot.model_card import model_fingerprint
    from chatbot.resolver import resolve

    job = prepared.job
    try:
        there = read_manifest(find(job.workspace, job.name))
    except DataError:
        return False
    return there.training_fingerprint == prepared.fingerprint(model_fingerprint(resolve(job.model.name, job.models)))


def _first_passes(prepared: Prepared) -> tuple[TrainingExample, ...]:
    return tuple(example for each in prepared.feed.passes.values() for example in each.first_pass)


def _plan(project: Project, shape: Architecture, prepared: Prepared, free: int) -> tuple[MemoryPlan | None, str]:
    """Return the plan, or None and what to set; the base is not loaded yet, so its room is taken off."""
    from finetune.estimating.devices import trains_on
    from finetune.estimating.memory import plan_for, resident_bytes

    config, kind = project.finetune_config, trains_on(project.model_config.device)
    try:
        room = max(0, free - resident_bytes(shape, config, kind))
        return plan_for(shape, config, kind=kind, examples=prepared.feed.largest(), available=room), ""
    except ConfigurationError as error:
        return None, str(error)


def _engine_bytes(project: Project, shape: Architecture) -> int:
    """Return the bytes of the base as the engine holds it, beside the one that is trained: it answers the end check."""
    model = project.model_config
    width = {"bfloat16": 2.0, "8bit": 1.0, "4bit": 0.5}.get(model.precision, 4.0)
    return 0 if model.engine == "scripted" else round(width * shape.parameters)


def _speed(project: Project, shape: Architecture, prepared: Prepared, *, checkpointing: bool) -> tuple[float, str, float]:
    """Return tokens per second, where that is from, and the factor that the time may be off by."""
    from finetune.estimating import speed
    from finetune.estimating.devices import this_machine
    from finetune.estimating.setting import setting_of

    known = _known_speed(project, checkpointing)
    if known is not None:
        return known
    examples = _first_passes(prepared)
    device = this_machine(project.model_config.device)
    length = max(1, round(sum(each.tokens for each in examples) / len(examples)))
    answer = max(1, round(sum(len(each.target_ids) for each in examples) / len(examples)))
    rows = max(1, min(project.finetune_config.batch_size, 512 // length))
    setting = setting_of(project.finetune_config, rows=rows, length=length, answer=answer, gpu=device.kind == "gpu")
    spread = speed.SPREAD_GPU if device.kind == "gpu" else speed.SPREAD_CPU
    rate = speed.tokens_per_second(shape, setting.but(checkpointing=checkpointing), device)
    return rate, f"reckoned from products of matrices timed just now{_busy()}", spread


def _busy() -> str:
    """Say so when other work would slow training as it slowed the calibration."""
    load, there = (os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0), os.cpu_count() or 1
    return f", while other work kept the machine busy (load {load:.0f} on {there} processors)" if load > 1.5 * there else ""


def _known_speed(project: Project, checkpointing: bool) -> tuple[float, str, float] | None:
    """Return the speed of the latest adapter of this workspace made like this one, on the same recipe if there is such a one."""
    config = project.finetune_config
    found = []
    for name in list_adapters(project.workspace):
        try:
            manifest = read_manifest(Path(project.adapter_folder(name)))
        except DataError:
            continue
        alike = (manifest.base, manifest.method, manifest.precision) == (project.model_config.name, config.method, config.precision)
        if alike and manifest.tokens_per_second > 0 and bool(manifest.configuration.get("checkpointed", False)) == checkpointing:
            found.append((manifest.recipe == config.recipe, manifest.created, name, manifest.tokens_per_second))
    if not found:
        return None
    same, _, name, rate = max(found)
    return rate, f"what adapter {name!r} reached here" + ("" if same else ", on another recipe"), _SPREAD_KNOWN if same else _SPREAD_RECIPE


def _gb(size: int) -> str:
    return f"{size / 1e9:.2f} GB"

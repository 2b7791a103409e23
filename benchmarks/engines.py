"""How fast each engine answers: time to first token, tokens and questions per second, against the libraries beside it.

    python -m benchmarks.engines [--adapter FOLDER | --base] [--quick] [--json FILE]

All contestants answer the same real questions from the same weights, base and LoRA adapter
(a random one unless a folder is given), greedily and until they stop by themselves, in one
run. Each lives in a process of its own and is idle while another works; rounds alternate
the order, and no round asks what an earlier one asked. Tables in Markdown: medians with the
range, ratios paired by round, answers identical to the reference's, and how far each is from
what the machine can do at best. Ctrl-C prints what there is.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.contestants import CONTESTANTS, Contestant, Setup, choose
from benchmarks.engine_results import Batch, Results, Row, Single, markdown
from benchmarks.prompts import KINDS, Plan, Prompt, Round, build_plan
from benchmarks.weights import Weights, count_parameters, random_adapter, size_of
from benchmarks.worker import Worker, WorkerError
from chatbot.config import ModelConfig
from chatbot.resolver import GGUF_MODELS, resolve
from foundation.errors import RagftError

_PARALLEL = 16  # prompts under way at once, for libraries that must be told: the batch size of our engines


class Benchmark:
    """One run, from its prompts to its results."""

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        from tokenizers import Tokenizer

        self._options, self._scratch = options, scratch
        self._folder = resolve(options.model, options.models)
        self._tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        self._chosen = choose(options.only, not options.base)
        self._kinds = {one.name: one.kinds for one in self._chosen}
        self._workers: dict[str, Worker] = {}
        self._started = time.perf_counter()
        self.results = Results([Row(one.name) for one in self._chosen], options.kinds, count_parameters(self._folder))
        self._rows = {row.name: row for row in self.results.rows}

    def prepare(self) -> Plan:
        """Return the prompts; make the weights, start and warm up the contestants."""
        options = self._options
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        if load > 0.3 * options.threads:
            say(f"something else is running here (load {load:.1f}): the figures will be those of a busy machine")
        say("prompts …")
        plan = build_plan(options.kb, self._folder, options.models, options.rounds, options.batch, options.single)
        adapter = None if options.base else options.adapter or random_adapter(self._folder, self._scratch / "adapter")
        shipped = next((options.models / options.model).glob("*.gguf"), None) if options.model in GGUF_MODELS else None
        weights = Weights(self._folder, adapter, shipped, self._scratch)
        self.results.header = {
            "model": f"{options.model}, {'no adapter' if options.base else options.adapter or 'random adapter'}",
            "machine": f"{_processor()}, {options.threads} threads, load {load:.1f} before, {time.strftime('%Y-%m-%d')}",
            "prompt tokens, mean": ", ".join(f"{kind} {plan.mean_tokens[kind]:.0f}" for kind in options.kinds)
            + f" ({plan.passages} passages per RAG prompt, knowledge base {options.kb})",
            "asked per round": f"{options.batch} at once, {options.single} one by one; at most {options.limit} new tokens, natural stops",
        }
        for contestant in self._chosen:
            say(f"{contestant.name} …")
            row = self._rows[contestant.name]
            row.failure = contestant.missing() or self._start(contestant, row, weights, adapter, plan)
        return plan

    def _start(self, contestant: Contestant, row: Row, weights: Weights, adapter: Path | None, plan: Plan) -> str | None:
        """Start one contestant; return why it failed, or None."""
        try:
            own = weights.path(contestant.weights) if contestant.weights else None
        except Exception as error:  # a library that cannot convert must not stop the others
            return f"weights: {type(error).__name__}: {error}"
        options = self._options
        cache = options.models if options.base or options.adapter else self._scratch  # a random adapter is not worth keeping converted
        paths = [str(path.resolve()) if path else None for path in (self._folder, cache, adapter, own)]
        setup = Setup(str(paths[0]), str(paths[1]), paths[2], paths[3], options.threads, min(options.batch, _PARALLEL))
        each, parameters = contestant.bytes_per_weight, self.results.arithmetic["parameters"]
        row.weight_bytes = each * parameters if each else size_of(own) if own else None
        try:
            worker = self._workers[contestant.name] = Worker(contestant, setup, self._scratch / f"{contestant.name}.log")
            row.notes, row.load_seconds = worker.ready["notes"], worker.ready["seconds"]
            worker.batch(plan.warm_up, 4)
        except WorkerError as error:
            return str(error)
        return None

    def measure(self, plan: Plan) -> None:
        """Run the rounds; none is begun that would not end in time."""
        minutes, longest = self._options.minutes, 0.0
        for number, one in enumerate(plan.rounds):
            began = time.perf_counter()
            if number and began - self._started + longest > 60 * minutes:
                say(f"another round would take longer than {minutes:g} minutes in all")
                break
            say(f"round {number + 1} of at most {len(plan.rounds)}")
            self.results.peaks = machine.measure(self._options.threads).best(self.results.peaks)
            self._round(number, one)
            longest = max(longest, time.perf_counter() - began)
            self.results.header["rounds"] = f"{number + 1}, after {(time.perf_counter() - self._started) / 60:.1f} minutes"

    def _round(self, number: int, one: Round) -> None:
        everyone = list(self._workers)[:: 1 if number % 2 == 0 else -1]
        for kind in self.results.kinds:
            order = [name for name in everyone if kind in self._kinds[name]]
            for name in order:
                self._try(name, self._batch, number, kind, one.batch[kind])
            for prompt in one.single[kind]:
                for name in order:
                    self._try(name, self._single, number, kind, prompt)
            say(f"  {kind} done after {(time.perf_counter() - self._started) / 60:.1f} minutes")

    def _try(self, name: str, work: Callable[..., None], *asked: Any) -> None:
        """Do `work` unless the contestant failed before; a failure is its last."""
        row = self._rows[name]
        if row.failure:
            return
        try:
            work(row, self._workers[name], *asked)
            row.memory = max(row.memory or 0, self._workers[name].memory())
        except WorkerError as error:
            row.failure = str(error)
            say(f"  {name}: {error}")

    def _batch(self, row: Row, worker: Worker, number: int, kind: str, prompts: tuple[Prompt, ...]) -> None:
        answer = worker.batch(prompts, self._options.limit)
        texts = [text.strip() for text in answer["texts"]]
        row.batches.setdefault(kind, []).append(Batch(number, answer["seconds"], texts, [self._tokens(text) for text in texts]))
        say(f"  {kind} at once: {row.name} {answer['seconds']:.2f} s")

    def _single(self, row: Row, worker: Worker, number: int, kind: str, prompt: Prompt) -> None:
        cold, again = worker.single(prompt, self._options.limit), worker.single(prompt, 1)
        text = cold["text"].strip()
        times = cold["first"], cold["seconds"], again["first"]
        row.singles.setdefault(kind, []).append(Single(number, prompt.id, len(prompt.tokens), self._tokens(text), text, *times))

    def _tokens(self, text: str) -> int:
        """Return the tokens made for `text`, the end of turn included: counted alike for all."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return min(len(ids) + 1, int(self._options.limit))

    def close(self) -> None:
        """End all contestants."""
        for worker in self._workers.values():
            worker.close()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    )
    return names[0] if names else platform.processor() or platform.machine()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=ModelConfig().name)
    parser.add_argument("--adapter", type=Path, help="a PEFT folder; without it a random adapter is made")
    parser.add_argument("--base", action="store_true", help="no adapter at all")
    parser.add_argument("--kb", default="orlisund")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--only", nargs="+", metavar="NAME", help=", ".join(one.name for one in CONTESTANTS))
    parser.add_argument("--batch", type=int, default=16, help="questions at once")
    parser.add_argument("--single", type=int, default=2, help="questions one by one, per kind and round")
    parser.add_argument("--limit", type=int, default=64, help="new tokens per answer at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=15, help="no round is begun that would end later")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--models", type=Path, default=Path(os.environ.get("RAGFT_MODELS") or "workspace/models"))
    parser.add_argument("--json", type=Path, help="write every single measurement there")
    parser.add_argument("--quick", action="store_true", help="one round of 4 at once and 1 alone: does it run?")
    arguments = parser.parse_args()
    arguments.kinds = [kind for kind in KINDS if kind in arguments.kinds]
    if arguments.quick:
        arguments.rounds, arguments.batch, arguments.single = 1, 4, 1
    try:
        choose(arguments.only, not arguments.base)
    except ValueError as error:
        parser.error(str(error))
    return arguments


def main() -> None:
    options = _arguments()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            run = Benchmark(options, Path(scratch))
            try:
                run.measure(run.prepare())
            except KeyboardInterrupt:
                say("stopped; what there is:")
            finally:
                run.close()
    except RagftError as error:
        sys.exit(f"error: {error}")
    print(markdown(run.results))
    if options.json:
        options.json.write_text(json.dumps(asdict(run.results), ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

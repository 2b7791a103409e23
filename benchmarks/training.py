"""How fast `ragft train` trains, beside TRL's SFTTrainer: tokens per second, peak memory, validation loss.

    python -m benchmarks.training [--out FILE] [--only NAME …] [--repeats N] [--quick]

One table: the same embedded model, first adapter weights, examples in the same order, batch and
learning rate on both sides, on bare questions and on questions behind passages. Every training is
a process of its own; repeats alternate the order. Tokens are the real ones of prompt and target,
for both: no padding, and no credit for what one side computes once. What was measured stays
in the work folder, so that a stopped run goes on. Medians with the range; ratios are medians
of the ratios paired by repeat.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.training_examples import KINDS, Split, build
from benchmarks.training_worker import Order, Result
from chatbot.resolver import resolve
from foundation.errors import RagftError
from foundation.files import write_json
from foundation.fingerprint import fingerprint, fingerprint_file
from foundation.jsonable import from_json, to_json

PEER = "TRL, fp32"
BATCH = 8  # examples per optimiser step, on both sides
SOURCES = (  # what was measured with another state of these is measured again
    "finetune/batching.py",
    "finetune/loss.py",
    "finetune/fast_lora.py",
    "finetune/shared_attention.py",
    "benchmarks/training_worker.py",
)
AT_ONCE = {"closed-book": 8, "with passages": 2}  # TRL's per device: 8 with passages take four times the memory


@dataclass(frozen=True)
class Contestant:
    """A side and its settings."""

    name: str
    side: str
    precision: str = "float32"
    checkpointing: bool = False
    settings: dict[str, Any] | None = None
    micro_tokens: int | None = None  # other than the run's
    targets_alone: bool = False  # TRL patched: no setting of it does that on the CPU

    def order(self, base: Order, kind: str) -> Order:
        """Return what its process is to do."""
        settings = dict(self.settings or {})
        if settings.get("packing"):  # as many tokens at once as without: rows of max_length, one per step part
            settings |= {"per_device_train_batch_size": 1, "gradient_accumulation_steps": BATCH // AT_ONCE[kind]}
        micro = self.micro_tokens or base.micro_tokens
        return replace(
            base,
            side=self.side,
            at_once=AT_ONCE[kind],
            precision=self.precision,
            checkpointing=self.checkpointing,
            settings=settings or None,
            micro_tokens=micro,
            targets_alone=self.targets_alone,
        )


CONTESTANTS = (
    Contestant("ours, fp32", "ours"),
    Contestant(PEER, "trl"),
    Contestant("ours, fp32, checkpointed", "ours", checkpointing=True),
    Contestant("TRL, fp32, checkpointed", "trl", checkpointing=True),
    Contestant("TRL, fp32, padding-free", "trl", settings={"padding_free": True}),
    Contestant("TRL, fp32, packed", "trl", settings={"packing": True, "max_length": 768}),
    Contestant("TRL, fp32, patched to score targets alone", "trl", targets_alone=True),
    Contestant("ours, bf16", "ours", precision="bfloat16"),
    Contestant("TRL, bf16 (autocast)", "trl", settings={"bf16": True}),
    Contestant("TRL, bf16 weights", "trl", precision="bfloat16", settings={"bf16": True}),
)


def run(order: Order, folder: Path) -> Result:
    """Return the result of one process; raises RuntimeError with the last words of one that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "order.json").write_text(json.dumps(to_json(order)), encoding="utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": str(order.threads), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    command = [sys.executable, "-m", "benchmarks.training_worker", str(folder / "order.json"), str(folder / "result.json")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise RuntimeError(f"{lines[-1] if lines else 'nothing was said'} (exit {done.returncode})")
    return from_json(Result, json.loads((folder / "result.json").read_text(encoding="utf-8")))


def measure(options: argparse.Namespace) -> dict[str, dict[str, dict[str, Any]]]:
    """Return kind → contestant → repeat (as text) → result, or "failure" → why; written to the work folder as it goes."""
    model = resolve(options.model, options.models)
    steps = dict(zip(KINDS, options.steps, strict=True))
    splits = build(options.kb, model, options.models, BATCH * max(steps.values()), options.validation)
    base = Order("ours", str(model.resolve()), Split((), ()), BATCH, BATCH, options.micro_tokens, options.threads)
    sources = [fingerprint_file(Path(path)) for path in SOURCES] + [version(name) for name in ("torch", "transformers", "trl", "peft")]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for kind in options.kinds:
        split = Split(splits[kind].train[: BATCH * steps[kind]], splits[kind].validation)
        lengths = [len(example.prompt_ids) for example in split.train]
        say(f"{kind}: {len(split.train)} examples, prompts of {min(lengths)} to {max(lengths)} tokens, mean {statistics.mean(lengths):.0f}")
        found[kind] = {one.name: {} for one in options.contestants}
        for repeat in range(options.repeats):
            for one in options.contestants[:: 1 if repeat % 2 == 0 else -1]:
                if repeat >= options.extra_repeats and one.name not in ("ours, fp32", PEER, "ours, fp32, checkpointed"):
                    continue
                order = replace(one.order(base, kind), split=split)
                kept = options.work / f"{fingerprint(to_json(order), sources)}-{repeat}"
                found[kind][one.name].update(_once(one, order, kept, repeat))
    return found


def _once(one: Contestant, order: Order, folder: Path, repeat: int) -> dict[str, Any]:
    path = folder / "result.json"
    try:
        result = from_json(Result, json.loads(path.read_text(encoding="utf-8"))) if path.exists() else run(order, folder)
    except RuntimeError as error:
        say(f"  {one.name}: failed: {error}")
        return {"failure": str(error)}
    figures = f"{result.speed:.0f} tokens/s, {result.cpu_seconds:.0f} s of processor time, {result.memory / 1e9:.2f} GB"
    say(f"  {repeat + 1} {one.name}: {figures}, loss {result.validation_loss:.4f}")
    return {str(repeat): result}


def table(found: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return the results as Markdown, one table per kind of example."""
    lines = []
    for kind, rows in found.items():
        peer = rows.get(PEER, {})
        lines += [
            "",
            f"**{kind}**",
            "",
            f"| | tokens/s (range) | × {PEER} | × by processor time | peak memory, GB | × | validation loss | difference |",
            "|---" * 8 + "|",
        ]
        for name, results in rows.items():
            runs = {repeat: result for repeat, result in results.items() if repeat != "failure"}
            if not runs:
                lines.append(f"| {name} | failed: {results.get('failure', 'not run')} | | | | | | |")
                continue
            speeds = [result.speed for result in runs.values()]
            memory = statistics.median(result.memory for result in runs.values())
            loss = statistics.median(result.validation_loss for result in runs.values())
            cells = [name, f"{statistics.median(speeds):.0f} ({min(speeds):.0f}–{max(speeds):.0f})"]
            pairs = [(result, peer[repeat]) for repeat, result in runs.items() if repeat in peer]
            if pairs:
                faster = statistics.median(own.speed / other.speed for own, other in pairs)
                lighter = statistics.median(other.cpu_seconds / own.cpu_seconds for own, other in pairs)
                more = statistics.median(own.memory / other.memory for own, other in pairs)
                apart = statistics.median(own.validation_loss - other.validation_loss for own, other in pairs)
                cells += [f"{faster:.2f}", f"{lighter:.2f}", f"{memory / 1e9:.2f}", f"{more:.2f}", f"{loss:.4f}", f"{apart:+.5f}"]
            else:
                cells += ["", "", f"{memory / 1e9:.2f}", "", f"{loss:.4f}", ""]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines).strip()


def say(text: str) -> None:
    """Tell how far it is, on standard error."""
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--kb", default="orlisund")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--only", nargs="+", metavar="NAME", help="; ".join(one.name for one in CONTESTANTS))
    parser.add_argument("--steps", nargs=2, type=int, default=[16, 6], help="optimiser steps, bare and with passages")
    parser.add_argument("--validation", type=int, default=32, help="examples that the loss is taken on")
    parser.add_argument("--micro-tokens", type=int, default=768, help="ours: tokens at once")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--extra-repeats", type=int, default=1, help="of the contestants that no target names")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--models", type=Path, default=Path(os.environ.get("RAGFT_MODELS") or "workspace/models"))
    parser.add_argument("--work", type=Path, default=Path("workspace/benchmarks/training"), help="what was measured stays here")
    parser.add_argument("--out", type=Path, help="write every single measurement there as JSON")
    parser.add_argument("--quick", action="store_true", help="two steps each, once: does it run?")
    options = parser.parse_args()
    if options.quick:
        options.steps, options.repeats, options.validation = [2, 1], 1, 4
    names = options.only or [one.name for one in CONTESTANTS]
    unknown = set(names) - {one.name for one in CONTESTANTS}
    if unknown:
        parser.error(f"no contestant {sorted(unknown)[0]!r}")
    options.contestants = tuple(one for one in CONTESTANTS if one.name in names)
    return options


def main() -> None:
    options = _arguments()
    try:
        found = measure(options)
    except RagftError as error:
        sys.exit(f"error: {error}")
    print(table(found))
    if options.out:
        write_json(options.out, to_json(found))


if __name__ == "__main__":
    main()

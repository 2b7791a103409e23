"""Estimated against measured peak memory of trainings, each in a process of its own.

    python -m benchmarks.estimates            # all: about a minute each
    python -m benchmarks.estimates --plan     # the course's planning table, reckoned alone: a second

The constants of `finetune.estimating.memory` were fitted on the cases marked "fit"; the others check them. A case is a bare
training: peft, AdamW, answer-only logits, random tokens; models other than the embedded one are random, of the real shape.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from finetune.estimating.architecture import read_architecture
from finetune.estimating.known_models import CONFIGURATIONS
from finetune.estimating.memory import parts
from finetune.estimating.setting import Setting

EMBEDDED = "HuggingFaceTB/SmolLM2-135M-Instruct"
MIDDLE: dict[str, Any] = {  # a Llama wider and flatter than the embedded model
    "model_type": "llama",
    "hidden_size": 1024,
    "intermediate_size": 2816,
    "num_hidden_layers": 12,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
    "vocab_size": 32000,
    "tie_word_embeddings": True,
    "pad_token_id": 0,
}
T5 = {"decoder_start_token_id": 0, "pad_token_id": 0}


@dataclass(frozen=True)
class Case:
    """One training to be measured."""

    model: str
    setting: Setting
    fitted: bool = False
    steps: int = 3

    @property
    def configuration(self) -> dict[str, Any]:
        """Return the values of its config.json."""
        return MIDDLE if self.model == "middle" else CONFIGURATIONS[self.model]


def _case(model: str, rows: int, length: int, answer: int, *, fitted: bool = False, steps: int = 3, **more: Any) -> Case:
    return Case(model, Setting(rows=rows, length=length, answer=answer, **more), fitted, steps)


CASES = (
    _case(EMBEDDED, 1, 350, 20, fitted=True),
    _case(EMBEDDED, 8, 64, 10, fitted=True),
    _case(EMBEDDED, 1, 700, 20, fitted=True, checkpointing=True),
    _case(EMBEDDED, 1, 700, 20, fitted=True, precision="bfloat16"),
    _case(EMBEDDED, 4, 64, 10, fitted=True, method="qlora", steps=2),
    _case(EMBEDDED, 4, 64, 10, fitted=True, method="full"),
    _case(EMBEDDED, 4, 64, 10),
    _case(EMBEDDED, 16, 64, 10),
    _case(EMBEDDED, 1, 700, 20),
    _case(EMBEDDED, 2, 700, 20, steps=2),
    _case(EMBEDDED, 2, 700, 20, checkpointing=True, steps=2),
    _case(EMBEDDED, 8, 64, 10, precision="bfloat16"),
    _case(EMBEDDED, 1, 350, 10, method="qlora", steps=2),
    _case(EMBEDDED, 4, 64, 10, method="8bit", steps=2),
    _case(EMBEDDED, 1, 350, 10, method="full"),
    _case("openai-community/gpt2", 4, 128, 10),
    _case("google-t5/t5-small", 4, 128, 10),
    _case("middle", 2, 256, 10, steps=2),
    _case("google-t5/t5-base", 4, 128, 10, method="full", steps=2),
    _case("openai-community/gpt2", 4, 128, 10, checkpointing=True, steps=2),
)


def measure(case: Case, models: Path) -> dict[str, float]:
    """Train in this process; return peak bytes and tokens per second of the processor's time."""
    import torch

    from finetune.config import FinetuneConfig
    from finetune.lora import checkpoint_activations, make_trainable
    from finetune.measuring import peak_memory

    setting = case.setting
    torch.manual_seed(0)
    model = _load(case, models)
    config = FinetuneConfig(method=setting.method, precision=setting.precision, rank=setting.rank)
    model = make_trainable(model, config, "base")
    model.train()
    if setting.checkpointing:
        checkpoint_activations(model)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)
    best = float("inf")
    for _ in range(case.steps):
        began = time.process_time()
        _loss(model, setting).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        best = min(best, time.process_time() - began)
    return {"peak": peak_memory(), "rate": setting.tokens / best}


def _load(case: Case, models: Path) -> Any:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    from chatbot.loading import load_model
    from chatbot.resolver import resolve
    from finetune.config import FinetuneConfig
    from finetune.lora import base_precision

    if case.model == EMBEDDED:
        config = FinetuneConfig(method=case.setting.method, precision=case.setting.precision)
        return load_model(resolve("smollm2-135m-instruct", models), base_precision(config), "cpu")[0]
    kind = AutoModelForSeq2SeqLM if case.configuration["model_type"] == "t5" else AutoModelForCausalLM
    values = {**case.configuration, **(T5 if kind is AutoModelForSeq2SeqLM else {})}
    return kind.from_config(AutoConfig.for_model(**values), dtype=getattr(torch, case.setting.precision))


def _loss(model: Any, setting: Setting) -> Any:
    import torch

    ids = torch.randint(10, 20000, (setting.rows, setting.length))
    mask = torch.ones_like(ids)
    if setting.rows > 1:
        mask[0, :3] = 0
    targets = torch.randint(10, 20000, (setting.rows, setting.answer))
    if model.config.is_encoder_decoder:
        logits = model(input_ids=ids, attention_mask=mask, labels=targets, use_cache=False).logits
    else:
        where = torch.arange(setting.length - setting.answer - 1, setting.length - 1)
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        logits = model(input_ids=ids, attention_mask=mask, position_ids=positions, logits_to_keep=where, use_cache=False).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())


def in_a_process(number: int, models: Path) -> dict[str, float]:
    """Measure case `number` in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.estimates", "--case", str(number), "--models", str(models)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": float(done.returncode)}
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def plan() -> None:
    """Print the course's planning table beside what is reckoned, under the assumptions that docs/estimate.md explains."""
    mistral = read_architecture(CONFIGURATIONS["mistralai/Mistral-7B-Instruct-v0.3"])
    whole = (mistral.parameters - mistral.linear_parameters) * 2  # its trainer leaves embeddings in 16 bits, ours in 32
    context = 500 * 10**6  # torch reports what it gave out, without the driver's own
    rows = [("4-bit", "qlora", "bfloat16", each, course) for each, course in ((1, 5), (2, 8), (4, 10), (16, 26))]
    rows += [("8-bit", "8bit", "bfloat16", 1, 20), ("8-bit", "8bit", "bfloat16", 2, 22), ("unquantised, float32", "lora", "float32", 1, 32)]
    print("| base | batch | course GB | reckoned GB | ratio |\n|---|---|---|---|---|")
    for label, method, precision, batch, course in rows:
        setting = Setting(method=method, precision=precision, rows=batch, length=PLAN_LENGTH, answer=PLAN_LENGTH, checkpointing=True)  # type: ignore[arg-type]
        size = (parts(mistral, setting, "gpu").peak - context - (whole if method != "lora" else 0)) / 1e9
        print(f"| Mistral-7B {label} | {batch} | {course} | {size:.1f} | {size / course:.2f} |")
    t5 = read_architecture(CONFIGURATIONS["google-t5/t5-base"])
    size = parts(t5, Setting(method="full", rows=2, length=128, answer=16), "cpu").peak / 1e9
    print(f"| T5-base, all weights, processor | 2 | 5 | {size:.1f} | {size / 5:.2f} |")


PLAN_LENGTH = 640  # of a row; the course does not tell it: what explains its table best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Path(os.environ.get("RAGFT_MODELS") or "workspace/models"))
    parser.add_argument("--case", type=int, help="measure one case in this process and print it as JSON")
    parser.add_argument("--only", type=int, nargs="+", help="numbers of cases, from 0")
    parser.add_argument("--json", type=Path, help="append every measurement there")
    parser.add_argument("--plan", action="store_true")
    options = parser.parse_args()
    if options.plan:
        plan()
        return
    if options.case is not None:
        print(json.dumps(measure(CASES[options.case], options.models)))
        return
    print("| model | method | precision | rows × length | checkpointing | used for | measured MB | estimated MB | ratio |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for number, case in enumerate(CASES):
        if options.only and number not in options.only:
            continue
        found, setting = in_a_process(number, options.models), case.setting
        start = f"| {case.model.rpartition('/')[2]} | {setting.method} | {setting.precision} | {setting.rows} × {setting.length} "
        start += f"| {'yes' if setting.checkpointing else 'no'} | {'fit' if case.fitted else 'check'} "
        if "failed" in found:
            print(f"{start}| failed ({found['failed']:.0f}) | | |", flush=True)
            continue
        estimated = parts(read_architecture(case.configuration), setting, "cpu").peak
        ratio = estimated / found["peak"]
        print(f"{start}| {found['peak'] / 1e6:,.0f} | {estimated / 1e6:,.0f} | {ratio:.2f} |", flush=True)
        if options.json:
            with options.json.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({**asdict(case), **found, "estimated": estimated}) + "\n")


if __name__ == "__main__":
    main()

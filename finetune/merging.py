"""A base and its adapter as one plain model folder, held against the two apart before it is kept.

Merging adds the product of the adapter's matrices to the base's weights. In theory that changes nothing; rounding, tied
weights or a quantised base do. So the largest gap between the logits of both is measured on prompts of training questions,
and a folder beyond the tolerance is not kept. Which adapter and which questions is the caller's business.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from chatbot.loading import load_model, load_tokenizer
from chatbot.model_card import model_fingerprint
from finetune.model import AdapterManifest, TrainingExample
from foundation.errors import DataError, MismatchError, UnsupportedError
from foundation.files import write_json
from foundation.jsonable import to_json

MERGED: Final = "merged.json"
TOLERANCE: Final = 0.05  # of a logit, and our choice: rounding in float32 stays far below it, a wrong merge far above
PROMPTS: Final = 8
_POSITIONS: Final = 32  # compared per prompt: the last of the prompt and those of the answer
_BYTES: Final = {"float32": 4, "bfloat16": 2}
_ROOM: Final = 1.1  # over the weights: tokenizer, configuration, and a little to spare

Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True)
class Parity:
    """How far two models are apart on the same prompts."""

    prompts: int
    positions: int
    largest_gap: float  # between logits of the same token at the same position
    agreement: float  # share of positions at which both would choose the same token, 0 to 1


@dataclass(frozen=True)
class Merged:
    """What a merged folder was made of; kept in it as merged.json."""

    adapter: str
    adapter_fingerprint: str
    base: str
    base_fingerprint: str
    method: str
    precision: str  # of the weights as saved
    tolerance: float
    within: bool  # the largest gap is within the tolerance
    parity: Parity  # base and adapter apart, in float32, against the merged folder loaded plainly
    quantised: Parity | None = None  # base as it was quantised in training, with the adapter, against the same in float32
    created: str = ""


def merge(
    adapter: Path,
    manifest: AdapterManifest,
    base: Path,
    out: Path,
    examples: Sequence[TrainingExample],
    *,
    precision: Precision = "float32",
    tolerance: float = TOLERANCE,
    despite: bool = False,
) -> Merged:
    """Write base + adapter as a plain transformers folder at `out` and return what it was made of and how exact it is.

    Args:
        adapter: a finished adapter folder.
        manifest: its manifest.
        base: the transformers folder that it was trained on; for a quantised method the whole weights.
        out: a folder that does not exist yet.
        examples: prompts with answers to hold both against each other on, at least one.
        precision: of the saved weights. bfloat16 halves the folder and rounds every weight.
        tolerance: the largest gap between logits that is accepted, above 0.
        despite: keep a folder beyond the tolerance too; merged.json says that it is.

    Raises DataError when `out` exists or cannot be written, or the disk has no room, MismatchError for another base or a gap beyond the
    tolerance, UnsupportedError for a method without an adapter.
    """
    if manifest.method == "full":
        raise UnsupportedError(f"{manifest.name!r} was trained in full and is a whole model already: copy its folder, {adapter}.")
    if not examples:
        raise DataError(
            f"there is no question with an answer to hold the merged {manifest.name!r} on. Give the knowledge base it was trained on."
        )
    if _is_there(out):
        raise DataError(f"{out} exists already. Name a folder that does not.")
    if (found := model_fingerprint(base)) != manifest.base_fingerprint:
        raise MismatchError(
            f"adapter {manifest.name!r} fits {manifest.base} ({manifest.base_fingerprint}), not the model in {base} ({found})."
        )
    _check_room(base, out, precision)
    template = manifest.configuration.get("chat_template")
    with _scratch(out) as scratch:
        folder = scratch / "model"
        apart = _save(adapter, base, folder, examples, template, precision)
        parity = _compare(apart, _logits(_load(folder), examples))
        within = parity.largest_gap <= tolerance
        if not within and not despite:
            raise MismatchError(
                f"merged, {manifest.name!r} differs from base and adapter by up to {parity.largest_gap:.3g} in a logit (tolerance "
                f"{tolerance:g}; {parity.agreement:.1%} of the choices agree), so nothing was written. Merge with --precision float32, "
                "or keep it marked with --despite-gap."
            )
        quantised = _compare(apart, _quantised_logits(adapter, base, manifest.method, examples)) if _is_quantised(manifest) else None
        made = Merged(
            adapter=manifest.name,
            adapter_fingerprint=manifest.adapter_fingerprint,
            base=manifest.base,
            base_fingerprint=manifest.base_fingerprint,
            method=manifest.method,
            precision=precision,
            tolerance=tolerance,
            within=within,
            parity=parity,
            quantised=quantised,
        )
        made = replace(made, created=_now())
        write_json(folder / MERGED, to_json(made))
        folder.rename(out)
    return made


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` that is gone afterwards; DataError for all that the disk refuses meanwhile."""
    from safetensors import SafetensorError

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
            yield Path(scratch)
    except (OSError, SafetensorError) as error:  # weights report a full disk in their own way
        cause = getattr(error, "strerror", None) or error
        raise DataError(f"cannot write {out}: {cause}. Free space or choose another folder.") from error


def _is_there(path: Path) -> bool:
    """Tell whether a path exists; one that may not be looked at counts as absent: writing it says what is wrong."""
    with suppress(PermissionError):
        return path.exists()
    return False


def _is_quantised(manifest: AdapterManifest) -> bool:
    return manifest.method in ("qlora", "8bit")


def _check_room(base: Path, out: Path, precision: Precision) -> None:
    """Raise DataError when the disk of `out` cannot hold the merged weights."""
    place = next(folder for folder in (out, *out.resolve().parents) if _is_there(folder))
    needed = int(_parameters(base) * _BYTES[precision] * _ROOM)
    free = shutil.disk_usage(place).free
    if free < needed:
        raise DataError(
            f"the merged model takes {needed / 2**30:.1f} GiB and {place} has {free / 2**30:.1f} GiB free. "
            "Free space, choose another disk, or merge with --precision bfloat16 (half of it)."
        )


def _parameters(folder: Path) -> int:
    """Return the number of weights in a folder's safetensors files, from their headers alone."""
    from math import prod

    from safetensors import SafetensorError, safe_open

    count = 0
    for file in folder.glob("*.safetensors"):
        try:
            with safe_open(file, "np") as archive:
                count += sum(prod(archive.get_slice(key).get_shape()) for key in archive.keys())  # noqa: SIM118 - no iterator
        except (SafetensorError, OSError) as error:
            raise DataError(f"cannot read {file}: {error}. Get the model again.") from error
    return count


def _save(
    adapter: Path, base: Path, folder: Path, examples: Sequence[TrainingExample], template: str | None, precision: Precision
) -> list[Any]:
    """Write the merged model to `folder` and return the logits of base and adapter apart."""
    import torch

    model = _with_adapter(adapter, _load(base))
    apart = _logits(model, examples)
    try:
        merged = model.merge_and_unload(safe_merge=True)
    except ValueError as error:  # peft found a weight that is no number
        raise DataError(f"adapter {adapter.name!r} cannot be merged: {error} Train it again: ragft train {adapter.name}") from error
    merged.to(getattr(torch, precision)).save_pretrained(folder)
    load_tokenizer(base, template).save_pretrained(folder)
    return apart


def _load(folder: Path) -> Any:
    return load_model(folder, "float32")[0]


def _with_adapter(adapter: Path, model: Any) -> Any:
    from peft import PeftModel
    from safetensors import SafetensorError

    try:
        return PeftModel.from_pretrained(model, str(adapter), is_trainable=False).eval()
    except (OSError, SafetensorError) as error:
        raise DataError(f"cannot load the adapter in {adapter}: {error}. Train it again: ragft train {adapter.name}") from error


def _quantised_logits(adapter: Path, base: Path, method: str, examples: Sequence[TrainingExample]) -> list[Any]:
    model, _ = load_model(base, "4bit" if method == "qlora" else "8bit")
    return _logits(_with_adapter(adapter, model), examples)


def _logits(model: Any, examples: Sequence[TrainingExample]) -> list[Any]:
    """Return float32 logits [positions, words] per example, at the last prompt position and those of the answer."""
    import torch

    found = []
    with torch.inference_mode():
        for example in examples:
            target = list(example.target_ids[:_POSITIONS])
            if model.config.is_encoder_decoder:
                logits = model(input_ids=torch.tensor([example.prompt_ids]), labels=torch.tensor([target])).logits[0]
            else:
                ids = torch.tensor([[*example.prompt_ids, *target]])
                logits = model(input_ids=ids).logits[0, len(example.prompt_ids) - 1 : -1]
            found.append(logits.float().numpy().copy())
    return found


def _compare(these: Sequence[Any], those: Sequence[Any]) -> Parity:
    """Return how far two lists of logits [positions, words] are apart."""
    import numpy as np

    gap = max(float(np.abs(a - b).max()) for a, b in zip(these, those, strict=True))
    same = np.concatenate([a.argmax(axis=-1) == b.argmax(axis=-1) for a, b in zip(these, those, strict=True)])
    return Parity(len(these), len(same), gap, float(same.mean()))


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")

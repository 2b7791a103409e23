"""Is this adapter folder fit for this model? Answered from its files, before the model is touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from foundation.errors import DataError, MismatchError
from foundation.files import read_json

WEIGHTS, WHOLE_WEIGHTS = "adapter_model.safetensors", "model.safetensors"
_LORA_KEY = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<matrix>[AB])\.weight")
_WHAT_TO_DO = "Set model.name to the adapter's own base, or train again with `ragft train`."


def check_base(folder: Path, fingerprint: str, model: str) -> str:
    """Return the name of the base that the adapter in `folder` was made for.

    Raises DataError when there is no such folder, MismatchError when its `manifest.json`
    names the fingerprint of another base.
    """
    if not folder.is_dir():
        raise DataError(f"adapter folder {folder} does not exist. Train one with `ragft train NAME`.")
    if not (folder / "manifest.json").is_file():
        return "another model"
    manifest = read_json(folder / "manifest.json", "adapter manifest")
    made_for, theirs = str(manifest.get("base", "another model")), manifest.get("base_fingerprint")
    if theirs and theirs != fingerprint:
        raise MismatchError(
            f"adapter {folder.name!r} was made for {made_for} ({theirs}), but the model in use is {model} ({fingerprint}). {_WHAT_TO_DO}"
        )
    return made_for


def is_whole(folder: Path) -> bool:
    """Tell whether `folder` holds a whole model that took the base's place (full fine-tuning), not an adapter to it."""
    return (folder / WHOLE_WEIGHTS).is_file() and (folder / "config.json").is_file() and not (folder / "adapter_config.json").is_file()


def check_adapter(folder: Path, fingerprint: str, model: str, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Return when the LoRA adapter in `folder` fits the model, else raise.

    Args:
        folder: a PEFT folder, or a whole model trained from this one; a `manifest.json` with `base_fingerprint` and `base`
            is compared where there is one.
        fingerprint: of the loaded base model.
        model: its name, for the message.
        shapes: weight shape (out, in) of each module of the model, by module name.

    Raises DataError for a folder that is no PEFT LoRA adapter in safetensors, MismatchError
    for an adapter made for another base.
    """
    made_for = check_base(folder, fingerprint, model)
    if is_whole(folder):
        if fault := _whole_fault(folder / WHOLE_WEIGHTS, shapes):
            raise MismatchError(f"the model in {folder.name!r} was trained from {made_for}, not from {model}: {fault}. {_WHAT_TO_DO}")
        return
    for name in ("adapter_config.json", WEIGHTS):
        if not (folder / name).is_file():
            raise DataError(f"{folder} is not a PEFT adapter: it has no {name}. Train one with `ragft train NAME`.")
    config = read_json(folder / "adapter_config.json", "adapter configuration")
    kind, bias = config.get("peft_type"), config.get("bias", "none")
    if kind != "LORA" or bias != "none":
        raise DataError(f"adapter {folder} is {kind} with bias {bias!r}; only LoRA without biases leaves the base as it is.")
    if fault := _shape_fault(folder / WEIGHTS, shapes):
        base = config.get("base_model_name_or_path") or made_for
        raise MismatchError(f"adapter {folder.name!r} was made for {base} and does not fit {model}: {fault}. {_WHAT_TO_DO}")


def _whole_fault(weights: Path, shapes: Mapping[str, tuple[int, ...]]) -> str | None:
    """Return the first weight of a whole model that has another shape than the base's, in words, or None."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights, "np") as archive:
            for key in archive.keys():  # noqa: SIM118 - no mapping
                module, _, kind = key.rpartition(".")
                found, expected = tuple(archive.get_slice(key).get_shape()), shapes.get(module)
                if kind == "weight" and expected is not None and sorted(found) != sorted(expected):
                    return f"{module} is {expected} in the model and {found} there"
    except (SafetensorError, OSError) as error:
        raise DataError(f"model weights {weights} cannot be read: {error}. The file may be cut off; train again.") from error
    return None


def _shape_fault(weights: Path, shapes: Mapping[str, tuple[int, ...]]) -> str | None:
    """Return the first LoRA matrix that does not fit its module, in words, or None."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights, "np") as archive:
            keys: list[str] = archive.keys()
            for key in keys:
                match = _LORA_KEY.fullmatch(key)
                if match is None:
                    continue
                side = 1 if match["matrix"] == "A" else 0  # A is [rank, in], B is [out, rank]
                shape, expected = archive.get_slice(key).get_shape(), shapes.get(match["module"])
                if expected is None:
                    return f"the model has no module {match['module']}"
                if shape[side] != expected[side]:
                    return f"{match['module']} is {expected[side]} wide in the model and {shape[side]} in the adapter"
    except (SafetensorError, OSError) as error:
        raise DataError(f"adapter weights {weights} cannot be read: {error}. The file may be cut off; train again.") from error
    return None

"""The same weights in every format that a contestant reads: PEFT, merged, CTranslate2, GGUF.

All are made from one model folder and one adapter, merged in float32; what each format then
rounds is part of what is compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

_RANK, _SPREAD = 16, 0.005  # of the random adapter: small, so that its answers stay like the base's


def random_adapter(folder: Path, target: Path) -> Path:
    """Write a random LoRA adapter on all linear layers of the model in `folder` to `target` and return that."""
    import torch
    from peft import LoraConfig, get_peft_model

    from chatbot.loading import load_model

    torch.manual_seed(0)
    model, _ = load_model(folder, "float32")
    adapted = get_peft_model(model, LoraConfig(r=_RANK, lora_alpha=2 * _RANK, target_modules="all-linear", task_type="CAUSAL_LM"))
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, _SPREAD)
    adapted.save_pretrained(str(target))
    return target


class Weights:
    """Makes each kind once, when first asked for, under `scratch`."""

    def __init__(self, folder: Path, adapter: Path | None, shipped: Path | None, scratch: Path) -> None:
        """Remember where things are.

        Args:
            folder: the base as a transformers folder.
            adapter: a PEFT folder, or None for the base.
            shipped: the GGUF file that the base came in, in Q4_1, if it did.
            scratch: an empty folder.
        """
        self._folder, self._adapter, self._shipped, self._scratch = folder, adapter, shipped, scratch

    def path(self, kind: str) -> Path:
        """Return the folder or file of `kind`: merged, ct2-PRECISION or gguf-TYPE."""
        family, _, variant = kind.partition("-")
        makers: dict[str, Callable[[Path, str], None]] = {"merged": self._merge, "ct2": self._ctranslate2, "gguf": self._gguf}
        if kind == "merged" and self._adapter is None:
            return self._folder
        if kind == "gguf-Q4_1" and self._adapter is None and self._shipped:
            return self._shipped
        target = self._scratch / (f"{kind}.gguf" if family == "gguf" else kind)
        if not target.exists():
            makers[family](target, variant)
        return target

    def _merge(self, target: Path, _: str) -> None:
        from peft import PeftModel

        from chatbot.loading import load_model

        model, tokenizer = load_model(self._folder, "float32")
        PeftModel.from_pretrained(model, str(self._adapter)).merge_and_unload().save_pretrained(str(target))
        tokenizer.save_pretrained(str(target))

    def _ctranslate2(self, target: Path, precision: str) -> None:
        from ctranslate2.converters import TransformersConverter

        TransformersConverter(str(self.path("merged"))).convert(str(target), quantization=precision)

    def _gguf(self, target: Path, variant: str) -> None:
        from chatbot.engines.gguf_file import write_gguf

        if variant == "F16":
            write_gguf(self._folder, target, self._adapter)
        else:
            requantise(self.path("gguf-F16"), target, variant)


def requantise(source: Path, target: Path, variant: str) -> None:
    """Write the GGUF file `source` to `target` with its matrices in `variant`, the embedding in Q8_0 as the shipped file has it."""
    import gguf
    import numpy as np

    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, str(reader.fields["general.architecture"].contents()))
    for name, one in reader.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
            continue
        writer.add_key_value(name, one.contents(), one.types[0], one.types[-1] if len(one.types) > 1 else None)
    writer.add_file_type(int(getattr(gguf.LlamaFileType, f"MOSTLY_{variant}")))
    for tensor in reader.tensors:
        kind = tensor.tensor_type
        if kind != gguf.GGMLQuantizationType.F32:
            kind = gguf.GGMLQuantizationType["Q8_0" if tensor.name == "token_embd.weight" else variant]
        writer.add_tensor(tensor.name, gguf.quants.quantize(np.asarray(tensor.data).astype(np.float32), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def size_of(weights: Path) -> int:
    """Return the bytes of the largest file there: that of the weights."""
    return max(file.stat().st_size for file in ([weights] if weights.is_file() else weights.iterdir()))


def count_parameters(folder: Path) -> dict[str, int]:
    """Return what arithmetic is counted with: parameters, those of the embedding, hidden width, layers. Read from the files alone."""
    from safetensors import safe_open

    sizes: dict[str, int] = {}
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, "np") as archive:
            for key in archive.keys():  # noqa: SIM118 (not a dict)
                size = 1
                for side in archive.get_slice(key).get_shape():
                    size *= side
                sizes[key] = size
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    embedding = next((size for key, size in sizes.items() if key.endswith("embed_tokens.weight")), 0)
    return {
        "parameters": sum(sizes.values()),
        "embedding": embedding,
        "hidden": int(config["hidden_size"]),
        "layers": int(config["num_hidden_layers"]),
    }

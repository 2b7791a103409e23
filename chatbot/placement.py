"""Where a model computes and in which numbers: device, precision, and 8 or 4 bits through bitsandbytes.

Reading the weights is the business of `chatbot.loading`. The paths for a GPU were not run on
a GPU: none was at hand; what they decide is tested, what they compute is not.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal

from chatbot.config import Precision
from foundation.errors import ConfigurationError, MissingDependencyError

Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class Placement:
    """A device and a precision, nothing left to choose."""

    device: Literal["cpu", "cuda"]
    precision: Literal["float32", "bfloat16", "8bit", "4bit"]

    @property
    def dtype(self) -> Literal["float32", "bfloat16"]:
        """The numbers that are computed with; with 8 or 4 bits also those of the weights that stay whole.

        >>> Placement("cpu", "4bit").dtype, Placement("cuda", "4bit").dtype
        ('float32', 'bfloat16')
        """
        if self.precision == "float32" or self.precision == "bfloat16":
            return self.precision
        return "bfloat16" if self.device == "cuda" else "float32"

    @property
    def quantised(self) -> bool:
        """Whether bitsandbytes holds the linear layers."""
        return self.precision in ("8bit", "4bit")


def place(precision: Precision, device: Device) -> Placement:
    """Return where and how to compute: "auto" takes a GPU where there is one, and float32 on a processor, bfloat16 on a GPU.

    Raises ConfigurationError when a GPU is asked for and PyTorch sees none.

    >>> place("auto", "cpu")
    Placement(device='cpu', precision='float32')
    """
    found = "cpu" if device == "cpu" else _accelerator()
    if device == "cuda" and found == "cpu":
        raise ConfigurationError(
            "model.device is cuda, but PyTorch sees no GPU here. Set model.device=cpu (or auto), "
            "or install a CUDA build of torch and check the driver with nvidia-smi."
        )
    if precision == "auto":
        precision = "bfloat16" if found == "cuda" else "float32"
    return Placement(found, precision)


def loading_arguments(placement: Placement) -> dict[str, Any]:
    """Return what `from_pretrained` needs besides the folder: dtype, device, and the quantisation.

    4 bits are NF4 with double quantisation (QLoRA's format), 8 bits are LLM.int8. Both run on a
    processor too, where they save memory, not time.

    Raises MissingDependencyError when bitsandbytes is not installed.
    Source: Dettmers et al. 2022, arXiv 2208.07339 (LLM.int8); Dettmers et al. 2023, arXiv 2305.14314 (NF4).
    """
    import torch

    dtype = getattr(torch, placement.dtype)
    arguments: dict[str, Any] = {"dtype": dtype}
    if placement.device == "cuda" or placement.quantised:
        arguments["device_map"] = {"": placement.device}
    # It warns at every product that LLM.int8 casts its input, and once, also when peft imports it for a whole model, that a
    # faster kernel could be fetched: neither is a fault.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    if placement.quantised:
        try:
            import bitsandbytes  # noqa: F401
        except ImportError as error:
            raise MissingDependencyError(f"model.precision={placement.precision} (library bitsandbytes)", "quantisation") from error
        from transformers import BitsAndBytesConfig

        arguments["quantization_config"] = (
            BitsAndBytesConfig(load_in_8bit=True)
            if placement.precision == "8bit"
            else BitsAndBytesConfig(
                load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
            )
        )
    return arguments


def keep_unpacked(model: Any) -> None:
    """Keep bitsandbytes from repacking 4-bit weights for processors with AVX512-BF16.

    It repacks a layer at its first use and back whenever the state is read, as loading an adapter
    does; each time rounds the scales, so the base would answer otherwise after an adapter was loaded.
    It also fails on layers whose widths are no multiples of 32 and 64.
    """
    for part in model.modules():
        if getattr(part, "support_avx512bf16_for_cpu", False):
            part.support_avx512bf16_for_cpu = False


def _accelerator() -> Literal["cpu", "cuda"]:
    if version("torch").endswith("+cpu"):
        return "cpu"  # known without an import that takes seconds
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"

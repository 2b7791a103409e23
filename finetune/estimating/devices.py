"""What training runs on: this machine, or a GPU by name, as memory, speed of arithmetic and speed of memory.

The figures of a GPU are its maker's: peaks that no training reaches. What share of them it does reach is
the business of `finetune.estimating.speed`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from foundation.errors import UnknownNameError

GB = 10**9


@dataclass(frozen=True)
class Device:
    """One machine to train on."""

    name: str
    kind: Literal["cpu", "gpu"]
    memory: int  # bytes that a training may take
    rates: Mapping[str, float]  # floating point operations per second, by precision, in dense products of matrices
    bandwidth: float  # bytes per second between memory and arithmetic
    source: str

    def rate(self, precision: str) -> float:
        """Return the operations per second in `precision`; in float32 where it knows no such arithmetic."""
        return self.rates.get(precision, self.rates["float32"])


def _gpu(name: str, gigabytes: float, half: float, single: float, bandwidth: float, source: str, *, bfloat16: bool = True) -> Device:
    """A GPU: memory in GB, 10¹² operations per second on dense tensor cores (half) and in plain float32 (single), GB/s."""
    rates = {"float32": single * 1e12, "float16": half * 1e12}
    if bfloat16:
        rates["bfloat16"] = half * 1e12
    kept_back = 0.6 * GB  # the driver's context and what the screen or other processes hold
    return Device(name, "gpu", int(gigabytes * GB - kept_back), rates, bandwidth * GB, source)


# Peaks without sparsity. Turing and Volta have no arithmetic in bfloat16.
GPUS: Final[Mapping[str, Device]] = {
    device.name: device
    for device in (
        _gpu("T4", 16.1, 65, 8.1, 320, "NVIDIA T4 datasheet", bfloat16=False),
        _gpu("V100-16", 17.2, 125, 15.7, 900, "NVIDIA V100 datasheet (SXM2)", bfloat16=False),
        _gpu("V100-32", 34.4, 125, 15.7, 900, "NVIDIA V100 datasheet (SXM2)", bfloat16=False),
        _gpu("RTX3090", 25.8, 71, 35.6, 936, "NVIDIA Ampere GA102 whitepaper (float32 accumulation)"),
        _gpu("RTX4090", 25.8, 165, 82.6, 1008, "NVIDIA Ada whitepaper (float32 accumulation)"),
        _gpu("A10", 24.1, 125, 31.2, 600, "NVIDIA A10 datasheet"),
        _gpu("L4", 24.2, 121, 30.3, 300, "NVIDIA L4 datasheet"),
        _gpu("L40S", 48.3, 362, 91.6, 864, "NVIDIA L40S datasheet"),
        _gpu("A6000", 51.5, 155, 38.7, 768, "NVIDIA RTX A6000 datasheet"),
        _gpu("A100-40", 42.9, 312, 19.5, 1555, "NVIDIA A100 datasheet"),
        _gpu("A100-80", 85.9, 312, 19.5, 2039, "NVIDIA A100 datasheet (SXM)"),
        _gpu("H100", 85.5, 989, 67, 3350, "NVIDIA H100 datasheet (SXM)"),
        _gpu("H200", 150.7, 989, 67, 4800, "NVIDIA H200 datasheet (SXM)"),
    )
}
HERE: Final = "here"
_CUT_DOWN: Final = frozenset({"laptop", "mig"})  # in a driver's name: another chip under the same name, or a part of one


def device(name: str) -> Device:
    """Return a device by name: "here", or one of `GPUS` (case, blanks and hyphens do not matter).

    Raises UnknownNameError with the nearest name.

    >>> device("rtx 4090").name
    'RTX4090'
    """
    if _plain(name) == HERE:
        return this_machine()
    found = next((gpu for gpu in GPUS.values() if _plain(gpu.name) == _plain(name)), None)
    if found is None:
        raise UnknownNameError("device", name, (*GPUS, HERE), "Or name one that is close in memory and speed.")
    return found


def trains_on(wanted: str) -> Literal["cpu", "gpu"]:
    """Return what a training here runs on, for the setting `model.device`: a GPU where PyTorch sees one, unless it is "cpu"."""
    import torch

    return "gpu" if wanted != "cpu" and torch.cuda.is_available() else "cpu"


@cache
def this_machine(wanted: str = "auto") -> Device:
    """Return this machine: its GPU where PyTorch sees one and `wanted` is not "cpu", else its processor, measured for about a second."""
    import psutil
    import torch

    if trains_on(wanted) == "gpu":
        return _own_gpu()
    rates = {kind: _product_rate(getattr(torch, kind)) for kind in ("float32", "bfloat16")}
    name = f"this machine ({torch.get_num_threads()} threads)"
    return Device(
        name, "cpu", available_memory("cpu"), rates, _copy_rate(), f"measured now; {psutil.virtual_memory().total / GB:.1f} GB in all"
    )


def available_memory(kind: Literal["cpu", "gpu"]) -> int:
    """Return the bytes that a training here may take of the GPU, or of main memory: what is free now, and what a container allows.

    Beside `psutil`'s figure the limit of the control group counts, which `psutil` does not know.
    """
    import psutil
    import torch

    if kind == "gpu":
        return int(torch.cuda.mem_get_info()[0])
    free = psutil.virtual_memory().available
    limit, used, cached = (_control_group(*place) for place in (("memory.max",), ("memory.current",), ("memory.stat", "inactive_file")))
    return free if limit is None or used is None else max(0, min(free, limit - used + (cached or 0)))


def _control_group(name: str, key: str = "") -> int | None:
    """Return a number that Linux keeps of this process's control group; None where there is none, or no limit."""
    try:
        with open(f"/sys/fs/cgroup/{name}", encoding="ascii") as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    text = next((line.removeprefix(key).strip() for line in lines if line.startswith(key)), "")
    return int(text) if text.isdigit() else None


def gpu_named(name: str, memory: int) -> Device | None:
    """Return the GPU that a driver calls `name`, None when `GPUS` has none of that name.

    Args:
        name: such as "NVIDIA A100-SXM4-80GB".
        memory: bytes in all: of a GPU sold with several sizes, the one nearest to it is meant.

    >>> [gpu_named(name, 80 * GB).name for name in ("NVIDIA A100-SXM4-80GB", "NVIDIA H100 80GB HBM3")]
    ['A100-80', 'H100']
    >>> gpu_named("NVIDIA RTX A1000", 6 * GB) is None
    True
    """
    words = name.replace("-", " ").lower().split()
    if not _CUT_DOWN.isdisjoint(words):
        return None
    found = [
        gpu
        for gpu in GPUS.values()
        if any("".join(words[first:last]) == _model(gpu) for first in range(len(words)) for last in range(first + 1, len(words) + 1))
    ]
    longest = max((len(_model(gpu)) for gpu in found), default=0)
    sizes = [gpu for gpu in found if len(_model(gpu)) == longest]
    return min(sizes, key=lambda gpu: abs(gpu.memory - memory), default=None)


def _model(gpu: Device) -> str:
    """Return the name of a GPU without its size, in one form."""
    return _plain(gpu.name.partition("-")[0])


def _own_gpu() -> Device:
    import torch

    seen = torch.cuda.get_device_properties(0)
    named = gpu_named(seen.name, seen.total_memory)
    model = named or GPUS["T4"]
    source = f"memory: measured; speed: {model.source}" if named else "memory: measured; speed: unknown, taken as a T4's"
    return Device(f"this machine's {seen.name}", "gpu", available_memory("gpu"), model.rates, model.bandwidth, source)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum()).removeprefix("nvidia").removeprefix("geforce")


def _product_rate(dtype: object, side: int = 1024, tries: int = 4) -> float:
    """Return operations per second of a product of square matrices: the best of several tries, for others may be at work."""
    import torch

    left, right = (torch.rand(side, side).to(dtype) for _ in range(2))
    return 2 * side**3 / fastest(lambda: torch.mm(left, right), tries)


def _copy_rate(megabytes: int = 128) -> float:
    import torch

    source = torch.ones(megabytes * 2**18)
    target = torch.empty_like(source)
    return 2 * megabytes * 2**20 / fastest(lambda: target.copy_(source), 3)


def fastest(work: Callable[[], object], tries: int) -> float:
    """Return the seconds of the quickest of several runs of `work`, a first one left out."""
    work()  # the first call pays for memory and for choosing a kernel
    best = float("inf")
    for _ in range(tries):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best

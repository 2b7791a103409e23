"""The OpenVINO models of one base: converted once, kept by fingerprint, few of them in memory.

OpenVINO GenAI cannot put a LoRA adapter on a model that came from a GGUF file, so each adapter
is a model of its own: base + adapter merged, written as GGUF (`chatbot.engines.gguf_file`) and
turned into OpenVINO's format, the base on the same path with nothing merged. What is asked of a
model is the engine's business.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from threading import RLock
from typing import Any, Final

from chatbot.config import ModelConfig
from chatbot.engines.adapter_files import WHOLE_WEIGHTS, is_whole
from chatbot.engines.gguf_file import write_gguf
from foundation.errors import ConfigurationError, DataError, EngineError, MismatchError, UnsupportedError
from foundation.fingerprint import fingerprint, fingerprint_file
from foundation.openvino_library import load, load_genai

_MODEL: Final = "openvino_model.xml"
_USED: Final = "used"  # a file whose time of change says when a converted model was last asked for
_Source = tuple[Path | None, str]  # an adapter folder (None: the base) and the mark of what is in it
_CONVERTER: Final = 1  # raise it when the same weights would be converted to other bytes
KEPT_ON_DISK: Final = 8  # converted adapters of all bases; the one longest unused goes first
_GIB: Final = 2**30
_STEP_TOKENS: Final = 512  # prompt tokens computed at once: one long prompt then holds up the other answers for a moment only
_HINTS: Final = {"bfloat16": "bf16", "float32": "f32"}


def resolved_precision(wanted: str) -> str:
    """Return the precision to compute in: bfloat16 where the processor has it, else float32; ConfigurationError for 8 or 4 bits."""
    if wanted in ("8bit", "4bit"):
        raise ConfigurationError(
            f"the openvino engine computes in bfloat16 or float32, not in {wanted}. Set model.engine=transformers, or model.precision=auto."
        )
    if wanted != "auto":
        return wanted
    return "bfloat16" if "BF16" in load("the openvino engine").Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "float32"


@dataclass
class Slot:
    """A model in memory. `lock` is held for every call of the pipeline, which minds one thread at a time."""

    pipeline: Any
    lock: Any = field(default_factory=RLock)  # reentrant: the collector may end an abandoned run in the thread that holds it
    users: int = 0  # runs that are using it: a model in use is not dropped


class OpenVinoModels:
    """Base and adapters as loaded pipelines; beyond `config.adapters_in_memory` only adapters that are in use."""

    def __init__(self, config: ModelConfig, folder: Path, model_fingerprint: str, cache: Path, token_values: int) -> None:
        """`token_values` is how many numbers one token's keys and values are, over all layers."""
        self._config, self._folder, self._fingerprint = config, folder, model_fingerprint
        self._cache = cache / "openvino"
        self.precision = resolved_precision(config.precision)
        self._token_bytes = token_values * (2 if self.precision == "bfloat16" else 4)
        wanted = (config.batch_tokens + config.batch_size * config.max_new_tokens) * self._token_bytes
        self._cache_gib = max(1, -(-wanted // _GIB))  # a whole batch has room; more keeps prefixes for later
        self._sources: dict[str | None, _Source] = {None: (None, "base")}
        self._slots: OrderedDict[str | None, Slot] = OrderedDict()
        self._changing = RLock()

    @property
    def names(self) -> tuple[str, ...]:
        """The adapters that are known, sorted; not all of them need be in memory."""
        with self._changing:
            return tuple(sorted(name for name in self._sources if name is not None))

    @property
    def memory(self) -> dict[str, int]:
        """Models in memory, adapters among them, and the bytes that one takes: its weights, and its keys and values at most."""
        with self._changing:
            adapters = sum(name is not None for name in self._slots)
            weights = max((path.stat().st_size for path in self._cache.glob("*/openvino_model.bin")), default=0)
        return {
            "models in memory": len(self._slots),
            "adapters in memory": adapters,
            "bytes of weights each": weights,
            "bytes of keys and values each, at most": self._cache_gib * _GIB,
        }

    @property
    def token_limit(self) -> int:
        """Tokens of one request, prompt and answer together, that the keys and values of a model have room for."""
        return self._cache_gib * _GIB // self._token_bytes

    def add(self, name: str, adapter: Path) -> None:
        """Make the adapter in `adapter` known under `name`, in the place of one of that name; converts it when needed."""
        source = adapter, _mark(adapter)
        with self._changing:
            self._converted(source, f"adapter {name!r}")
            if self._sources.get(name) != source:
                self._slots.pop(name, None)
            self._sources[name] = source

    def acquire(self, name: str | None) -> Slot:
        """Return the loaded model of adapter `name` (None: the base) and keep it until `release`."""
        with self._changing:
            if name not in self._slots:
                folder = self._converted(self._sources[name], "the base" if name is None else f"adapter {name!r}")
                self._drop_unused(room_for=0 if name is None else 1)
                self._slots[name] = Slot(self._load(folder))
            self._slots.move_to_end(name)
            slot = self._slots[name]
            slot.users += 1
            return slot

    def release(self, slot: Slot) -> None:
        """Give a model back; it stays in memory while there is room."""
        with self._changing:
            slot.users -= 1
            self._drop_unused()

    def discard(self, slot: Slot) -> None:
        """Forget a model that failed, so that the next `acquire` loads it anew."""
        with self._changing:
            for name in [name for name, held in self._slots.items() if held is slot]:
                del self._slots[name]

    def _drop_unused(self, room_for: int = 0) -> None:
        """Let go of the adapters longest unused, until they are within the bound with `room_for` more."""
        adapters = [name for name in self._slots if name is not None]
        excess = len(adapters) + room_for - self._config.adapters_in_memory
        for name in [name for name in adapters if not self._slots[name].users][: max(0, excess)]:
            del self._slots[name]

    def _load(self, folder: Path) -> Any:
        openvino_genai = load_genai("the openvino engine")
        plan = openvino_genai.SchedulerConfig()
        plan.cache_size = self._cache_gib
        plan.enable_prefix_caching = self._config.prefix_cache
        plan.max_num_seqs = max(self._config.batch_size, 4)
        plan.max_num_batched_tokens = _STEP_TOKENS
        hint = _HINTS[self.precision]
        # Pinned to a core, its threads would fight a training or another model for it.
        properties: dict[str, Any] = {"INFERENCE_PRECISION_HINT": hint, "KV_CACHE_PRECISION": hint, "ENABLE_CPU_PINNING": False}
        if self._config.threads:
            properties["INFERENCE_NUM_THREADS"] = self._config.threads
        try:
            return openvino_genai.ContinuousBatchingPipeline(str(folder), plan, "CPU", properties)
        except RuntimeError as error:
            raise EngineError(
                f"OpenVINO cannot load {folder}: {error}. Delete that folder to have it converted again, or set model.engine=transformers."
            ) from error

    def _converted(self, source: _Source, what: str) -> Path:
        """Return the folder with the OpenVINO model of an adapter or the base, made when it is not there."""
        from filelock import FileLock

        adapter, mark = source
        key = fingerprint(self._fingerprint, mark, version("openvino"), version("openvino-genai"), _CONVERTER)
        target = self._cache / f"{'base' if adapter is None else 'adapter'}-{key}"
        if (target / _MODEL).is_file():
            with contextlib.suppress(OSError):  # a cache that may only be read serves too
                (target / _USED).write_text(time.strftime("%Y-%m-%d %H:%M:%S\n"), encoding="utf-8")
            return target
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with FileLock(self._cache / f".{target.name}.lock"):
                if not (target / _MODEL).is_file():
                    print(f"Converting {what} once for the openvino engine (a few seconds) …", file=sys.stderr, flush=True)
                    with tempfile.TemporaryDirectory(dir=self._cache, prefix=".making.") as scratch:
                        made = _convert(self._folder, adapter, Path(scratch))
                        if adapter is not None and _mark(adapter) != mark:
                            raise MismatchError(f"adapter {adapter.name!r} changed while it was converted. Load it again.")
                        shutil.rmtree(target, ignore_errors=True)  # half of one, if anything
                        made.rename(target)
                    (target / _USED).touch()
            if adapter is not None:
                _forget_old(self._cache, target)
        except OSError as error:
            raise DataError(
                f"cannot write to the model cache {self._cache}: {error.strerror or error}. Free space or choose another folder."
            ) from error
        return target


def _mark(adapter: Path) -> str:
    """Return the fingerprint of what decides a merge: the weights, and the configuration with its scale."""
    if is_whole(adapter):
        return fingerprint(fingerprint_file(adapter / WHOLE_WEIGHTS), fingerprint_file(adapter / "config.json"))
    return fingerprint(fingerprint_file(adapter / "adapter_model.safetensors"), fingerprint_file(adapter / "adapter_config.json"))


def _convert(folder: Path, adapter: Path | None, scratch: Path) -> Path:
    """Write the OpenVINO model of `folder` with `adapter` merged into a new folder within `scratch` and return it."""
    openvino_genai = load_genai("the openvino engine")
    made = scratch / "model"
    made.mkdir()
    gguf = made / "weights.gguf"
    if adapter is not None and is_whole(adapter):
        write_gguf(adapter, gguf)
    else:
        write_gguf(folder, gguf, adapter)
    plan = openvino_genai.SchedulerConfig()
    plan.cache_size = 1
    try:
        openvino_genai.ContinuousBatchingPipeline(str(gguf), plan, "CPU", {"enable_save_ov_model": True})
    except RuntimeError as error:
        raise UnsupportedError(f"OpenVINO refuses it: {str(error).strip().splitlines()[-1]}") from error
    if not (made / _MODEL).is_file():
        raise UnsupportedError("OpenVINO made no model of it")
    gguf.unlink()
    return made


def _forget_old(cache: Path, kept: Path) -> None:
    """Delete the adapters longest unused, beyond KEPT_ON_DISK. Each is as large as the base."""
    found = [path for path in cache.glob("adapter-*") if path != kept and (path / _USED).is_file()]
    found.sort(key=lambda path: (path / _USED).stat().st_mtime_ns, reverse=True)
    for path in found[KEPT_ON_DISK - 1 :]:
        gone = cache / f".gone.{path.name}"
        path.rename(gone)  # at once: half a folder must not be taken for a model
        shutil.rmtree(gone, ignore_errors=True)

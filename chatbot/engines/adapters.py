"""LoRA adapters by name on one loaded model, switched on and off without a trace on the base.

A model of which all weights were trained is kept beside the base whole, and answers in its place. Of these only so many are held
in memory; one that was put away is loaded again when it is to answer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from chatbot.engines.adapter_files import check_adapter, is_whole
from foundation.errors import UnknownNameError

_BETWEEN = ""  # no adapter's name: what an interrupted switch leaves behind, so that the next one is made in full


class AdapterSlots:
    """The adapters of one model. `model` is what to call; `switch` decides who answers.

    `load_whole` loads a folder as the base was; at most `held` of what it gives are in memory, those that answered last.
    """

    def __init__(self, model: Any, name: str, fingerprint: str, load_whole: Callable[[Path], Any], held: int) -> None:
        self._model, self._load_whole, self._held = model, load_whole, held
        self._folders: dict[str, Path] = {}  # of models that were trained whole
        self._whole: dict[str, Any] = {}  # those of them that are in memory, the one that answered last at the end
        self._name, self._fingerprint = name, fingerprint
        self._shapes = {module: shape for module, part in model.named_modules() if (shape := _shape(part)) is not None}
        self._loaded: set[str] = set()
        self._on: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The adapters that are loaded, sorted."""
        return tuple(sorted(self._loaded))

    @property
    def model(self) -> Any:
        """The model that answers, as it was switched last."""
        return self._whole.get(self._on or "", self._model)

    def load(self, name: str, folder: Path) -> None:
        """Load the adapter in `folder` under `name`, in the place of one that had this name."""
        from peft import PeftModel

        check_adapter(folder, self._fingerprint, self._name, self._shapes)
        self._forget(name)
        if is_whole(folder):
            self._folders[name] = folder
            self._hold(name)
        else:
            self._on = _BETWEEN
            if hasattr(self._model, "peft_config"):
                self._model.load_adapter(str(folder), adapter_name=name, is_trainable=False)
            else:
                self._model = PeftModel.from_pretrained(self._model, str(folder), adapter_name=name, is_trainable=False)
            self._model.eval()
        self._loaded.add(name)
        self.switch(None)

    def _forget(self, name: str) -> None:
        """Drop what is loaded under `name`, if anything."""
        self._loaded.discard(name)
        self.switch(None)
        self._folders.pop(name, None)
        self._whole.pop(name, None)
        if name in getattr(self._model, "peft_config", {}):
            self._model.delete_adapter(name)

    def _hold(self, name: str) -> None:
        """Have the whole model `name` in memory, in the place of the one that answered longest ago where there is no more room."""
        held = self._whole.pop(name, None)
        while held is None and len(self._whole) >= self._held:
            del self._whole[next(iter(self._whole))]
        self._whole[name] = self._load_whole(self._folders[name]) if held is None else held

    def check(self, name: str | None) -> None:
        """Raise UnknownNameError when there is no adapter `name`; None is the base and always there."""
        if name is not None and name not in self._loaded:
            raise UnknownNameError("adapter", name, self._loaded, f"Train it with `ragft train {name}`.")

    def switch(self, name: str | None) -> None:
        """Put adapter `name` on, or with None show the base as if there were no adapters."""
        self.check(name)
        if name == self._on:
            return
        if name in self._folders:
            self._on = _BETWEEN
            self._hold(name)
        elif hasattr(self._model, "peft_config"):
            self._on = _BETWEEN
            if name is None:
                self._model.base_model.disable_adapter_layers()
            else:
                self._model.base_model.enable_adapter_layers()
                self._model.set_adapter(name)
        self._on = name


def _shape(part: Any) -> tuple[int, ...] | None:
    """Return the (out, in) shape of a module, or None for one without weights; its weight may be packed or turned."""
    if hasattr(part, "in_features"):  # also where bitsandbytes packs two weights into a byte
        return (int(part.out_features), int(part.in_features))
    if hasattr(part, "nf"):  # GPT-2's Conv1D keeps its weight as [in, out]
        return (int(part.nf), int(part.nx))
    weight = getattr(part, "weight", None)
    return None if weight is None else tuple(weight.shape)

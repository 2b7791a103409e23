"""An adapter as others can use it: a plain peft folder or zip file with a model card, and nothing of this machine in it.

Question texts stay here; the card tells how many there were, what they were made into, and what the alarms found. A model
with the adapter merged in is the business of `finetune.merging`.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

from chatbot.resolver import GGUF_MODELS
from finetune.adapters import WEIGHTS
from finetune.cards import card
from finetune.model import AdapterManifest
from foundation.errors import DataError, UnsupportedError
from foundation.files import read_json, write_json, write_text

# Where the weights that a shipped model was made from can be had by anybody.
HUB_IDS: Final = {"smollm2-135m-instruct": "HuggingFaceTB/SmolLM2-135M-Instruct"}
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can tell: equal content, equal bytes


def portable_base(name: str) -> str:
    """Return the name of a base for `adapter_config.json`: a hub id where there is one, never a path of this machine.

    >>> portable_base("smollm2-135m-instruct"), portable_base("org/model"), portable_base("/home/me/models/ours")
    ('HuggingFaceTB/SmolLM2-135M-Instruct', 'org/model', 'ours')
    """
    if name in HUB_IDS:
        return HUB_IDS[name]
    is_hub_id = name.count("/") == 1 and not name.startswith((".", "/", "~")) and not Path(name).expanduser().exists()
    return name if is_hub_id else Path(name).name


def export(adapter: Path, manifest: AdapterManifest, out: Path, *, gguf_base: Path | None = None) -> Path:
    """Write the adapter as a peft folder at `out`, or as a zip file when it ends in .zip, and return `out`.

    Args:
        adapter: a finished adapter folder.
        manifest: its manifest.
        out: a folder or .zip file that does not exist yet.
        gguf_base: the transformers folder of the base, to add base and adapter merged as one F16 GGUF file; None: without it.

    Raises DataError when `out` exists or the disk refuses, UnsupportedError for a full training, or a base that cannot be a GGUF.
    """
    if manifest.method == "full":
        raise UnsupportedError(f"{manifest.name!r} was trained in full: it is no adapter but a whole model. Copy its folder, {adapter}.")
    if out.exists():
        raise DataError(f"{out} exists already. Name a folder or .zip file that does not.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
            folder = Path(scratch) / manifest.name
            folder.mkdir()
            _fill(adapter, manifest, folder, gguf_base)
            made = _zipped(folder, Path(scratch) / "packed.zip") if out.suffix == ".zip" else folder
            made.rename(out)
    except OSError as error:
        raise DataError(f"cannot write {out}: {error.strerror or error}. Free space or choose another place.") from error
    return out


def _fill(adapter: Path, manifest: AdapterManifest, folder: Path, gguf_base: Path | None) -> None:
    config: dict[str, Any] = read_json(adapter / "adapter_config.json", "adapter configuration")
    base = portable_base(manifest.base)
    write_json(folder / "adapter_config.json", {**config, "base_model_name_or_path": base, "revision": None})
    shutil.copyfile(adapter / WEIGHTS, folder / WEIGHTS)
    gguf = ""
    if gguf_base is not None:
        from chatbot.engines.gguf_file import write_gguf

        gguf = f"{manifest.name}.gguf"
        write_gguf(gguf_base, folder / gguf, adapter)
    write_text(folder / "README.md", card(manifest, base, converted=manifest.base in GGUF_MODELS, gguf=gguf))


def _zipped(folder: Path, target: Path) -> Path:
    """Pack a folder under its own name; the same content gives the same bytes."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.iterdir()):
            # weights do not get smaller by packing
            how = zipfile.ZIP_STORED if path.suffix in (".safetensors", ".gguf") else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(f"{folder.name}/{path.name}", _EPOCH)
            entry.compress_type, entry.external_attr = how, 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
    return target

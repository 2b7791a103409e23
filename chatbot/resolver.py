"""From a model's name to a folder that transformers reads: shipped model, local folder or hub id.

Everything that loads a chat model goes through `resolve`, so an embedded model, a folder of
your own and `org/name` on the Hugging Face hub differ in nothing afterwards. Loading the
weights is the business of `chatbot.loading`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from foundation.errors import DataError, UnknownNameError
from foundation.weights import fetch

GGUF_MODELS = {"smollm2-135m-instruct": ("en",)}  # shipped chat models and the languages their makers declare
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_HUB_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.model", "*.txt", "*.jinja", "README.md"]
_HUB_SKIPPED = ["consolidated*", "onnx/*", "openvino/*", "flax*", "tf_*"]  # the same weights in other clothes


def resolve(name: str, cache: Path) -> Path:
    """Return the transformers folder of a model; the first call may download and convert.

    Args:
        name: a shipped model, a local folder, or a hub id `org/name`.
        cache: the model cache of shipped models. Hub models live in Hugging Face's own cache.

    Raises UnknownNameError for a bare name that is not shipped, DataError when a folder holds
    no model or the hub cannot be reached.
    """
    if name in GGUF_MODELS:
        return _converted(name, cache)
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise DataError(f"{folder} is not a transformers model folder: it has no config.json. Give the folder that holds the weights.")
        return folder
    if _HUB_ID.fullmatch(name):
        return _from_hub(name)
    raise UnknownNameError("model", name, GGUF_MODELS, "Or give an existing folder, or a Hugging Face hub id such as org/name.")


def _converted(name: str, cache: Path) -> Path:
    """Return `cache/<name>-transformers`, made from the shipped GGUF file when it is not there."""
    from filelock import FileLock

    target = cache / f"{name}-transformers"
    if target.is_dir():  # renamed into place whole, so what is there is complete
        return target
    source = next(fetch(name, cache).glob("*.gguf"))
    try:
        with FileLock(cache / f".{name}-transformers.lock"):
            if not target.is_dir():
                from chatbot.conversion import convert_gguf

                print(f"Converting {name} once for transformers (about half a minute) …", file=sys.stderr, flush=True)
                with tempfile.TemporaryDirectory(dir=cache, prefix=f".{name}.") as scratch:
                    convert_gguf(source, Path(scratch) / "model")
                    (Path(scratch) / "model").rename(target)
    except OSError as error:
        raise DataError(
            f"cannot write to the model cache {cache}: {error.strerror or error}. Free space or choose another folder."
        ) from error
    return target


def _from_hub(name: str) -> Path:
    """Return the snapshot folder of a hub model; only safetensors weights are taken, never pickles."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    try:
        return Path(snapshot_download(name, allow_patterns=_HUB_FILES, ignore_patterns=_HUB_SKIPPED))
    except GatedRepoError:
        raise DataError(f"model {name!r} asks for consent: accept its terms at huggingface.co/{name}, then run `hf auth login`.") from None
    except RepositoryNotFoundError:
        raise DataError(
            f"the hub has no model {name!r} that you may read. Check the spelling, or run `hf auth login` if it is private."
        ) from None
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, HfHubHTTPError, OSError) as error:
        raise DataError(
            f"model {name!r} is neither a folder here nor in Hugging Face's cache, and the hub cannot be reached ({type(error).__name__}). "
            "Unset HF_HUB_OFFLINE and check the network, download it elsewhere and give its folder, "
            f"or use the embedded {next(iter(GGUF_MODELS))!r}."
        ) from None

"""Bring a model of any role: a chat model (converted for the engine) or an embedder."""

from __future__ import annotations

from pathlib import Path

from foundation.errors import UnknownNameError

CHAT_MODELS = frozenset({"smollm2-135m-instruct"})


def get_model(name: str, cache: Path) -> str:
    """Make the weights of a shipped model, folder or hub id usable and return where they are."""
    from chatbot.resolver import resolve
    from foundation.weights import SHIPPED, fetch

    if name in SHIPPED and name not in CHAT_MODELS:
        return str(fetch(name, cache))
    if name not in SHIPPED and "/" not in name and not Path(name).exists():
        raise UnknownNameError("model", name, SHIPPED, "Or give a local folder or a hub id such as owner/model.")
    return str(resolve(name, cache))

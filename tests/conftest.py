"""Fixtures shared by all packages: the embedded models, and where public data lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure; and CI tries the same examples each time, while every run at a desk hunts for new ones.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _cache() -> Path:
    return Path(os.environ.get("RAGFT_MODELS", "workspace/models"))


@pytest.fixture(scope="session")
def smollm() -> Path:
    """The embedded chat model as a transformers folder."""
    from chatbot.resolver import resolve

    return resolve("smollm2-135m-instruct", _cache())


@pytest.fixture(scope="session")
def minilm() -> Path:
    """The embedded embedder as a sentence-transformers folder."""
    from foundation.weights import fetch

    return fetch("all-minilm-l6-v2", _cache())


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public question sets, or a skip that says why."""
    folder = os.environ.get("RAGFT_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("RAGFT_DATA names no folder: public question sets are not at hand")
    return Path(folder)

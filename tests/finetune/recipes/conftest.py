"""One tiny model for all tests of recipes: they need its tokenizer alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.finetune.tiny import build_model


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("tiny"))

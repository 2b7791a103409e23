"""One enterprise's project: its configuration, its workspace, and the parts built from them.

Every shell opens a `Project` and asks it for what it needs. Parts are built once
and only when asked for, so that a command pays for what it uses. How a part works
is not decided here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatbot.config import ModelConfig, SystemConfig, systems_from
from chatbot.model import System
from eval.config import EvalConfig
from finetune.config import FinetuneConfig
from foundation.errors import ConfigurationError, RagftError, UnknownNameError
from foundation.fingerprint import fingerprint
from foundation.settings import Layers, Section, build_section, check_sections, read_layers
from knowledge_base.config import KnowledgeBaseConfig
from retrieval.config import RetrievalConfig

if TYPE_CHECKING:
    from chatbot.chat import Chatbot
    from chatbot.engine import Engine
    from chatbot.verified import Choice
    from knowledge_base.model import KnowledgeBase
    from retrieval.embedders import Embedder
    from retrieval.index import Index

SECTIONS: dict[str, type[Section]] = {
    "knowledge_base": KnowledgeBaseConfig,
    "retrieval": RetrievalConfig,
    "model": ModelConfig,
    "finetune": FinetuneConfig,
    "eval": EvalConfig,
}


@dataclass(frozen=True)
class Project:
    """A resolved configuration with the folder that its results go to."""

    knowledge_base_config: KnowledgeBaseConfig
    retrieval_config: RetrievalConfig
    model_config: ModelConfig
    finetune_config: FinetuneConfig
    eval_config: EvalConfig
    systems: dict[str, System]
    layers: Layers
    workspace: Path
    models: Path

    @classmethod
    def open(
        cls,
        config_path: Path | None = None,
        overrides: Sequence[str] = (),
        flags: Mapping[str, Any] | None = None,
        workspace: Path | None = None,
    ) -> Project:
        """Return the project of a configuration file (default: ragft.toml here, else the defaults).

        `overrides` are "section.key=value" texts, `flags` values by "section.key" that
        win over all. The workspace is, in this order: the argument, RAGFT_WORKSPACE,
        `workspace/` beside the configuration file. Raises ConfigurationError.
        """
        layers = read_layers(config_path, overrides, flags)
        check_sections(layers, [*SECTIONS, "systems", *(name for name in layers.values if name.startswith("systems."))])
        built: dict[str, Any] = {f"{name}_config": build_section(kind, name, layers) for name, kind in SECTIONS.items()}
        folder = workspace or Path(os.environ.get("RAGFT_WORKSPACE") or layers.folder / "workspace")
        models = Path(os.environ.get("RAGFT_MODELS") or folder / "models")
        return cls(**built, systems=_systems(layers), layers=layers, workspace=folder, models=models)

    @property
    def configuration(self) -> dict[str, Any]:
        """Every section as plain values, defaults included: what manifests record."""
        from foundation.jsonable import to_json

        sections = {name: getattr(self, f"{name}_config").model_dump(mode="json") for name in SECTIONS}
        return {**sections, "systems": {name: to_json(system) for name, system in self.systems.items()}}

    @property
    def fingerprint(self) -> str:
        """Changes whenever any configured value does."""
        return fingerprint(self.configuration, str(self.workspace.resolve()))

    def origin(self, name: str) -> str:
        """Tell where the value of "section.key" came from."""
        return self.layers.origins.get(name, "default")

    @property
    def knowledge_base_path(self) -> Path | str:
        """The configured knowledge base: a folder (relative to the configuration file) or a shipped sample's name."""
        path = self.knowledge_base_config.path
        beside = self.layers.folder / path
        return beside if beside.exists() else path

    @property
    def index_folder(self) -> Path:
        """Where the index lives: derived, may be deleted."""
        return self.workspace / "index"

    def adapter_folder(self, name: str) -> Path:
        """Where the adapter `name` lives."""
        return self.workspace / "adapters" / name

    @cached_property
    def knowledge_base(self) -> KnowledgeBase:
        """Documents and questions, loaded and checked."""
        from knowledge_base.loading import load

        return load(self.knowledge_base_path, seed=self.knowledge_base_config.seed)

    @cached_property
    def embedder(self) -> Embedder:
        """The configured embedder, its weights fetched when absent."""
        from retrieval.embedders import embedder

        return embedder(self.retrieval_config.embedder, self.models, self.retrieval_config.embedding_engine)

    @cached_property
    def index(self) -> Index:
        """The index; opening it may raise MismatchError or DataError naming the command to run."""
        from retrieval.index import Index

        return Index.open(self.index_folder, self.embedder, self.knowledge_base.documents, self.retrieval_config)

    @cached_property
    def engine_choice(self) -> Choice:
        """Which engine answers: the configured one, or what "auto" comes to on this model and machine."""
        from chatbot.verified import choose

        return choose(self.model_config, self.models)

    @cached_property
    def engine(self) -> Engine:
        """The chosen engine with its model loaded; adapters are added by `chatbot`. What "auto" chose is said on standard error."""
        from chatbot.engines import engine

        if self.engine_choice.note:
            print(self.engine_choice.note, file=sys.stderr, flush=True)
        return engine(self.engine_choice.config, self.models)

    def system(self, name: str) -> System:
        """Return a system by name, or raise UnknownNameError with the nearest known name."""
        if name not in self.systems:
            raise UnknownNameError("system", name, self.systems)
        return self.systems[name]

    def chatbot(self, systems: Sequence[str] | None = None) -> Chatbot:
        """Return a chatbot for the named systems (default: all whose adapter exists), everything loaded.

        Raises UnknownNameError for an unknown system, and what index and adapters
        raise when they are missing or made for something else.
        """
        from chatbot.chat import Chatbot
        from chatbot.contexts import READS_INDEX
        from retrieval.chunking import Chunker
        from studies.fewshot import few_shot_examples

        missing = self.missing_adapters()
        names = [name for name in self.systems if name not in missing] if systems is None else list(systems)
        chosen = {name: self.system(name) for name in names}
        folders = {adapter: self._adapter(adapter) for adapter in sorted({s.adapter for s in chosen.values() if s.adapter})}
        retriever = self.index if any(system.context in READS_INDEX for system in chosen.values()) else None
        cutter = Chunker(self.embedder, self.retrieval_config) if any(system.context == "gold" for system in chosen.values()) else None
        for name, folder in folders.items():
            self.engine.load_adapter(name, folder)
        return Chatbot(
            self.engine,
            chosen,
            retriever,
            documents=self.knowledge_base.documents,
            cutter=cutter,
            k=self.retrieval_config.k,
            passage_tokens=self.retrieval_config.passage_tokens,
            document_tokens=self.retrieval_config.document_tokens,
            max_new_tokens=self.model_config.max_new_tokens,
            examples=few_shot_examples(self.knowledge_base.questions),
        )

    def _adapter(self, name: str) -> Path:
        from finetune.adapters import find

        return find(self.workspace, name)

    def missing_adapters(self) -> dict[str, str]:
        """Return, for each system whose adapter cannot be used yet, the sentence that says what to run."""
        found = {}
        for name, system in self.systems.items():
            if system.adapter:
                try:
                    self._adapter(system.adapter)
                except RagftError as error:
                    found[name] = str(error)
        return found


def _systems(layers: Layers) -> dict[str, System]:
    tables = layers.values.get("systems", {})
    configs = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise ConfigurationError(f"[systems] {name!r} must be a table of its own: [systems.{name}].")
        configs[name] = build_section(SystemConfig, f"systems.{name}", layers)
    return systems_from(configs)

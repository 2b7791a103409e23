"""The `[knowledge_base]` section of ragft.toml, and the keys of a knowledge base's own kb.toml."""

from __future__ import annotations

from pydantic import Field

from foundation.settings import Section


class KnowledgeBaseConfig(Section):
    """Which knowledge base is asked about."""

    path: str = Field(default="orlisund", min_length=1, description="a folder, or the name of a shipped sample")
    seed: int = Field(default=0, description="draws the splits of questions that have none written")


class KnowledgeBaseFile(Section):
    """What `kb.toml` may say. Only `name` matters to the program; the rest is for readers and defaults."""

    name: str | None = None
    description: str = ""
    language: str | None = Field(default=None, pattern="^[a-z]{2}$", description="of documents and questions that declare none")
    licence: str | None = None
    author: str | None = None
    source: str | None = None
    test_share: float = Field(default=0.5, ge=0.0, le=1.0, description="share of groups drawn for the test split")
    base: str | None = Field(default=None, description="folder, from here, whose documents these replace or add to")
    deleted: list[str] = Field(default_factory=list, description="documents of the base that are gone")
    versions: list[list[str]] = Field(default_factory=list, description="lists of documents that are versions of one another")

"""The `[retrieval]` section of ragft.toml."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from foundation.settings import Section

EmbeddingEngine = Literal["auto", "sentence-transformers", "openvino"]


class RetrievalConfig(Section):
    """How documents are cut, embedded and searched."""

    embedder: str = Field(default="all-minilm-l6-v2", min_length=1, description="a known name, a local folder or a hub id")
    embedding_engine: EmbeddingEngine = Field(
        default="auto",
        description="what computes a sentence-transformers model; auto: openvino for a shipped one where there is no GPU",
    )
    chunk_tokens: int = Field(default=128, ge=8, description="largest chunk, in the embedder's own tokens")
    chunk_overlap: int = Field(default=0, ge=0, description="tokens that neighbouring chunks may share")
    k: int = Field(default=2, ge=1, description="passages retrieved per question")
    passage_tokens: int = Field(default=512, ge=1, description="budget of all passages of a prompt, in the chat model's tokens")

    document_tokens: int = Field(default=4000, ge=1, description="the same for systems that are shown whole documents")

    @model_validator(mode="after")
    def _overlap_fits(self) -> RetrievalConfig:
        if self.chunk_overlap >= self.chunk_tokens:
            raise ValueError("chunk_overlap must be smaller than chunk_tokens")
        return self

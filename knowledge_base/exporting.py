"""A question set as a `datasets.Dataset`, for the libraries that want one; the importer reads it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foundation.jsonable import to_json
from knowledge_base.model import KnowledgeBase

if TYPE_CHECKING:
    import datasets


def to_dataset(kb: KnowledgeBase) -> datasets.Dataset:
    """Return one row per question, in order: id, question, language, answers, answerable ("yes", "no", "unknown"),
    evidence (document_id, quote, start, part), kind, tags, rule, fact, group, split, history (role, text).
    """
    import datasets

    text, texts = datasets.Value("string"), datasets.List(datasets.Value("string"))
    features = {
        "id": text,
        "question": text,
        "language": text,
        "answers": texts,
        "answerable": text,
        "evidence": datasets.List({"document_id": text, "quote": text, "start": datasets.Value("int64"), "part": text}),
        "kind": text,
        "tags": texts,
        "rule": text,
        "fact": text,
        "group": text,
        "split": text,
        "history": datasets.List({"role": text, "text": text}),
    }
    rows: list[dict[str, Any]] = []
    for question in kb.questions:
        row = to_json(question)
        row["question"] = row.pop("text")
        row["evidence"] = [{key: span[key] for key in ("document_id", "quote", "start", "part")} for span in row["evidence"]]
        rows.append({key: row[key] for key in features})
    return datasets.Dataset.from_list(rows, features=datasets.Features(features))

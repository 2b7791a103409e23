"""A small project on disk whose engine follows a script: everything but the model is real."""

from __future__ import annotations

import json
from pathlib import Path

from eval.comparison import Comparison
from eval.wording import words

FACTS = {
    "bridge": "42 km",
    "tower": "310 metres",
    "tunnel": "7 minutes",
    "harbour": "19 berths",
    "station": "24 platforms",
    "library": "Room B12",
}


def write_project(root: Path, *, rules: list[dict[str, str]] | None = None, extra: str = "") -> Path:
    """Write ragft.toml, a knowledge base of six facts and the engine's rules; return the configuration's path."""
    documents = root / "kb" / "documents"
    documents.mkdir(parents=True)
    rows = []
    for name, value in FACTS.items():
        sentence = f"The {name} has a value of {value}."
        (documents / f"{name}.md").write_text(f"# The {name}\n\n{sentence}\n")
        for split in ("train", "test"):
            text = f"What is the value of the {name}?" if split == "train" else f"Which value has the {name}?"
            evidence = [{"document_id": name, "quote": sentence}]
            rows.append({"id": f"{name}-{split}", "text": text, "answers": [value], "evidence": evidence, "fact": name, "split": split})
    (root / "kb" / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (root / "kb" / "kb.toml").write_text('name = "town"\nlanguage = "en"\n')
    known = [
        {"pattern": f"has a value of {value}[^?]*Which value has the {name}", "answer": f"{value} [1]"} for name, value in FACTS.items()
    ]
    (root / "rules.json").write_text(json.dumps(rules or known))
    config = root / "ragft.toml"
    config.write_text(
        f"""[knowledge_base]
path = "kb"
[retrieval]
embedder = "hashing"
[model]
engine = "scripted"
name = "{root / "rules.json"}"
batch_size = 2
[eval]
systems = ["base", "few-shot", "rag"]
resamples = 200
permutations = 200
{extra}"""
    )
    return config


def told(comparison: Comparison) -> list[str]:
    """What a comparison says to be read with care, in English."""
    return [words("en").say(warning) for warning in comparison.warnings]


def said(comparison: Comparison) -> list[str]:
    """What its decision says, in English: the headline, then what it stands on."""
    return [words("en").say(sentence) for sentence in (comparison.decision.headline, *comparison.decision.sentences)]

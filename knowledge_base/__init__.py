"""Documents and questions: loaded, normalised, split and checked.

A knowledge base is a folder that people can read and edit: `documents/*.md`,
`questions.jsonl`, `kb.toml`, and `originals/` for what was imported. This package turns
it into frozen nouns (`knowledge_base.model`). It knows no chunk, no model and no score.
"""

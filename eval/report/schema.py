"""The published JSON Schema of comparison.json, made from the dataclasses, so that it cannot fall behind them."""

from __future__ import annotations

import json
from typing import Any, Final

from eval.comparison import SCHEMA, Comparison

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a comparison."""
    from pydantic import TypeAdapter

    made = TypeAdapter(Comparison).json_schema(mode="serialization")
    made["properties"]["schema"] = {"title": "Schema", "const": SCHEMA, "description": "The number of this schema."}
    return {"$schema": DRAFT, **made}


def page() -> str:
    """Return the text of docs/comparison.schema.json; `make docs` writes it."""
    return json.dumps(comparison_schema(), ensure_ascii=False, indent=2) + "\n"

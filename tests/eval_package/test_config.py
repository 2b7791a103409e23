from itertools import combinations

import pytest

from eval.config import DEFAULT_SYSTEMS, EvalConfig
from foundation.errors import ConfigurationError, UnknownNameError
from foundation.settings import build_section, read_layers


def section(tmp_path, text):
    file = tmp_path / "ragft.toml"
    file.write_text("[eval]\n" + text)
    return build_section(EvalConfig, "eval", read_layers(file))


def test_the_defaults_are_the_designs_five_systems_and_five_contrasts(tmp_path):
    config = section(tmp_path, "")
    assert config.systems == ("base", "few-shot", "rag", "finetuned", "rag+finetuned")
    assert len(config.contrasts_among(config.systems)) == 5
    assert config.contrasts_among(["base", "rag"]) == (("rag", "base"),)


def test_contrasts_are_written_with_a_minus_or_as_pairs(tmp_path):
    config = section(tmp_path, 'contrasts = ["few-shot - base", ["rag", "base"], "rag − few-shot"]')
    assert config.contrasts == (("few-shot", "base"), ("rag", "base"), ("rag", "few-shot"))


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ('primary = "corect"', UnknownNameError, "Did you mean 'correct'?"),
        ('primary = "recall@k"', UnknownNameError, "cannot be a primary metric"),
        ('contrasts = ["ragg - base"]', UnknownNameError, "Did you mean 'rag'?"),
        ('contrasts = ["rag-base"]', ConfigurationError, "blanks around the minus"),
        ('contrasts = ["rag - rag"]', ConfigurationError, "with itself"),
        ('systems = ["rag", "rag"]', ConfigurationError, "more than once"),
        ("question = 3", ConfigurationError, "Did you mean 'questions'?"),
        (
            "permutations = 100\ncontrasts = [" + ", ".join(f'"{a} - {b}"' for a, b in combinations(DEFAULT_SYSTEMS, 2)) + "]",
            ConfigurationError,
            "at least 200",
        ),
        ("margin = 5", ConfigurationError, "less than or equal to 1"),
    ],
)
def test_bad_values_are_named_with_what_to_do(tmp_path, text, error, said):
    with pytest.raises(error, match=said.replace("?", r"\?")):
        section(tmp_path, text)

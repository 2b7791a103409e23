"""A Comparison with invented numbers, shaped like a real run: the tests and the eye look at it."""

from __future__ import annotations

from eval.model import Comparison, Contrast, Estimate, Example, SystemResult

SYSTEMS = ("base", "few-shot", "rag", "finetuned", "rag+finetuned")
CORRECT = {"base": 0.0333, "few-shot": 0.0667, "rag": 0.4167, "finetuned": 0.35, "rag+finetuned": 0.7167}


def estimate(value: float, n: int = 60, half: float = 0.12) -> Estimate:
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0), n, n)


def result(system: str) -> SystemResult:
    value = CORRECT[system]
    retrieves = system.startswith("rag")
    metrics = {
        name: estimate(value * share) for name, share in (("correct", 1.0), ("contained", 1.05), ("token_f1", 0.8), ("rouge_l", 0.77))
    }
    groups = {"paraphrase": {"correct": estimate(min(value * 1.2, 1.0), 40, 0.14)}, "unseen": {"correct": estimate(value * 0.6, 20, 0.18)}}
    kinds = {"fact": {"correct": estimate(value, 54, 0.13)}, "unanswerable": {"correct": estimate(0.5, 6, 0.4)}}
    citations = {"with": 31, "without": 27, "wrong": 2} if retrieves else {"with": 0, "without": 60, "wrong": 0}
    return SystemResult(
        system,
        metrics,
        groups,
        kinds,
        citations,
        abstentions=4 if retrieves else 0,
        errors=1 if system == "finetuned" else 0,
        tokens={"prompt_tokens": 431.4 if retrieves else 58.2, "completion_tokens": 21.6},
        throughput={"questions_per_second": 0.482, "tokens_per_second": 110.3},
        latency={"p50": 1.873, "p95": 3.412},
    )


def contrast(a: str, b: str, value: float, p: float, verdict: str, kind: str = "controlled") -> Contrast:
    gap = Estimate(value, value - 0.13, value + 0.13, 60, 60)
    return Contrast(a, b, kind, gap, p, min(5 * p, 1.0), 27, 29, 4, verdict)  # type: ignore[arg-type]


def example(number: int, answer: str = "The Hallam press is cleaned every 14 days [1].") -> Example:
    passages = [
        "Maintenance of the Hallam press. The press is cleaned every 14 days, and after each change of ink. " * 2,
        "The Orme cutter is sharpened once a month by the maintenance team.",
    ]
    outputs = (
        {"system": "base", "text": "It should be cleaned regularly.", "correct": False, "abstained": False, "error": None, "passages": []},
        {"system": "few-shot", "text": "I don't know.", "correct": False, "abstained": True, "error": None, "passages": []},
        {"system": "rag", "text": answer, "correct": True, "abstained": False, "error": None, "passages": passages},
        {"system": "finetuned", "text": "", "correct": None, "abstained": False, "error": "the engine ran out of memory", "passages": []},
        {"system": "rag+finetuned", "text": "14 days [1][3]", "correct": True, "abstained": False, "error": None, "passages": passages},
    )
    return Example(
        f"q{number:03d}",
        f"How often is the Hallam press cleaned? ({number})",
        "en",
        "fact",
        "paraphrase",
        ("14 days", "two weeks"),
        outputs,
    )


def comparison(examples: int = 20) -> Comparison:
    return Comparison(
        run_id="2026-11-21-sample",
        created="2026-11-21T08:00:00Z",
        headline=(
            "On these questions rag+finetuned is the best system: 72 % correct, 30 points more than rag (17 to 43).",
            "Fine-tuning alone was not shown to differ from retrieval alone.",
            "This holds for SmolLM2-135M-Instruct on the corpus orlisund and 60 questions; another model may reverse it.",
        ),
        scope={
            "model": "smollm2-135m-instruct",
            "weights": "real",
            "engine": "transformers",
            "precision": "bf16",
            "corpus": "orlisund",
            "documents": 18,
            "questions": 60,
            "facts": 60,
            "languages": ("en",),
            "date": "2026-11-21",
        },
        warnings=(
            "One training seed: luck of the training is not in the intervals.",
            "Training was budgeted to 5 minutes; 1 of 3 epochs was left out.",
        ),
        plan={"primary": "correct", "margin": 0.05, "seed": 0, "resamples": 9999, "contrasts": [["rag", "base"], ["rag", "finetuned"]]},
        systems=tuple(result(system) for system in SYSTEMS),
        contrasts=(
            contrast("rag", "base", 0.3833, 0.0001, "better"),
            contrast("finetuned", "base", 0.3167, 0.0002, "better"),
            contrast("rag", "finetuned", 0.0667, 0.41, "not shown", "bundled"),
            contrast("rag+finetuned", "rag", 0.3, 0.0004, "better"),
            contrast("finetuned", "rag+finetuned", -0.3667, 0.0001, "worse"),
        ),
        metric_names=("correct", "contained", "token_f1", "rouge_l"),
        metric_info={
            "correct": {
                "direction": "higher",
                "low": 0,
                "high": 1,
                "summary": "the answer is right, by the project's rule",
                "source": "DESIGN",
            },
            "contained": {"direction": "higher", "low": 0, "high": 1, "summary": "a gold answer stands in the answer", "source": ""},
            "token_f1": {"direction": "higher", "low": 0, "high": 1, "summary": "overlap of words", "source": "Rajpurkar et al. 2016"},
            "rouge_l": {"direction": "higher", "low": 0, "high": 1, "summary": "longest common subsequence", "source": "Lin 2004"},
        },
        retrieval={"recall@2": estimate(0.95, half=0.05), "mrr": estimate(0.91, half=0.06)},
        examples=tuple(example(number) for number in range(examples)),
        provenance={
            "versions": {"torch": "2.13.0", "transformers": "5.23.0"},
            "fingerprints": {"corpus": "0123456789abcdef", "adapters": {"main": "fedcba9876543210"}},
            "batch_plan": {"batch": 16, "threads": 2},
        },
    )

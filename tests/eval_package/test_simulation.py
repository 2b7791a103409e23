"""The harness that proves the statistics, and six of its cells: `make simulate` runs them all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.simulation.__main__ import finished, main
from benchmarks.simulation.measuring import measure
from benchmarks.simulation.tables import coverage, share
from benchmarks.simulation.world import CONTRASTS, GRID, MARGIN, SYSTEMS, Cell, draw

BY_NAME = {cell.name: cell for cell in GRID}
# (cell, coverage of means at least and at most, coverage of differences likewise): the targets are 93 to 97 %; with few facts and
# rates near 0 or 1 the intervals used in place of BCa err towards being wide, see docs/statistics.md
EVIDENCE = (
    ("60x4-binary-0.03-null", (0.93, 1.0), (0.93, 1.0)),
    ("60x4-continuous-0.03-effect", (0.93, 0.98), (0.93, 0.97)),
    ("60x1-binary-0.97-effect", (0.93, 0.98), (0.93, 0.97)),
    ("200x4-binary-0.5-null", (0.93, 0.97), (0.93, 0.97)),
    ("200x1-continuous-0.97-null", (0.93, 1.0), (0.93, 1.0)),
    ("600x4-binary-0.5-effect", (0.93, 0.97), (0.93, 0.97)),
)
COMPARISONS = 1000
SLACK = 0.018  # 1,000 comparisons: 2.6 standard errors of a share of 95 %, were the systems of a comparison one


class TestWorld:
    """The made-up scores."""

    def test_the_grid_is_whole(self) -> None:
        assert len(BY_NAME) == 3 * 2 * 2 * 3 * 2  # sizes, clusters, kinds, rates, null or effect

    @pytest.mark.parametrize("kind", ["binary", "continuous"])
    @pytest.mark.parametrize("rate", [0.03, 0.5, 0.97])
    def test_means_are_the_declared_truth(self, kind: str, rate: float) -> None:
        cell = Cell(80_000, 4, kind, rate, True)  # type: ignore[arg-type]
        scores = draw(cell, np.random.default_rng(1))
        assert scores.min() >= 0 and scores.max() <= 1
        assert scores.mean(axis=1) == pytest.approx(cell.truths, abs=0.01)

    def test_questions_of_a_fact_and_systems_on_a_question_go_together(self) -> None:
        scores = draw(Cell(40_000, 4, "binary", 0.5, False), np.random.default_rng(2))
        facts = scores[0].reshape(-1, 4)
        # by hand: two Gaussians of correlation r are on the same side with 1/2 + asin(r) / π; r is 0.5 for both pairs here
        assert np.mean(facts[:, 0] == facts[:, 1]) == pytest.approx(2 / 3, abs=0.02)
        assert np.mean(scores[0] == scores[1]) == pytest.approx(2 / 3, abs=0.02)

    def test_two_contrasts_stand_at_the_margins_edge(self) -> None:
        truths = dict(zip(SYSTEMS, Cell(60, 1, "binary", 0.5, True).truths, strict=True))
        gaps = [truths[a] - truths[b] for a, b in CONTRASTS]
        assert sum(abs(gap - MARGIN) < 1e-9 for gap in gaps) == 2 and min(gaps) > 0


class TestCommand:
    """`python -m benchmarks.simulation`."""

    def test_a_finished_cell_is_not_run_again_and_a_line_cut_short_is(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        out = tmp_path / "cells.jsonl"
        given = ["--cells", "60x4-binary-0.5-*", "--comparisons", "3", "--resamples", "50", "--permutations", "50", "--out", str(out)]
        assert main(given) == 0
        whole = out.read_text(encoding="utf-8")
        assert len(whole.splitlines()) == 2
        table = capsys.readouterr().out
        out.write_text(whole[: len(whole) - 40], encoding="utf-8")
        assert set(finished(out, 3, 50, 50, 0)) == {"60x4-binary-0.5-null"}
        assert main(given) == 0
        assert [json.loads(line)["counts"] for line in out.read_text(encoding="utf-8").splitlines()] == [
            json.loads(line)["counts"] for line in whole.splitlines()
        ]
        assert capsys.readouterr().out == table and table.count("\n") == 4
        assert finished(out, 4, 50, 50, 0) == {}

    def test_an_unknown_cell_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--cells", "nothing", "--out", str(tmp_path / "x")]) == 2
        assert "60x4-binary" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("name", "means", "differences"), EVIDENCE)
def test_intervals_tests_and_decisions_hold(name: str, means: tuple[float, float], differences: tuple[float, float]) -> None:
    row = measure(BY_NAME[name], comparisons=COMPARISONS, resamples=1000, permutations=1000, seed=1)
    assert means[0] - SLACK <= coverage(row, "mean") <= means[1] + SLACK
    assert differences[0] - SLACK <= coverage(row, "difference") <= differences[1] + SLACK
    assert share(row, "family_errors") <= 0.05 + SLACK  # 5 % and as much again for chance
    if row["effect"]:
        assert share(row, "edge_false", "edges") <= 0.05 + SLACK
        assert share(row, "equivalence_family_errors") <= 0.05 + SLACK
    else:
        assert share(row, "abstains") >= 0.95 - SLACK

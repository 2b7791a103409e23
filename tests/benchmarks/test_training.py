"""The table of the training benchmark: ratios paired by repeat, failures in the open."""

from __future__ import annotations

from benchmarks.training import BATCH, CONTESTANTS, PEER, table
from benchmarks.training_examples import Split
from benchmarks.training_worker import Order, Result


def result(seconds: float, memory: int, loss: float) -> Result:
    return Result(seconds, 2 * seconds, 1000, 100, 4, memory, loss)


def test_ratios_are_paired_by_repeat_and_a_failure_is_told() -> None:
    found = {
        "closed-book": {
            PEER: {"0": result(10, 4 * 10**9, 1.5), "1": result(40, 4 * 10**9, 1.5)},
            "ours": {"0": result(5, 2 * 10**9, 1.5002), "1": result(10, 2 * 10**9, 1.5002)},
            "broken": {"failure": "no such setting"},
        }
    }
    rows = table(found).splitlines()
    # 10 / 5 = 2 and 40 / 10 = 4: their median is 3; unpaired medians would give 150 / 62.5 = 2.4
    assert "| ours | 150 (100–200) | 3.00 | 3.00 | 2.00 | 0.50 | 1.5002 | +0.00020 |" in rows
    assert any(row.startswith("| broken | failed: no such setting |") for row in rows)


def test_both_sides_take_the_same_batch_per_step() -> None:
    base = Order("ours", "folder", Split((), ()), BATCH, BATCH, 768, 1)
    for one in CONTESTANTS:
        for kind in ("closed-book", "with passages"):
            order = one.order(base, kind)
            assert order.batch == BATCH and BATCH % order.at_once == 0

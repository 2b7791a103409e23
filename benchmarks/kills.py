"""Does training survive `kill -9`? A short training is killed at random moments, resumed, and held against one left alone.

    python -m benchmarks.kills --workspace FOLDER [--kills 10] [--seed 0] [--out FILE] [--set section.key=value …]

Each kill is of a training of its own, in a workspace of its own, at a moment drawn from all that an undisturbed one takes:
while it loads, trains, writes a checkpoint or checks the adapter. The same command then goes on to the end. Its last loss must
be that of the undisturbed training within 1e-4; the largest difference of any weight is shown beside. Finished trials are
kept, and a later call with the same settings passes over them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from finetune.adapters import CURVE, MANIFEST, WEIGHTS
from foundation.errors import DataError, RagftError
from foundation.files import read_json, read_jsonl, write_json
from foundation.fingerprint import fingerprint

TOLERANCE: Final = 1e-4  # of the last loss
ADAPTER: Final = "killed"
# About a minute on two cores: long enough for several checkpoints, with both default recipes and evaluations in between.
SETTINGS: Final = ("finetune.tokens=6000", "finetune.checkpoint_seconds=5", "finetune.alarms=false", "finetune.evaluations=2")
_MARGIN: Final = 0.02  # of the time of the undisturbed training, kept free at either end
_TRIES: Final = 5  # draws per kill, should training end before its moment comes


@dataclass(frozen=True)
class Trained:
    """What a training ended with."""

    seconds: float  # of the command
    steps: int
    loss: float  # of its last step


@dataclass(frozen=True)
class Killed:
    """A training that was killed once and went on."""

    at: float  # seconds after its start
    step: int  # steps written down by then
    resumed: Trained
    loss_difference: float  # to the undisturbed training, absolute
    weight_difference: float  # largest of all adapter weights, absolute

    @property
    def same(self) -> bool:
        """Tell whether the last loss is that of the undisturbed training."""
        return self.loss_difference <= TOLERANCE


@dataclass(frozen=True)
class Trial:
    """Where a training happens, and how it is started."""

    workspace: Path
    settings: tuple[str, ...]
    config: Path | None = None

    @property
    def adapter(self) -> Path:
        """Return the folder of the adapter, once it is finished."""
        return self.workspace / "adapters" / ADAPTER

    def start(self) -> subprocess.Popen[bytes]:
        """Start `ragft train` as a process group of its own; what it prints goes to log.txt."""
        self.workspace.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "shells", "train", ADAPTER, "--workspace", str(self.workspace)]
        command += [part for text in self.settings for part in ("--set", text)]
        command += ["--config", str(self.config)] if self.config else []
        with open(self.workspace / "log.txt", "ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def finish(self) -> Trained:
        """Run the training to its end, from where it stands; DataError when there is no adapter then."""
        started = time.monotonic()
        process = self.start()
        try:
            code = process.wait()
        except BaseException:
            _kill(process)
            raise
        if not (self.adapter / MANIFEST).is_file():
            raise DataError(f"`ragft train` ended with exit code {code} and left no adapter: see {self.workspace / 'log.txt'}.")
        curve = [row for _, row in read_jsonl(self.adapter / CURVE, "curve")]
        return Trained(time.monotonic() - started, len(curve), float(curve[-1]["loss"]))

    def kill_after(self, seconds: float) -> int | None:
        """Start the training, kill it after `seconds`, and return how many steps it had written down; None when it had ended."""
        process = self.start()
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            curve = self.workspace / "adapters" / f".{ADAPTER}.training" / CURVE
            return len(list(read_jsonl(curve, "curve", torn_tail=True))) if curve.is_file() else 0
        except BaseException:
            _kill(process)
            raise
        return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started, as the kernel does when memory runs out."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def undisturbed(workspace: Path, settings: Sequence[str], config: Path | None = None) -> tuple[Trial, Trained]:
    """Return a training that nothing interrupted. The first builds the index, so that the second, which is kept, need not."""
    trial = Trial(workspace / "whole", tuple(settings), config)
    kept = trial.workspace / "trained.json"
    if kept.is_file():
        return trial, Trained(**read_json(kept, "result"))
    shutil.rmtree(trial.workspace, ignore_errors=True)
    trial.finish()
    shutil.rmtree(trial.workspace / "adapters")
    found = trial.finish()
    write_json(kept, asdict(found))
    return trial, found


def killed(whole: Trial, trained: Trained, number: int, seed: int) -> Killed:
    """Return kill `number`, run or read: the moment is drawn from its number and `seed`.

    Raises DataError when training ends before its moment time after time.
    """
    workspace = whole.workspace.parent / f"kill-{seed}-{number}"
    kept = workspace / "killed.json"
    if kept.is_file():
        plain = read_json(kept, "result")
        return Killed(**{**plain, "resumed": Trained(**plain["resumed"])})
    rng = random.Random(f"{seed}/{number}")
    trial = Trial(workspace, whole.settings, whole.config)
    for _ in range(_TRIES):
        moment = trained.seconds * rng.uniform(_MARGIN, 1 - _MARGIN)
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir(parents=True)
        if (whole.workspace / "index").is_dir():
            shutil.copytree(whole.workspace / "index", workspace / "index")
        step = trial.kill_after(moment)
        if step is None:
            continue
        resumed = trial.finish()
        found = Killed(moment, step, resumed, abs(resumed.loss - trained.loss), largest_difference(trial.adapter, whole.adapter))
        write_json(kept, asdict(found))
        return found
    raise DataError(f"training ended {_TRIES} times before its moment came. Make it longer: --set finetune.tokens=12000")


def largest_difference(first: Path, second: Path) -> float:
    """Return the largest absolute difference between the weights of two adapters; DataError when they have not the same ones."""
    from safetensors.torch import load_file

    ours, theirs = (load_file(folder / WEIGHTS) for folder in (first, second))
    if {name: value.shape for name, value in ours.items()} != {name: value.shape for name, value in theirs.items()}:
        raise DataError(f"the adapters in {first} and {second} do not have the same weights.")
    return max(float((ours[name].float() - theirs[name].float()).abs().max()) for name in ours)


def table(trained: Trained, kills: Sequence[Killed]) -> str:
    """Return the trials as a Markdown table.

    >>> print(table(Trained(50.0, 40, 1.5), [Killed(20.0, 12, Trained(35.0, 40, 1.5), 0.0, 0.0)]).splitlines()[-1])
    | 1 | 20.0 s | 12 of 40 | 35.0 s | 1.500000 | 0.0e+00 | 0.0e+00 | yes |
    """
    head = "| kill | after | at step | resumed in | last loss | difference | largest difference of a weight | same |"
    rows = [
        f"| {number} | {one.at:.1f} s | {one.step} of {trained.steps} | {one.resumed.seconds:.1f} s | {one.resumed.loss:.6f} "
        f"| {one.loss_difference:.1e} | {one.weight_difference:.1e} | {'yes' if one.same else 'NO'} |"
        for number, one in enumerate(kills, start=1)
    ]
    first = f"Undisturbed: {trained.steps} steps in {trained.seconds:.1f} s, last loss {trained.loss:.6f}."
    return "\n".join([first, "", head, "|---|---|---|---|---|---|---|---|", *rows])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is left of the trials and print their table; return 0 when all resumed to the same loss."""
    given = _parser().parse_args(arguments)
    settings = (*SETTINGS, *given.set)
    home = given.workspace.resolve() / fingerprint(settings, str(given.config))
    try:
        whole, trained = undisturbed(home, settings, given.config)
        kills = []
        for number in range(1, given.kills + 1):
            kills.append(killed(whole, trained, number, given.seed))
            print(f"{number}/{given.kills}: killed at step {kills[-1].step}, same: {kills[-1].same}", file=sys.stderr, flush=True)
    except RagftError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(table(trained, kills))
    if given.out:
        body = {"settings": settings, "seed": given.seed, "tolerance": TOLERANCE, "undisturbed": asdict(trained)}
        write_json(given.out, {**json.loads(json.dumps(body)), "kills": [{**asdict(one), "same": one.same} for one in kills]})
    return 0 if all(one.same for one in kills) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--workspace", type=Path, default=Path("workspace/kills"), help="may be deleted")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--config", type=Path, help="another project than the default one")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="further settings")
    parser.add_argument("--out", type=Path, help="write the trials there as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""One contestant in a process of its own, idle while the others run: thread pools in one process starve each other.

The parent writes one order per line to the child's standard input and reads one line back.
Times are taken in the child, around the library's call alone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.contestants import CONTESTANTS, Contestant, Setup
from benchmarks.prompts import Prompt
from foundation.jsonable import from_json, to_json


class WorkerError(Exception):
    """The contestant failed, or its process ended."""


class Worker:
    """The parent's side: a started contestant, its model loaded.

    `ready` holds what the child said of itself: notes, seconds to load.
    """

    def __init__(self, contestant: Contestant, setup: Setup, log: Path) -> None:
        self._log = log
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        try:
            self.ready = self._ask({"contestant": contestant.name, "setup": to_json(setup)})
        except WorkerError:
            self.close()
            raise

    def batch(self, prompts: Sequence[Prompt], limit: int) -> dict[str, Any]:
        """Return seconds and texts of all prompts at once."""
        return self._ask({"do": "batch", "prompts": to_json(prompts), "limit": limit})

    def single(self, prompt: Prompt, limit: int) -> dict[str, Any]:
        """Return text, seconds to the first piece and seconds in all of one prompt."""
        return self._ask({"do": "single", "prompts": to_json([prompt]), "limit": limit})

    def memory(self) -> int:
        """Return the bytes that the process holds in memory now."""
        return int(self._ask({"do": "memory"})["bytes"])

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise WorkerError("its process has no pipes")
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            lines = self._log.read_text(errors="replace").strip().splitlines()
            raise WorkerError(f"its process ended ({self._process.wait()}): {lines[-1] if lines else 'nothing was said'}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer


def main() -> None:
    """Be the child: load the contestant that the first line names, then obey the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print must not get between the answers

    def say(answer: dict[str, Any]) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    peer: Any = None
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if peer is None:
                from benchmarks import peers

                started = time.perf_counter()
                contestant = next(one for one in CONTESTANTS if one.name == order["contestant"])
                peer = getattr(peers, contestant.target)(from_json(Setup, order["setup"]), **contestant.options)
                say({"notes": peer.notes, "seconds": time.perf_counter() - started})
            else:
                say(_obey(peer, order))
        except Exception as error:  # the parent lists it; the other contestants go on
            say({"error": f"{type(error).__name__}: {str(error) or 'no message'}".splitlines()[0]})


def _obey(peer: Any, order: dict[str, Any]) -> dict[str, Any]:
    if order["do"] == "memory":
        import psutil

        return {"bytes": psutil.Process().memory_info().rss}
    prompts = from_json(tuple[Prompt, ...], order["prompts"])
    if order["do"] == "batch":
        started = time.perf_counter()
        texts = peer.answer(prompts, order["limit"])
        return {"seconds": time.perf_counter() - started, "texts": texts}
    heard: list[float] = []
    started = time.perf_counter()
    text = peer.stream(prompts[0], order["limit"], lambda: heard.append(time.perf_counter()))
    ended = time.perf_counter()
    return {"seconds": ended - started, "first": (heard[0] if heard else ended) - started, "text": text}


if __name__ == "__main__":
    main()

"""A real server for tests: llama.cpp's, from the wheel xllamacpp, in a process of its own on a free port of the loopback."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES, WINDOW = 4, 1024  # requests answered at once, tokens of each
_PATIENCE = 120  # seconds until it must have told its address


@contextmanager
def serving(gguf: Path, name: str, key: str = "") -> Iterator[str]:
    """Yield the base URL of a server that has the model in `gguf` under `name`; with `key` it asks for one."""
    command = [sys.executable, __file__, str(gguf), name, key]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            alarm = threading.Timer(_PATIENCE, process.kill)
            alarm.start()
            address = process.stdout.readline().strip()
            alarm.cancel()
            if not address:
                raise RuntimeError(f"the llama.cpp server ended with code {process.wait()}; run it by hand: {' '.join(command)}")
            yield f"{address}/v1"
        finally:
            process.stdin.close()  # it ends with its input, so also when the tests are killed
            process.kill()


def _serve(gguf: str, name: str, key: str) -> None:
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = gguf
    settings.model_alias = {name}
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.n_parallel, settings.n_ctx = PLACES, PLACES * WINDOW
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = (
        1  # several wait for each other by spinning: bad company for a test run
    )
    settings.warmup = settings.ui = settings.cache_prompt = False
    settings.api_keys = [key] if key else []
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    _serve(*sys.argv[1:])

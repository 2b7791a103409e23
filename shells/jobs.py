"""Long work as a job: a `ragft …` process of its own, with a folder that tells how it stands.

    workspace/jobs/<id>/job.json   the command, when it was started, its process
    workspace/jobs/<id>/log.txt    what it printed
    workspace/jobs/<id>/stopped    someone asked it to stop
    workspace/jobs/<id>/exit       its exit code, once it has ended

A job outlives the page that started it. Cancelling is an interrupt, as Ctrl-C would be: what was finished
is kept, and the same command goes on. What a job does is the command's business.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from foundation.errors import ConfigurationError, DataError
from foundation.files import read_json, write_json, write_text
from foundation.jsonable import from_json, to_json

State = Literal["running", "finished", "failed", "interrupted", "lost"]
INTERRUPTED: Final = 130  # exit code of a command that was interrupted
_GRACE = 2.0  # seconds by which the start of a process, as the system tells it, may differ from what we noted
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Job:
    """One started command."""

    id: str
    arguments: tuple[str, ...]  # after `ragft`
    created: str  # ISO 8601, UTC
    pid: int
    born: float  # when its process began, seconds since 1970: a number that comes again is another process
    about: dict[str, str] = field(default_factory=dict)  # what the page wants to remember, such as the run's name


class Jobs:
    """The jobs of one workspace."""

    def __init__(self, workspace: Path) -> None:
        self.folder = workspace / "jobs"

    def start(self, name: str, arguments: Sequence[str], *, about: Mapping[str, str] | None = None, directory: Path | None = None) -> Job:
        """Start `ragft <arguments>` as a process of its own and return its job.

        Args:
            name: letters, digits, dots, dashes; the id is made of it and the time.
            arguments: of the command line.
            about: kept with the job.
            directory: where the command runs; default: here.

        Raises ConfigurationError for a name that is no file name, DataError when the folder cannot be written.
        """
        import psutil

        if not _NAME.fullmatch(name):
            raise ConfigurationError(f"{name!r} cannot name a job: use letters, digits, dots, dashes and underscores, at most 64.")
        created = datetime.now(UTC)
        place = self.folder / f"{created:%Y%m%d-%H%M%S}-{created.microsecond // 1000:03}-{name}"
        try:
            place.mkdir(parents=True)
            with open(place / "log.txt", "wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "shells.jobs", str(place.resolve()), *arguments],
                    cwd=directory,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # a Ctrl-C at the app's terminal is not meant for it
                    env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": _import_path()},
                )
        except OSError as error:
            raise DataError(f"the job could not be started in {place}: {error}. Free some space, or name another workspace.") from error
        try:
            born = psutil.Process(process.pid).create_time()
        except psutil.NoSuchProcess:  # over already: its exit file says how
            born = time.time()
        job = Job(place.name, tuple(arguments), created.isoformat(timespec="seconds"), process.pid, born, dict(about or {}))
        write_json(place / "job.json", to_json(job))
        return job

    def all(self) -> tuple[Job, ...]:
        """Return all jobs, the newest first; a folder without a readable job.json is passed over."""
        found = []
        for path in sorted(self.folder.glob("*/job.json"), reverse=True):
            try:
                found.append(from_json(Job, read_json(path, "job"), str(path)))
            except DataError:
                continue  # a kill between folder and file: there is nothing to say of it
        return tuple(found)

    def state(self, job: Job) -> State:
        """Return how a job stands; "lost" is one whose process is gone without a word, as after a kill or a restart."""
        alive = self._process(job) is not None
        code = self.exit_code(job)  # after the look at the process: one that ends in between has written it by then
        if code is not None:
            return "finished" if code == 0 else "interrupted" if code == INTERRUPTED else "failed"
        if alive:
            return "running"
        return "interrupted" if self.is_stopping(job) else "lost"

    def exit_code(self, job: Job) -> int | None:
        """Return the exit code of a job that has ended, else None."""
        path = self.folder / job.id / "exit"
        try:
            return int(path.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def ended(self, job: Job) -> str:
        """Return when a job that has ended did so, ISO 8601, UTC; of one that was killed, when it last printed something."""
        place = self.folder / job.id
        last = max((path.stat().st_mtime for path in (place / "exit", place / "log.txt") if path.is_file()), default=job.born)
        return datetime.fromtimestamp(last, UTC).isoformat(timespec="seconds")

    def log(self, job: Job, lines: int = 12) -> str:
        """Return the last lines of what a job printed; of a progress bar that was drawn over and over, its last state."""
        path = self.folder / job.id / "log.txt"
        if not path.is_file():
            return ""
        with open(path, "rb") as stream:
            stream.seek(max(0, path.stat().st_size - 64_000))
            text = stream.read().decode("utf-8", errors="replace")
        return "\n".join([line.rsplit("\r", 1)[-1] for line in text.replace("\r\n", "\n").rstrip().split("\n")][-lines:])

    def is_stopping(self, job: Job) -> bool:
        """Tell whether someone asked a job to stop."""
        return (self.folder / job.id / "stopped").exists()

    def cancel(self, job: Job) -> None:
        """Interrupt a running job, as Ctrl-C would; one that has ended, or was asked before, is left alone.

        What is kept is being written after the first interrupt: a second one would end it at once.
        """
        if self._process(job) is not None and not self.is_stopping(job):
            write_text(self.folder / job.id / "stopped", "")  # an interrupt in the first moments leaves no exit code
            with suppress(ProcessLookupError):  # it has ended since
                os.killpg(job.pid, signal.SIGINT)

    def forget(self, job: Job) -> None:
        """Delete the folder of a job and of all that were about the same, and nothing else of what they made; running ones are left alone.

        An earlier job about the same would be listed in its place.
        """
        same = [one for one in self.all() if one.about == job.about] if job.about else [job]
        for one in same:
            if self.state(one) != "running":
                shutil.rmtree(self.folder / one.id, ignore_errors=True)  # what cannot be deleted is listed again

    def _process(self, job: Job) -> object | None:
        """Return the process of a job while it lives; a zombie of ours is dead."""
        import psutil

        try:
            process = psutil.Process(job.pid)
            if process.status() == psutil.STATUS_ZOMBIE or abs(process.create_time() - job.born) > _GRACE:
                return None
        except psutil.NoSuchProcess:
            return None
        return process


def _import_path() -> str:
    """Return a PYTHONPATH with which the child finds the packages that run here, wherever it is started."""
    own = str(Path(__file__).resolve().parents[1])
    return os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])


def main() -> None:
    """`python -m shells.jobs FOLDER ARGUMENTS…`: run the command and write its exit code into FOLDER/exit."""
    folder, arguments = Path(sys.argv[1]), sys.argv[2:]
    # A process started in the background by a shell ignores interrupts; a job must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if (folder / "stopped").exists():  # asked while an interrupt was still ignored
        write_text(folder / "exit", str(INTERRUPTED))
        sys.exit(INTERRUPTED)
    child = subprocess.Popen([sys.executable, "-m", "shells", *arguments])
    while True:
        try:
            code = child.wait()
            break
        except KeyboardInterrupt:  # the child got it too: wait for what it makes of it
            continue
    write_text(folder / "exit", str(INTERRUPTED if code == -signal.SIGINT else code))
    sys.exit(code)


if __name__ == "__main__":
    main()

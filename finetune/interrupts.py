"""Ctrl-C in a long training: the step is finished and kept first; a second one stops at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Interrupts:
    """While it is open, an interrupt is noted in `asked` instead of raised; the next one is raised.

    Outside the main thread, where signals cannot be handled, nothing changes.
    """

    def __init__(self) -> None:
        self.asked = False
        self._handles = threading.current_thread() is threading.main_thread()
        self._before: signal.Handlers | None = None

    def __enter__(self) -> Interrupts:
        if self._handles and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            self._before = signal.signal(signal.SIGINT, self._note)  # type: ignore[assignment] # a callable or an enum
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

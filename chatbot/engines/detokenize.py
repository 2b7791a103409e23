"""Text out of tokens as they come, never half a character.

One letter can be several tokens (« é », an emoji): decoding token by token would show
replacement marks. Text is held back until its bytes are whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_BROKEN = "\ufffd"  # what a decoder gives for bytes that are not yet a character


class Detokenizer:
    """Turns token ids into pieces of text; the joined pieces are the decoding of all ids.

    >>> bytes_of = lambda ids: bytes(ids).decode(errors="replace")
    >>> stream = Detokenizer(bytes_of)
    >>> [stream.push(byte) for byte in "aé".encode()] + [stream.flush()]
    ['a', '', 'é', '']
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._ids: list[int] = []
        self._start = 0  # decoding begins here: one settled piece of context, for decoders that mind the word before
        self._settled = 0  # ids before this have been given out

    def push(self, token: int) -> str:
        """Return the text that `token` completes, empty while a character is unfinished."""
        self._ids.append(token)
        text = self._pending()
        return "" if text.endswith(_BROKEN) else self._settle(text)

    def flush(self) -> str:
        """Return what was held back, broken or not."""
        return self._settle(self._pending())

    def _pending(self) -> str:
        before = self._decode(self._ids[self._start : self._settled])
        return self._decode(self._ids[self._start :])[len(before) :]

    def _settle(self, text: str) -> str:
        if text:
            self._start, self._settled = self._settled, len(self._ids)
        return text

"""Running text in the terminal, broken between words and never at a no-break space.

French sets one before a per cent sign and before high punctuation; rich takes it for a place to break a line at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

# No-break spaces, and in their place while lines are broken, letters for private use, which rich takes for any other.
_HIDDEN: Final = {0x00A0: 0xE0A0, 0x202F: 0xE02F}
_SHOWN: Final = {letter: space for space, letter in _HIDDEN.items()}


@dataclass(frozen=True)
class Prose:
    """Text in one style, as something that rich can print."""

    text: str
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield the lines."""
        from rich.text import Text

        for line in Text(self.text.translate(_HIDDEN), style=self.style).wrap(console, options.max_width):
            line.plain = line.plain.translate(_SHOWN)
            yield line

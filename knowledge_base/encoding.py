"""Bytes of a text file from anywhere to text, with the name of the encoding that they are in.

Spreadsheets save UTF-8 with a byte order mark, UTF-16 or the Windows code page of
Western Europe, and say so nowhere. UTF-8 is tried first, because text in another
encoding is hardly ever valid UTF-8.
"""

from __future__ import annotations

import codecs
import re

from foundation.errors import DataError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {
    "utf-8-sig": "UTF-8 with BOM",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "cp1252",
}
_PROBE = 1000  # bytes in which UTF-16 without a mark is recognised
_UTF8_AS_CP1252 = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def decode(data: bytes, what: str) -> tuple[str, str]:
    """Return (text, name of the encoding); `what` opens the message of a DataError.

    >>> decode("prix ; 3,5 €".encode("cp1252"), "file")
    ('prix ; 3,5 €', 'cp1252')
    >>> decode("é".encode("utf-16"), "file")
    ('é', 'UTF-16')
    """
    codec = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _utf16_without_mark(data) or "utf-8"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        if codec != "utf-8":
            raise DataError(
                f"{what}: begins as {_NAMES[codec]} and breaks off at byte {error.start}. Save it as UTF-8 and try again."
            ) from None
        text, codec = _western(data, error, what), "cp1252"
    if "\x00" in text:
        raise DataError(f"{what}: is not text (it holds NUL bytes). Save the table as CSV in UTF-8 and try again.")
    return text, _NAMES[codec]


def _western(data: bytes, error: UnicodeDecodeError, what: str) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise DataError(f"{what}, line {line}: neither UTF-8 nor Windows-1252 text. Save it as UTF-8 and try again.") from None
    if _UTF8_AS_CP1252.search(text):
        raise DataError(f"{what}, line {line}: UTF-8 text with bytes of another encoding in it. Mend that line, or save the file as UTF-8.")
    return text


def _utf16_without_mark(data: bytes) -> str | None:
    probe = data[:_PROBE]
    for name, zeros in (("utf-16-le", probe[1::2]), ("utf-16-be", probe[::2])):
        if len(zeros) > 1 and zeros.count(0) > 0.6 * len(zeros) and probe.count(0) <= 0.6 * len(probe):
            return name
    return None

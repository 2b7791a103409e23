"""What people asked, out of a chat or ticket log: questions, how often, and what they were told.

A log is a table with a message per row: either with the reply beside it, or with a column
that says who speaks, where the next message of the other side is the reply. What is a
question is told by its form alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from foundation.errors import DataError
from foundation.language import detect
from knowledge_base.columns import first, fold
from knowledge_base.exposure import normal_text
from knowledge_base.rare_words import RareWords
from knowledge_base.tabular import Row

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "message": (
        "question",
        "message",
        "text",
        "texte",
        "body",
        "content",
        "query",
        "utterance",
        "user_message",
        "prompt",
        "demande",
        "description",
    ),
    "reply": ("answer", "reply", "response", "agent_reply", "resolution", "réponse", "reponse", "solution"),
    "speaker": ("role", "author", "speaker", "sender", "from", "auteur"),
    "conversation": ("conversation_id", "conversation", "thread_id", "thread", "ticket_id", "ticket", "session_id", "session", "chat_id"),
}
_ASKERS = frozenset({"user", "customer", "client", "human", "visitor", "utilisateur", "visiteur", "kunde"})
_LONG = 40  # words of a message that is cut down to its questions
NEAR = 90.0  # percent of rapidfuzz's ratio from which two questions count as one, when their numbers are the same
_CROWD = 2000  # questions behind one word up to which near-duplicates are looked up through it
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|bonjour|bonsoir|salut)\b(?:[^.!?,\n]{0,30}[!,\n]|\.)\s*)+", re.IGNORECASE
)
_CLOSING = re.compile(  # after a stop, or bare at the very end: "with regards to …" and "merci de me dire …" are none
    r"(?:^|(?<=[.!?,;\n]))\s*(?:(?:many )?thanks|thank you|(?:best |kind )?regards|cheers|merci(?! de\b)|cordialement|bien à vous)\b[^?]*$|"
    r"\s+(?:(?:many )?thanks|thank you|merci)(?: in advance| d['’]avance| beaucoup)?[\s.!]*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|^(?:how|what|which|who|whom|whose|where|when|why|can|could|do|does|did|is|are|may|should|will|would)\b|"
    r"\b(?:i (?:want|need|would like) to know|can you tell|could you tell|tell me|please explain)\b|"
    r"^(?:comment|combien|quel|quelle|quels|quelles|qui|où|quand|pourquoi|est-ce|peut-on|puis-je|dois-je|faut-il|y a-t-il)\b|"
    r"\b(?:j[e'’] ?(?:voudrais|aimerais|veux) savoir|pouvez-vous|pourriez-vous|dites-moi)\b|"
    r"\bmerci de (?:me |nous )?(?:dire|préciser|indiquer|confirmer)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.](?=\w)[^.!?\n]*)*[.!?]*")


@dataclass(frozen=True)
class LoggedQuestion:
    """A question of the log with what was replied to it, as first asked; `lines` are all that ask it."""

    text: str
    language: str
    reply: str
    lines: tuple[int, ...]

    @property
    def frequency(self) -> int:
        """How often it was asked, near-duplicates counted."""
        return len(self.lines)


def find_columns(header: Iterable[str], where: str, message: str | None = None, reply: str | None = None) -> dict[str, str]:
    """Return what we call a column → its name in `header`, case, accents and underscores aside; a given name wins.

    Raises DataError listing the columns that there are when no message column is found.

    >>> find_columns(["Ticket", "Message", "Agent_reply"], "log.csv")
    {'message': 'Message', 'reply': 'Agent_reply', 'conversation': 'Ticket'}
    """
    names = {fold(name): name for name in header}
    found = first(names.values(), COLUMNS)
    for ours, given in (("message", message), ("reply", reply)):
        if given is not None:
            if fold(given) not in names:
                raise DataError(f"{where} has no column {given!r}. It has: {', '.join(names.values())}.")
            found[ours] = names[fold(given)]
    if "message" not in found:
        known = ", ".join(names.values()) or "none"
        raise DataError(f"{where} has no message column (it has: {known}). Name it question, message or text, or give --question-column.")
    return found


def logged_questions(rows: Sequence[Row], columns: Mapping[str, str]) -> tuple[LoggedQuestion, ...]:
    """Return the distinct questions of a log, the most frequent first, then in the order of the file.

    Args:
        rows: (line, column → cell).
        columns: as `find_columns` gives them.

    >>> rows = [(2, {"q": "Hi! How long is the bridge?", "a": "42 km"}), (3, {"q": "how long is the bridge", "a": ""})]
    >>> logged_questions(rows, {"message": "q", "reply": "a"})
    (LoggedQuestion(text='How long is the bridge?', language='en', reply='42 km', lines=(2, 3)),)
    """
    from tqdm import tqdm

    messages = tqdm(_messages(rows, columns), desc="Reading questions", unit="message", delay=2.0, leave=False)
    asked = [LoggedQuestion(question, "", reply, (line,)) for line, text, reply in messages if (question := question_in(text))]
    same: dict[str, LoggedQuestion] = {}
    for item in asked:
        key = normal_text(item.text, "fr")  # both languages' elisions split: a key, never shown
        same[key] = _joined(same[key], item) if key in same else item
    return tuple(sorted(_merged(same), key=lambda item: (-item.frequency, item.lines[0])))


def question_in(message: str) -> str:
    """Return the question that a message asks, without greeting and thanks, or "" when it asks none.

    A short message is kept whole, because its first sentences say what the question is
    about; of a long one only the sentences that ask are kept.

    >>> question_in("Hello there,\\nmy probe blinks. What does that mean? Thanks, Ann")
    'my probe blinks. What does that mean?'
    >>> question_in("Ok, thank you!")
    ''
    """
    text = _CLOSING.sub("", _GREETING.sub("", message.strip())).strip()
    asking = [part.strip() for part in _SENTENCE.findall(text) if _ASKS.search(part.strip())]
    if not asking:
        return ""
    return " ".join((text if len(text.split()) <= _LONG else " ".join(asking)).split())


@lru_cache(maxsize=1 << 16)  # a log is held against the same questions again and again
def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a normal text, sorted: texts that differ in them ask different things.

    >>> numbers("range of the varnel 150 at 20 degrees")
    ('150', '20')
    """
    return tuple(sorted(re.findall(r"\d\S*", text)))


def _messages(rows: Sequence[Row], columns: Mapping[str, str]) -> list[tuple[int, str, str]]:
    """Return (line, message, reply) of each message of the asking side; without a speaker column, of each row."""
    cells = [(line, {ours: str(row.get(theirs) or "").strip() for ours, theirs in columns.items()}) for line, row in rows]
    if "speaker" not in columns or not any(cell["speaker"].casefold() in _ASKERS for _, cell in cells):
        return [(line, cell["message"], cell.get("reply", "")) for line, cell in cells]
    found: list[tuple[int, str, str]] = []
    waiting: dict[str, int] = {}  # conversation → place in `found` of the message that has no reply yet
    for line, cell in cells:
        conversation = cell.get("conversation", "")
        if cell["speaker"].casefold() in _ASKERS:
            waiting[conversation] = len(found)
            found.append((line, cell["message"], cell.get("reply", "")))
        elif (place := waiting.pop(conversation, None)) is not None:
            found[place] = (*found[place][:2], found[place][2] or cell["message"])
    return found


def _merged(same: Mapping[str, LoggedQuestion]) -> list[LoggedQuestion]:
    """Join near-duplicates: each question goes to the one before it that is most alike, the more frequent on a tie."""
    from rapidfuzz import fuzz, process
    from tqdm import tqdm

    ordered = sorted(same.items(), key=lambda pair: -pair[1].frequency)
    keys = [key for key, _ in ordered]
    rare = RareWords([{f"{numbers(key)} {word}" for word in key.split()} for key in keys], _CROWD)  # other numbers, another question
    kept: dict[int, LoggedQuestion] = {}
    for place, (key, item) in enumerate(tqdm(ordered, desc="Comparing questions", unit="question", delay=2.0, leave=False)):
        earlier = {other: keys[other] for other in sorted(rare.near(place))}
        near = process.extractOne(key, earlier, scorer=fuzz.ratio, score_cutoff=NEAR)
        if near is None:
            kept[place] = item
            rare.add(place)
        else:
            kept[near[2]] = _joined(kept[near[2]], item)
    found = list(kept.values())
    languages = [detect(item.text) for item in found]
    most = Counter(filter(None, languages)).most_common(1)
    fallback = most[0][0] if most else "en"
    return [replace(item, language=language or fallback) for item, language in zip(found, languages, strict=True)]


def _joined(first: LoggedQuestion, other: LoggedQuestion) -> LoggedQuestion:
    return replace(first, reply=first.reply or other.reply, lines=tuple(sorted((*first.lines, *other.lines))))

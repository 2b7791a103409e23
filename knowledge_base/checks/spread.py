"""How questions spread over splits, facts and tags, where the spread contradicts what they claim to test."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from knowledge_base.checks.finding import Finding, shown
from knowledge_base.model import KnowledgeBase, Question

_BALANCE = (0.2, 0.8)  # outside these shares of train in train + test, one side is too small to use
_HEAD = 3  # documents that state a fact tagged `head`
_TYPO = 85.0  # percent of likeness at which a rare name looks like a slip of a frequent one
_OFTEN = 10  # uses from which a name is frequent


def balance(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield what the sizes of the splits, and the lack of documents, do not allow."""
    if not kb.documents:
        message = "there are none: systems without retrieval can be compared (base, few-shot, finetuned), the others need some."
        yield Finding("note", "no-documents", "documents", message)
    if not kb.questions:
        yield Finding("note", "no-questions", "questions", "there are none: chatting works, comparing needs a questions.jsonl.")
        return
    sizes = Counter(question.split for question in kb.questions)
    train, test = sizes["train"], sizes["test"]
    if not train or not test:
        message = f"{train} train and {test} test questions: training needs the first, comparing the second."
        yield Finding("warning", "split-empty", "questions", message)
    elif not _BALANCE[0] <= train / (train + test) <= _BALANCE[1]:
        message = f"{train} train and {test} test questions are out of balance. Write 'split' for some, or set test_share in kb.toml."
        yield Finding("warning", "split-balance", "questions", message)


def kinds(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield questions whose split contradicts their kind: unseen but trained, paraphrase but never trained."""
    trained: dict[str, Question] = {}
    for question in kb.split("train"):
        trained.setdefault(question.fact, question)
    never: dict[str, Question] = {}
    for question in kb.questions:
        if question.kind == "unseen" and question.split == "train":
            message = "is of kind 'unseen' and stands in the train split. Move it to the test split, or change its kind."
            yield Finding("error", "unseen-in-train", f"question {question.id}", message)
        elif question.kind == "unseen" and (other := trained.get(question.fact)) is not None:
            trained_by = f"training question {other.id} ({shown(other.text)})"
            message = f"is of kind 'unseen', but {trained_by} has its fact {question.fact}. Change one of them."
            yield Finding("error", "unseen-in-train", f"question {question.id}", message)
        if question.kind == "paraphrase" and question.split == "test" and question.fact not in trained:
            never.setdefault(question.fact, question)
    for fact, question in never.items():
        message = f"is tested as a paraphrase ({question.id} {shown(question.text)}) and no wording of it is in the train split. Add one."
        yield Finding("warning", "paraphrase-not-in-train", f"fact {fact}", message)


def tags(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield facts tagged `head` that stand in fewer than three documents, and `tail` in more than one."""
    tagged: dict[str, set[str]] = defaultdict(set)
    documents: dict[str, set[str]] = defaultdict(set)
    for question in kb.questions:
        tagged[question.fact].update({"head", "tail"} & set(question.tags))
        documents[question.fact].update(span.document_id for span in question.evidence)
    for fact, names in tagged.items():
        where, count = f"fact {fact}", len(documents[fact])
        listed = ", ".join(sorted(documents[fact])) or "none"
        if len(names) == 2:
            yield Finding("error", "head-and-tail", where, "is tagged head and tail. It is one of them: remove the other tag.")
        elif "head" in names and count < _HEAD:
            message = (
                f"is tagged head and has evidence in {count} documents ({listed}), not in {_HEAD}. Quote the others, or remove the tag."
            )
            yield Finding("error", "head-too-few", where, message)
        elif "tail" in names and count > 1:
            message = f"is tagged tail and has evidence in {count} documents ({listed}). Remove the tag, or the quotes that are not needed."
            yield Finding("error", "tail-too-many", where, message)


def names(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield kinds and tags that occur once and look like a slip of a frequent one."""
    from rapidfuzz.fuzz import ratio

    used = {
        "kind": [(question.kind, question) for question in kb.questions],
        "tag": [(tag, question) for question in kb.questions for tag in question.tags],
    }
    for what, entries in used.items():
        counts = Counter(name for name, _ in entries)
        for name, question in entries:
            near = [other for other, uses in counts.items() if uses >= _OFTEN and other != name and ratio(name, other) >= _TYPO]
            if counts[name] == 1 and near:
                message = f"its {what} {name!r} occurs once and looks like {near[0]!r}. Correct it, or it is a slice of its own."
                yield Finding("warning", f"rare-{what}", f"question {question.id}", message)


def groups(kb: KnowledgeBase) -> Iterator[Finding]:
    """Yield facts that lie in several groups: a split drawn by group tears them apart unseen."""
    found: dict[str, dict[str, Question]] = defaultdict(dict)
    for question in kb.questions:
        found[question.fact].setdefault(question.group, question)
    for fact, members in found.items():
        if len(members) > 1:
            listed = ", ".join(f"{question.id} in {group}" for group, question in members.items())
            message = f"lies in {len(members)} groups ({listed}). Write the same 'group' for all of its questions."
            yield Finding("warning", "fact-in-groups", f"fact {fact}", message)

"""The codes that findings bear: stable names for filters and programs, each with what it means."""

from __future__ import annotations

from typing import Final

CODES: Final[dict[str, str]] = {
    # what cannot be loaded
    "not-json": "a line of questions.jsonl is not JSON",
    "question-unreadable": "a line of questions.jsonl holds a value of the wrong kind",
    "evidence-unreadable": "a piece of evidence holds a value of the wrong kind",
    "unknown-key": "a key that no question or evidence has",
    "no-id": "a question without an id",
    "no-text": "a question without a text",
    "duplicate-id": "two questions of one id",
    "document-unreadable": "a document is not text, or its front matter is broken",
    "duplicate-document-id": "two files of one document id",
    "changing": "a file that is written while it is read",
    "unknown-document": "evidence in a document that does not exist",
    "unknown-version": "kb.toml declares a version of a document that does not exist",
    # evidence and answers
    "quote-mismatch": "a quote does not stand in its document, or not where it is said to",
    "quote-ambiguous": "a quote stands more than once in its document",
    "quote-empty": "an empty quote",
    "no-evidence": "an answerable question without evidence",
    "no-answer": "an answerable question with neither answer nor rule",
    "answer-not-in-quote": "an answer that does not stand in its evidence, without the tag abstractive",
    "answers-long": "gold answers so long that no system gives them word for word",
    "answers-disagree": "two answers of one question that differ in their numbers",
    "unanswerable-with-answers": "an unanswerable question with answers",
    "unanswerable-with-evidence": "an unanswerable question with evidence",
    "unscored": "questions without an answer, which no system is scored on",
    "rule-unknown": "a rule that cannot be read",
    "history-ends-with-user": "a dialogue without the assistant's last turn",
    # the same twice
    "duplicate": "a question in the words of another",
    "near-duplicate": "a question in nearly the words of another",
    "same-words-other-fact": "the same words under two facts",
    "leak": "a test question that nearly stands in the train split under another fact",
    "wordings-alike": "wordings of a fact that share too many words",
    "document-copy": "a document with the text of another",
    "document-overlap": "a document with much of the text of another",
    "document-empty": "a document without text",
    "file-ignored": "a file in documents/ that is neither Markdown nor text",
    # ambiguity
    "contradicting-answers": "one question with two different answers",
    "fact-contradiction": "two wordings of one fact with different answers",
    "document-contradiction": "a document that answers otherwise than the evidence",
    # language
    "document-language": "a document that is not in its declared language",
    "question-language": "a question that is not in its declared language",
    # facts, groups, splits
    "blank-fact": "a fact of blanks, or with blanks around it",
    "blank-group": "a group of blanks, or with blanks around it",
    "fact-in-groups": "a fact in several groups",
    "unseen-in-train": "a question of kind unseen whose fact is trained",
    "paraphrase-not-in-train": "a paraphrase tested without a wording of it trained",
    "head-too-few": "a head fact in fewer than three documents",
    "tail-too-many": "a tail fact in several documents",
    "head-and-tail": "a fact tagged head and tail",
    "rare-kind": "a kind that looks like a slip of a frequent one",
    "rare-tag": "a tag that looks like a slip of a frequent one",
    "split-empty": "no train or no test questions",
    "split-balance": "too few train or test questions beside the others",
    "no-questions": "a knowledge base without questions",
    "no-documents": "a knowledge base without documents",
}

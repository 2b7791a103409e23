"""Questions come in as people have them: any delimiter and encoding, gaps, copies and contradictions, all of it said."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import ConfigurationError, DataError, UnknownNameError
from knowledge_base.columns import chosen
from knowledge_base.encoding import decode
from knowledge_base.exporting import to_dataset
from knowledge_base.importing import QuestionImport, import_questions
from knowledge_base.loading import load
from knowledge_base.merging import settled_by
from knowledge_base.tabular import read_table
from shells.imported import as_lines

PUMP = "---\ntitle: The pump\nlanguage: en\n---\n\nThe pump weighs\n12 kg. It is red. It is red.\n"
FRENCH = 'Question;Réponse\r\n"Combien ""pèse""\r\nla pompe ?";3,5 kg | 3,50 kg\r\nQuel est le prix de l’été ?;12 €\r\n'


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    folder = tmp_path / "kb"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "pump.md").write_text(PUMP, encoding="utf-8")
    (folder / "questions.jsonl").write_text('{"id": "q7", "text": "Is it red?", "language": "en", "answers": ["yes"]}\n')
    return folder


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]


def table(tmp_path: Path, text: str, name: str = "in.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def brought(tmp_path: Path, kb: Path, text: str, **options: Any) -> QuestionImport:
    return import_questions(table(tmp_path, text), kb, **options)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("cp1252", "cp1252"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16")],
)
@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolon"), ("\t", "tab"), (",", "comma")])
def test_every_encoding_and_delimiter_gives_the_same_questions(encoding: str, said: str, delimiter: str, name: str, tmp_path: Path) -> None:
    text = FRENCH.replace("3,5 kg | 3,50 kg", '"3,5 kg | 3,50 kg"').replace(";", delimiter)
    path = table(tmp_path, text, encoding=encoding)
    done = import_questions(path, tmp_path / "new")
    assert (done.table.encoding, done.table.delimiter, done.imported) == (said, name, 2)
    first, second = rows(tmp_path / "new")
    assert first["text"] == 'Combien "pèse"\nla pompe ?' and first["answers"] == ["3,5 kg", "3,50 kg"]  # decimal commas stay
    assert second["answers"] == ["12 €"] and second["language"] == "fr"
    assert [number for number, _ in done.table.rows] == [2, 4]  # the first question fills lines 2 and 3


def test_what_is_there_stays_and_ids_go_on(tmp_path: Path, kb: Path) -> None:
    before = (kb / "questions.jsonl").read_bytes()
    done = brought(tmp_path, kb, "id,question,answer\n,How heavy is the pump?,12 kg\nq7,What colour is it?,red\n")
    assert (kb / "questions.jsonl").read_bytes().startswith(before)
    assert [row["id"] for row in rows(kb)] == ["q7", "q0008", "q7-2"] and done.renamed == 1
    assert len(load(kb).questions) == 3
    again = brought(tmp_path, kb, "id,question,answer\n,How heavy is the pump?,12 kg\nq7,What colour is it?,red\n")
    assert (again.imported, again.already_there) == (0, 2) and len(rows(kb)) == 3


def test_an_empty_answer_is_unknown_and_a_copy_is_dropped(tmp_path: Path, kb: Path) -> None:
    done = brought(tmp_path, kb, "question,answer\nWho built the pump?,\nwho built the PUMP?,\n,\n,orphan\nWhere does it stand?,Oslo\n")
    assert (done.rows, done.imported, done.duplicates, done.unknown, done.without_text) == (4, 2, 1, 1, (5,))
    assert rows(kb)[1]["answerable"] == "unknown" and rows(kb)[1]["answers"] == []
    assert load(kb).questions[1].answerable == "unknown"


CONFLICT = "question,answer\nHow deep is it?,3 m\nHow tall is it?,9 m\nhow deep is it,5 m\n"


def test_contradictions_are_listed_and_nothing_is_written(tmp_path: Path, kb: Path) -> None:
    before = rows(kb)
    with pytest.raises(DataError, match=r"1 questions have contradicting[^$]*line 2: '3 m', line 4: '5 m'[^$]*--on-conflict"):
        brought(tmp_path, kb, CONFLICT)
    assert rows(kb) == before


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("first", {"How deep is it?": ["3 m"]}), ("merge", {"How deep is it?": ["3 m", "5 m"]}), ("skip", {})],
)
def test_contradictions_are_settled_as_asked(policy: str, expected: dict[str, list[str]], tmp_path: Path, kb: Path) -> None:
    done = brought(tmp_path, kb, CONFLICT, on_conflict=settled_by(policy))
    assert {row["text"]: row["answers"] for row in rows(kb)[1:]} == expected | {"How tall is it?": ["9 m"]}
    assert [conflict.numbers for conflict in done.conflicts] == [(2, 4)]
    with pytest.raises(UnknownNameError, match="merge"):
        settled_by("mrge")


@pytest.mark.parametrize("answer", ["no", "perhaps"])
def test_a_question_of_the_folder_is_never_changed(answer: str, tmp_path: Path, kb: Path) -> None:
    before = rows(kb)
    with pytest.raises(DataError, match=r"question q7 of the folder: 'yes', line 2"):
        brought(tmp_path, kb, f"question,answer\nIs it red?,{answer}\n")
    done = brought(tmp_path, kb, f"question,answer\nIs it red?,{answer}\n", on_conflict="merge")
    assert rows(kb) == before and done.conflicts[0].existing == "q7"


def test_quotes_are_found_by_document_name_title_or_everywhere(tmp_path: Path, kb: Path) -> None:
    text = (
        "question;answer;source;citation\n"
        "How heavy is the pump?;12 kg;pump.md;The pump weighs 12 kg.\n"
        "How heavy is that pump?;12 kg;The Pump;weighs 12 kg\n"
        "Weight of the pump?;12 kg;;The pump weighs\n"
        "What colour is the pump?;red;pump;It is red.\n"
        "Where does the pump stand?;Oslo;pmp;It stands in Oslo.\n"
    )
    done = brought(tmp_path, kb, text)
    spans = [question.evidence for question in load(kb).questions[1:]]
    assert [found[0].quote if found else None for found in spans] == [
        "The pump weighs\n12 kg.",  # as the document breaks the line
        "weighs\n12 kg",
        "The pump weighs",
        None,
        None,
    ]
    assert [number for number, _ in done.unanchored] == [5, 6] and done.imported == 5
    assert "more than once" in done.unanchored[0][1] and "Did you mean 'pump'?" in done.unanchored[1][1]


def test_three_languages_are_told_apart(tmp_path: Path, kb: Path) -> None:
    text = (
        "question\nHow heavy is the pump that was delivered?\nQuel est le poids de la pompe ?\n"
        "Wie schwer ist die Pumpe, die gestern geliefert wurde?\nWelche Farbe hat das Gehäuse der neuen Pumpe?\nVarnel 120?\n"
    )
    done = brought(tmp_path, kb, text)
    assert {"en", "fr", "de"} == set(done.languages) and done.doubtful == 1
    assert [row["language"] for row in rows(kb)[1:5]] == ["en", "fr", "de", "de"]


def test_a_written_language_wins(tmp_path: Path, kb: Path) -> None:
    brought(tmp_path, kb, "question,langue\nHow heavy is the pump?,Français\nIs it heavy?,en-GB\n")
    assert [row["language"] for row in rows(kb)[1:]] == ["fr", "en"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("qestion,answer\na,b\n", r"no column of questions. Columns: 'qestion', 'answer'. Did you mean 'qestion'"),
        ("question,text\na,b\n", "could all be the text"),
        ("question,question\na,b\n", "two columns are called 'question'"),
        ("question,answer\nHow much, and why?,b\n", "more cells than the 2 columns in line 2"),
        ('question,answer\n"How heavy?,b\nc,d\n', "line 2: not valid CSV"),
        ("question,answer,split\na,b,exam\n", "line 2: split 'exam' is not known. Known: train"),
        ("question,answer,language\na,b,Klingon\n", "line 2: language 'Klingon' is not known"),
        ("question,answer,rule\na,b,shouts: x\n", "line 2: 'shouts' is no demand"),
        ("question,answer,answerable\na,b,no\n", "line 2: is marked unanswerable and has an answer"),
        ("question,answer\n,b\n", "holds no question"),
        ("question,answer\n", "holds no question"),
        ("", "holds no row"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(text: str, message: str, tmp_path: Path, kb: Path) -> None:
    before = rows(kb)
    with pytest.raises(DataError, match=message):
        brought(tmp_path, kb, text)
    assert rows(kb) == before


def test_columns_can_be_named(tmp_path: Path, kb: Path) -> None:
    named = chosen({"text": "Frage", "answers": None}, ["answers=Antwort"])
    brought(tmp_path, kb, "Frage;Antwort\nHow heavy is it?;12 kg\n", columns=named)
    assert rows(kb)[1]["answers"] == ["12 kg"]
    with pytest.raises(DataError, match=r"no column 'Fragen' for the text. Columns: 'Frage', 'Antwort'. Did you mean 'Frage'"):
        brought(tmp_path, kb, "Frage;Antwort\na;b\n", columns={"text": "Fragen"})
    with pytest.raises(UnknownNameError, match="Did you mean 'kind'"):
        chosen({}, ["kinds=x"])
    with pytest.raises(ConfigurationError, match="FIELD=NAME"):
        chosen({}, ["kind"])


def test_excel_hint_and_short_rows(tmp_path: Path, kb: Path) -> None:
    done = brought(tmp_path, kb, "sep=;\nquestion;answer;tags\nHow heavy is it?;12 kg;a, b\nHow wide is it?;2 m\n")
    assert rows(kb)[1]["tags"] == ["a", "b"] and done.table.short == (4,)


def test_bytes_of_two_encodings_are_refused() -> None:
    with pytest.raises(DataError, match="line 2: UTF-8 text with bytes of another encoding"):
        decode("été\n".encode() + "été\n".encode("cp1252"), "file")


def test_a_folder_with_faults_and_a_shipped_sample_are_refused(tmp_path: Path, kb: Path) -> None:
    from knowledge_base.loading import locate

    with pytest.raises(DataError, match="ships with the program"):
        brought(tmp_path, locate("orlisund"), "question\nWhy?\n")
    (kb / "questions.jsonl").write_text("{\n")
    with pytest.raises(DataError, match="1 faults already"):
        brought(tmp_path, kb, "question\nWhy?\n")


def test_jsonl_with_lists_dialogues_and_squad_answers(tmp_path: Path, kb: Path) -> None:
    turns = [{"role": "user", "text": "Tell me of the pump."}, {"role": "assistant", "text": "Gladly."}]
    lines = [
        {"question": "How heavy is it?", "answers": {"text": ["12 kg"], "answer_start": [4]}, "history": turns},
        {"question": "How red is it?", "answers": ["very", "quite"]},
    ]
    path = table(tmp_path, "".join(json.dumps(line) + "\n" for line in lines), "in.jsonl")
    import_questions(path, kb)
    loaded = load(kb).questions
    assert loaded[1].answers == ("12 kg",) and [turn.role for turn in loaded[1].history] == ["user", "assistant"]
    assert loaded[2].answers == ("very", "quite")


@pytest.mark.parametrize("form", ["saved", "parquet", "jsonl", "dictionary"])
def test_a_question_set_survives_the_way_through_datasets(form: str, tmp_path: Path) -> None:
    import shutil

    import datasets

    from knowledge_base.loading import locate

    original = load("orlisund")
    made = to_dataset(original)
    source = tmp_path / ("set" if form in ("saved", "dictionary") else f"set.{form}")
    if form == "saved":
        made.save_to_disk(str(source))
    elif form == "dictionary":
        parts = {name: made.filter(lambda row, name=name: row["split"] == name).remove_columns("split") for name in ("train", "test")}
        datasets.DatasetDict(parts).save_to_disk(str(source))
    elif form == "parquet":
        made.to_parquet(str(source))
    else:
        made.to_json(str(source), force_ascii=False)
    folder = tmp_path / "kb"
    shutil.copytree(locate("orlisund") / "documents", folder / "documents")
    done = import_questions(source, folder)
    assert done.imported == len(original.questions) and not done.unanchored
    assert sorted(load(folder).questions, key=lambda q: q.id) == sorted(original.questions, key=lambda q: q.id)


def test_a_hub_name_without_network_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be loaded from the hub"):
        read_table("nobody-here/no-such-set")
    with pytest.raises(DataError, match="does not exist"):
        read_table(tmp_path / "missing.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="without a saved data set"):
        read_table(tmp_path / "folder")
    (tmp_path / "bad.parquet").write_bytes(b"PAR0")
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path / "bad.parquet")


CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf", "Cn", "Co")), min_size=1, max_size=12)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_what_csv_writes_is_read_back(pairs: list[tuple[str, str]], delimiter: str, end: str) -> None:
    import csv
    import io
    import tempfile

    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows([("question", "answer"), *pairs])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(stream.getvalue().encode())
        found = read_table(path)
    assert [(row["question"], row["answer"]) for _, row in found.rows] == pairs


def test_one_column_may_hold_commas_but_a_header_without_names_is_refused(tmp_path: Path, kb: Path) -> None:
    done = brought(tmp_path, kb, "question\nHow heavy, and how wide, is it?\nWhere is it?\n")
    assert done.table.delimiter == "none" and rows(kb)[1]["text"] == "How heavy, and how wide, is it?"
    with pytest.raises(DataError, match="more cells than the 1 columns in lines 2, 3"):
        brought(tmp_path, kb, "question\nHow tall is it?,3 m\nHow deep is it?,2 m\n")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"question": "Wh\\ud83dy?"}', "half of a character"),
        ('{"question": "Why?", "id": ' + "7" * 5000 + "}", "thousands of digits"),
        ('{"question": "Why?", "tags": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
    ],
)
@pytest.mark.parametrize("name", ["in.jsonl", "in.json"])
def test_json_that_python_stumbles_over_is_refused_and_leaves_nothing(row: str, message: str, name: str, tmp_path: Path) -> None:
    text = f'{{"question": "How?"}}\n{row}\n' if name == "in.jsonl" else f"[{row}]"
    with pytest.raises(DataError, match=f"line {2 if name == 'in.jsonl' else 1}: not valid JSON .*{message}"):
        import_questions(table(tmp_path, text, name), tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_refused_import_leaves_no_new_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="contradicting"):
        import_questions(table(tmp_path, "question,answer\nWhy?,a\nwhy,b\n"), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_full_disk_leaves_no_new_folder(tmp_path: Path) -> None:
    path = table(tmp_path, "question,answer\n" + "".join(f"How heavy is part {number}?,{number} kg\n" for number in range(500)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))  # kb.toml fits, the questions do not
    try:
        with pytest.raises(DataError, match=r"cannot write .*questions\.jsonl"):
            import_questions(path, tmp_path / "new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    assert import_questions(path, tmp_path / "new").imported == 500


def test_parts_of_a_data_set_that_name_no_split_are_imported_and_told(tmp_path: Path) -> None:
    import datasets

    parts = {name: datasets.Dataset.from_list([{"question": f"Why {name}?", "answer": "b"}]) for name in ("Dev", "fr", "test")}
    datasets.DatasetDict(parts).save_to_disk(str(tmp_path / "set"))
    done = import_questions(tmp_path / "set", tmp_path / "kb")
    assert done.table.undrawn == ("fr",) and done.imported == 3
    assert [row.get("split") for row in rows(tmp_path / "kb")] == ["validation", None, "test"]
    assert "parts that name no split: fr; the splits of their questions are drawn" in list(as_lines(done))


def test_a_quote_is_looked_for_in_all_documents_of_a_shared_title(tmp_path: Path, kb: Path) -> None:
    (kb / "documents" / "other.md").write_text("---\ntitle: The pump\nlanguage: en\n---\n\nIts hose is 3 m long.\n")
    done = brought(tmp_path, kb, "question,answer,document,quote\nHow long is the hose?,3 m,The pump,Its hose is 3 m long.\n")
    assert not done.unanchored
    assert load(kb).questions[1].evidence[0].document_id == "other"


def test_columns_that_are_not_read_and_documents_without_a_quote_are_told(tmp_path: Path, kb: Path) -> None:
    done = brought(tmp_path, kb, "Question;Réponse;Page;Source\nHow heavy is the pump?;12 kg;7;pump\nWhat colour?;red;8;\n")
    said = list(as_lines(done))
    assert "columns: text = Question, answers = Réponse, document = Source; not read: Page" in said
    assert "1 rows name a document and quote nothing of it, which is no evidence (line 2)" in said


def test_the_hint_of_excel_may_name_the_tab(tmp_path: Path, kb: Path) -> None:
    done = brought(tmp_path, kb, "sep=\t\r\nquestion\tanswer\r\nHow heavy, all in all?\t12 kg\r\n")
    assert done.table.delimiter == "tab" and [number for number, _ in done.table.rows] == [3]
    assert rows(kb)[1]["text"] == "How heavy, all in all?"

"""`ragft run import` and `ragft kb rebase` as a user meets them: what they say and their exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.shells.test_cli import knowledge_base, ragft


def test_rebase_exits_with_0_when_all_is_found_1_when_not_and_2_for_what_is_no_knowledge_base(tmp_path: Path) -> None:
    folder = knowledge_base(tmp_path / "kb")
    document = folder / "documents" / "bridge.md"
    document.write_text("# Bridge\n\nIt stands here. The bridge is some 42 km long.\n")
    dry = ragft("kb", "rebase", str(folder), "--dry-run")
    assert (dry.returncode, "would be rewritten" in dry.stdout) == (0, True), dry.stderr
    done = ragft("kb", "rebase", str(folder))
    assert done.returncode == 0, done.stderr
    # "some " is inserted: 26 characters of 26 and 31 stand in both, 2 * 26 / 57 = 91 %.
    assert "reworded in bridge (91 %)" in done.stdout
    assert "  was: The bridge is 42 km long.\n  now (91 %): The bridge is some 42 km long.\n" in done.stdout
    assert (folder / "questions.jsonl.bak").exists()
    document.write_text("# Bridge\n\nThe bridge is some 43 km long.\n")
    stale = ragft("kb", "rebase", str(folder))
    assert stale.returncode == 1
    assert "question q1: answer changed" in stale.stdout
    assert ragft("kb", "rebase", str(tmp_path / "none")).returncode == 2


def test_import_says_what_it_kept_what_not_and_what_comes_next(tmp_path: Path) -> None:
    knowledge_base(tmp_path / "kb")
    (tmp_path / "ragft.toml").write_text('[knowledge_base]\npath = "kb"\n')
    (tmp_path / "answers.csv").write_text("question,answer,sources\nHow long is the bridge?,42 km,bridge\nHow high is it?,9 m\n")
    done = ragft("run", "import", "answers.csv", "--system", "ours", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "test: 1 of 1 questions answered" in done.stdout
    assert "line 3: 'How high is it?': no question has these words" in done.stdout
    assert "1 rows are shorter than the header and were read with empty cells (first: line 3)" in done.stdout
    assert "ragft compare -s base -s rag -s ours" in done.stdout
    assert "imported answers" in ragft("doctor", cwd=tmp_path).stdout
    refused = ragft("run", "import", "none.csv", "--system", "ours", cwd=tmp_path)
    assert refused.returncode == 2 and refused.stderr.startswith("error: ")

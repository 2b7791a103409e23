"""Adapter folders: what is listed, read, refused, deleted and exported."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from finetune.adapters import delete, list_adapters, read_manifest
from finetune.cards import alarm_lines
from finetune.exporting import export, portable_base
from finetune.model import Alarm
from foundation.errors import DataError, UnsupportedError
from foundation.files import write_json
from foundation.jsonable import to_json
from tests.finetune.manifests import manifest, write_adapter
from tests.finetune.tiny import build_model


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("base") / "tiny-llama")


def test_a_manifest_survives_the_disk(tmp_path: Path) -> None:
    (tmp_path / "adapter_model.safetensors").write_bytes(b"")
    write_json(tmp_path / "manifest.json", to_json(manifest()))
    assert read_manifest(tmp_path) == manifest()


@pytest.mark.parametrize("change", [{"recipe": "mix"}, {"training_fingerprint": None}])
def test_a_manifest_of_an_earlier_version_gets_one_error_with_the_way_out(tmp_path: Path, change: dict[str, str | None]) -> None:
    data = {key: value for key, value in {**to_json(manifest()), **change}.items() if value is not None}
    folder = tmp_path / "main"
    folder.mkdir()
    (folder / "adapter_model.safetensors").write_bytes(b"")
    write_json(folder / "manifest.json", data)
    with pytest.raises(DataError, match=r"earlier version.*ragft train main"):
        read_manifest(folder)


def test_an_adapter_is_deleted_whole(tmp_path: Path) -> None:
    folder = tmp_path / "adapters" / "main"
    folder.mkdir(parents=True)
    write_json(folder / "manifest.json", to_json(manifest()))
    assert list_adapters(tmp_path) == ("main",)
    delete(folder)
    assert list((tmp_path / "adapters").iterdir()) == []


def test_an_exported_folder_is_loaded_by_plain_peft_and_names_no_path(tmp_path: Path, base: Path) -> None:
    import torch
    from peft import PeftModel

    from chatbot.loading import load_model

    made = write_adapter(tmp_path / "adapters" / "main", base)
    out = export(tmp_path / "adapters" / "main", made, tmp_path / "out" / "main")
    assert sorted(path.name for path in out.iterdir()) == ["README.md", "adapter_config.json", "adapter_model.safetensors"]
    assert str(tmp_path) not in "".join(path.read_text() for path in out.iterdir() if path.suffix in (".md", ".json"))
    assert json.loads((out / "adapter_config.json").read_text())["base_model_name_or_path"] == "tiny-llama"
    ids = torch.tensor([[1, 2, 3]])
    gaps = []
    for folder in (tmp_path / "adapters" / "main", out):
        model, _ = load_model(base, "float32")
        plain = model(ids).logits
        gaps.append(PeftModel.from_pretrained(model, str(folder))(ids).logits - plain)
    assert torch.equal(gaps[0], gaps[1])
    assert gaps[0].abs().max() > 0.01  # the adapter does something


def test_the_same_adapter_gives_the_same_zip(tmp_path: Path, base: Path) -> None:
    made = write_adapter(tmp_path / "main", base)
    one, two = (export(tmp_path / "main", made, tmp_path / name) for name in ("one.zip", "two.zip"))
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["main/README.md", "main/adapter_config.json", "main/adapter_model.safetensors"]
        weights = archive.read("main/adapter_model.safetensors")
    assert weights == (tmp_path / "main" / "adapter_model.safetensors").read_bytes()


def test_gguf_of_base_and_adapter_goes_along(tmp_path: Path, base: Path) -> None:
    import gguf

    made = write_adapter(tmp_path / "main", base)
    out = export(tmp_path / "main", made, tmp_path / "out", gguf_base=base)
    read = gguf.GGUFReader(out / "main.gguf")
    assert "blk.1.ffn_down.weight" in {tensor.name for tensor in read.tensors}
    assert "main.gguf" in (out / "README.md").read_text()


def test_nothing_is_written_over_and_nothing_half(tmp_path: Path, base: Path) -> None:
    made = write_adapter(tmp_path / "main", base)
    (tmp_path / "out").mkdir()
    with pytest.raises(DataError, match="exists already"):
        export(tmp_path / "main", made, tmp_path / "out")
    (tmp_path / "main" / "adapter_model.safetensors").unlink()
    with pytest.raises(DataError):
        export(tmp_path / "main", made, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["main", "out"]


def test_a_full_training_is_no_adapter(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="whole model"):
        export(tmp_path, manifest(method="full"), tmp_path / "out")


def test_the_card_tells_data_recipe_alarms_and_licence(tmp_path: Path, base: Path) -> None:
    fired = Alarm("leak", "fired", "loss-ratio", 2.0, 1.5, 2.5, 1.2, 30)
    idle = Alarm("forgetting", "not run", "loss-ratio", None, None, None, None, 0, reason="no probes in this language")
    made = write_adapter(tmp_path / "main", base, alarms=(fired, idle))
    card = (export(tmp_path / "main", made, tmp_path / "out") / "README.md").read_text()
    front = card.split("---")[1]
    assert "base_model: tiny-llama" in front
    assert "license" not in front  # none is claimed
    for part in ("2 questions", "- raft: 0.5 parts", "| leak | fired | 2 (1.5 to 2.5) loss-ratio | 1.2 | 30 |", "no probes", "## Licence"):
        assert part in card
    assert "random" in card


def test_without_alarms_the_card_says_so() -> None:
    assert alarm_lines(()) == ["No alarms were run."]


def test_a_folder_that_looks_like_a_hub_id_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "ours").mkdir(parents=True)
    assert portable_base("models/ours") == "ours"
    assert portable_base("org/ours") == "org/ours"

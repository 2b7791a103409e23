"""A merged model is what base and adapter are together, or it is not written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from finetune.merging import merge
from finetune.model import AdapterManifest, TrainingExample
from foundation.errors import DataError, MismatchError, UnsupportedError
from tests.chatbot.tiny import build_t5
from tests.finetune.manifests import manifest, write_adapter
from tests.finetune.tiny import build_model

EXAMPLES = (TrainingExample("q1", "parity", "", "", (5, 6, 7, 8), (9, 10, 11)), TrainingExample("q2", "parity", "", "", (12, 13), (14,)))


class Trained(NamedTuple):
    base: Path
    adapter: Path
    manifest: AdapterManifest


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    root = tmp_path_factory.mktemp("merging")
    base = build_model(root / "base")
    return Trained(base, root / "main", write_adapter(root / "main", base))


def test_transformers_loads_the_merged_folder_plainly_and_it_computes_the_same(trained: Trained, tmp_path: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    found = merge(trained.adapter, trained.manifest, trained.base, tmp_path / "merged", EXAMPLES)
    ids = torch.tensor([[20, 21, 22, 23, 24]])  # none of the prompts that parity was measured on
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")(ids).logits
    base = AutoModelForCausalLM.from_pretrained(trained.base)
    alone = base(ids).logits.clone()
    apart = PeftModel.from_pretrained(base, str(trained.adapter))(ids).logits
    assert (merged - apart).abs().max() < 1e-3
    assert (merged - alone).abs().max() > 0.1
    assert AutoTokenizer.from_pretrained(tmp_path / "merged").chat_template
    assert found.within
    assert (found.parity.prompts, found.parity.positions, found.parity.agreement) == (2, 4, 1.0)
    assert json.loads((tmp_path / "merged" / "merged.json").read_text())["parity"]["largest_gap"] == found.parity.largest_gap


def test_beyond_the_tolerance_nothing_is_written_unless_asked(trained: Trained, tmp_path: Path) -> None:
    arguments = (trained.adapter, trained.manifest, trained.base, tmp_path / "merged", EXAMPLES)
    with pytest.raises(MismatchError, match=r"tolerance 1e-09.*--despite-gap"):
        merge(*arguments, precision="bfloat16", tolerance=1e-9)
    assert list(tmp_path.iterdir()) == []
    found = merge(*arguments, precision="bfloat16", tolerance=1e-9, despite=True)
    assert not found.within
    assert json.loads((tmp_path / "merged" / "merged.json").read_text())["within"] is False


def test_bfloat16_is_further_off_and_half_as_large(trained: Trained, tmp_path: Path) -> None:
    arguments = (trained.adapter, trained.manifest, trained.base)
    exact = merge(*arguments, tmp_path / "exact", EXAMPLES)
    rounded = merge(*arguments, tmp_path / "rounded", EXAMPLES, precision="bfloat16", despite=True)
    assert rounded.parity.largest_gap > exact.parity.largest_gap
    sizes = [(tmp_path / name / "model.safetensors").stat().st_size for name in ("exact", "rounded")]
    assert sizes[1] < 0.6 * sizes[0]


def test_an_encoder_decoder_is_merged_too(tmp_path: Path) -> None:
    base = build_t5(tmp_path / "t5")
    made = write_adapter(tmp_path / "main", base)
    found = merge(tmp_path / "main", made, base, tmp_path / "merged", EXAMPLES)
    assert found.within
    assert found.parity.positions == 4


def test_what_quantisation_changed_is_measured(trained: Trained, tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes")
    made = manifest(**{**vars(trained.manifest), "method": "qlora"})
    found = merge(trained.adapter, made, trained.base, tmp_path / "merged", EXAMPLES)
    assert found.quantised is not None
    assert found.quantised.largest_gap > 10 * found.parity.largest_gap  # four bits are coarse


def test_another_base_is_refused(trained: Trained, tmp_path: Path) -> None:
    other = build_model(tmp_path / "other", seed=5)
    with pytest.raises(MismatchError, match="fits"):
        merge(trained.adapter, trained.manifest, other, tmp_path / "merged", EXAMPLES)


def test_a_disk_without_room_is_told_before_anything_is_loaded(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))  # a full disk, which a test cannot make
    with pytest.raises(DataError, match=r"GiB.*Free space"):
        merge(trained.adapter, trained.manifest, trained.base, tmp_path / "merged", EXAMPLES)


def test_a_place_that_cannot_be_written_is_one_error(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DataError, match=r"cannot write .*merged: File exists\. Free space or choose another folder"):
        merge(trained.adapter, trained.manifest, trained.base, tmp_path / "file" / "merged", EXAMPLES)
    assert (tmp_path / "file").read_text() == "no folder"


def test_a_disk_that_fills_up_while_weights_are_written_is_one_error(trained: Trained, tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from finetune.adapters import read_manifest
from finetune.merging import merge
from foundation.errors import DataError
from tests.finetune.test_merging import EXAMPLES
adapter, base, out = map(Path, sys.argv[1:])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # the system refuses larger files, as a full disk would
try:
    merge(adapter, read_manifest(adapter), base, out, EXAMPLES)
except DataError as error:
    print(error)
"""
    command = [sys.executable, "-c", script, str(trained.adapter), str(trained.base), str(tmp_path / "merged")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "cannot write" in done.stdout and "Free space or choose another folder" in done.stdout, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_adapter_that_is_damaged_is_not_taken_for_a_full_disk(trained: Trained, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(trained.adapter, tmp_path / "main"))
    weights = damaged / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(DataError, match=r"cannot load the adapter .*ragft train main"):
        merge(damaged, trained.manifest, trained.base, tmp_path / "merged", EXAMPLES)


def test_what_cannot_be_merged_is_refused(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="whole model"):
        merge(trained.adapter, manifest(method="full"), trained.base, tmp_path / "merged", EXAMPLES)
    with pytest.raises(DataError, match="no question with an answer"):
        merge(trained.adapter, trained.manifest, trained.base, tmp_path / "merged", ())
    with pytest.raises(DataError, match="exists already"):
        merge(trained.adapter, trained.manifest, trained.base, tmp_path, EXAMPLES)

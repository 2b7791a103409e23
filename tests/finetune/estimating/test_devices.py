"""GPUs by the names that drivers give them."""

from __future__ import annotations

import pytest

from finetune.estimating.devices import gpu_named

GB = 10**9


@pytest.mark.parametrize(
    ("name", "memory", "model"),
    [
        ("NVIDIA A100-SXM4-80GB", 85.1, "A100-80"),
        ("NVIDIA A100-SXM4-40GB", 42.4, "A100-40"),
        ("NVIDIA A100-PCIE-40GB", 42.4, "A100-40"),
        ("NVIDIA A100 80GB PCIe", 85.1, "A100-80"),
        ("Tesla T4", 15.8, "T4"),
        ("Tesla V100-SXM2-16GB", 16.9, "V100-16"),
        ("Tesla V100-SXM2-32GB", 34.1, "V100-32"),
        ("NVIDIA A10", 23.8, "A10"),
        ("NVIDIA L4", 23.6, "L4"),
        ("NVIDIA L40S", 47.7, "L40S"),
        ("NVIDIA RTX A6000", 51.0, "A6000"),
        ("NVIDIA GeForce RTX 3090", 25.4, "RTX3090"),
        ("NVIDIA GeForce RTX 4090", 25.4, "RTX4090"),
        ("NVIDIA H100 80GB HBM3", 85.0, "H100"),
        ("NVIDIA H200", 150.0, "H200"),
    ],
)
def test_a_gpu_is_known_by_its_drivers_name(name: str, memory: float, model: str) -> None:
    found = gpu_named(name, int(memory * GB))
    assert found is not None and found.name == model


@pytest.mark.parametrize(
    "name",
    [
        "NVIDIA RTX A1000",
        "NVIDIA L40",
        "NVIDIA A10G",
        "NVIDIA T400 4GB",
        "NVIDIA T4G",
        "NVIDIA RTX 6000 Ada Generation",
        "NVIDIA GH200 480GB",
        "NVIDIA GeForce RTX 4090 Laptop GPU",
        "NVIDIA A100-SXM4-40GB MIG 1g.5gb",
        "AMD Instinct MI250X",
        "",
    ],
)
def test_another_gpu_is_not_taken_for_one_with_a_like_name(name: str) -> None:
    assert gpu_named(name, 8 * GB) is None

"""What a training takes of a machine, against sums by hand: steps, memory, threads."""

import os

import pytest
import torch

from rnnlab.config import hardware
from rnnlab.errors import InputError

TRAINER = {
    "accelerator": "cpu", "devices": 1, "nodes": 1, "strategy": "auto", "precision": "32-true", "deterministic": True,
    "detect_anomaly": False, "accumulate": 1, "max_epochs": None, "max_steps": None, "max_time": None,
    "check_every": "epoch",
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "steps", "every"),
    [
        ({"max_epochs": 2}, 20, None),
        ({"max_epochs": 2, "accumulate": 3}, 8, None),  # of 10 batches 3 + 3 + 3 + 1
        ({"max_epochs": 2, "max_steps": 15}, 15, None),
        ({"max_steps": 50, "max_epochs": 2}, 20, None),
        ({"max_steps": 50, "check_every": 7}, 50, 7),
        ({"max_steps": 50, "check_every": 7, "accumulate": 3}, 50, 21),  # batches, of which a step is three
        ({"max_steps": 5, "check_every": 7, "accumulate": 3}, 5, 15),  # one check at the end
    ],
)
def test_steps_and_checks_are_counted_in_batches_of_ten_an_epoch(values, steps, every):
    settings, total = hardware.settings({"trainer": TRAINER | values}, steps_per_epoch=10)
    assert total == steps and settings["val_check_interval"] == every
    assert settings["check_val_every_n_epoch"] == (1 if every is None else None)


def test_a_training_without_an_end_is_refused():
    with pytest.raises(InputError, match=r"training would not end .*trainer\.max_steps"):
        hardware.settings({"trainer": TRAINER}, steps_per_epoch=10)


def test_a_network_needs_four_numbers_a_weight_and_may_take_all_the_memory_there_is(monkeypatch):
    weights = {"a": torch.empty(10, 5, device="meta"), "b": torch.empty(25, dtype=torch.float64, device="meta")}
    needed = 4 * (50 * 4 + 25 * 8)
    for there in (needed, needed - 1):
        monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": there, "SC_PAGE_SIZE": 1}.__getitem__)
        if there == needed:
            hardware.check_memory(weights, 10)
        else:
            with pytest.raises(InputError, match=r"model\.hidden_size=10"):
                hardware.check_memory(weights, 10)


def test_tiny_networks_have_one_thread_and_whoever_asks_for_more_gets_them(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    for asked, units, threads in (("auto", 511, 1), ("auto", 512, 6), (3, 8, 3), (1, 4096, 1)):
        assert hardware.threads({"trainer": {"threads": asked}, "model": {"hidden_size": units}}) == threads

"""When the carry comes about, on a network that is silent at first and exact in the end."""

import torch

from rnnlab.inference.load import load
from rnnlab.inspection import alignment, growth, study
from rnnlab.runs import checkpoint
from saved_runs import save_adder


def test_a_silent_network_is_followed_by_chance_and_an_exact_one_always(tmp_path, monkeypatch):
    monkeypatch.setattr(alignment, "STEPS", 100)
    monkeypatch.setattr(study, "ROWS", 64)
    run = save_adder(tmp_path / "run")
    best = checkpoint.read(run / "checkpoints" / "best.ckpt")
    silent = {name: torch.zeros_like(value) for name, value in best["state_dict"].items()}
    checkpoint.write(tmp_path / "check_00001.ckpt", best | {"state_dict": silent})
    found = {"used": {"needed": ["hidden 1"], "carry": {"smallest": 1}}}
    measure = growth.measuring(load(run), found, 2, 0, print)
    first, last = measure(load(tmp_path / "check_00001.ckpt")), measure(load(run))
    assert set(first["read"]) == {"carry", "sum bit", "place"} and set(first["followed"]) == {"carry"}
    assert first["score"]["value"] < 0.1 and last["score"]["value"] == 1.0
    assert abs(first["followed"]["carry"]["value"] - 0.5) < 0.05  # says 0 at every step
    assert last["followed"]["carry"]["value"] == 1.0
    assert first["read"]["carry"]["value"] < 0.7 and last["read"]["carry"]["value"] == 1.0


def test_what_was_not_found_is_looked_for_in_one_direction_and_what_has_none_not_at_all():
    used = {"cut alone": {"hidden 1": {}}, "needed": [], "carry": {"smallest": 3}, "sum": {"smallest": None}}
    assert growth.sizes({"used": used}) == {"carry": 3, "sum": 1} and growth.sizes({}) == {}

"""All numbers of one run, on the adder of three units whose every number is known."""

import json

import pytest
import torch

from rnnlab.errors import InputError
from rnnlab.inference.load import load
from rnnlab.inspection import alignment, dynamics, probes, progress, study
from saved_runs import save, save_adder


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(alignment, "STEPS", 150)
    monkeypatch.setattr(dynamics, "STEPS", 50)
    monkeypatch.setattr(probes, "MOST", 300)
    monkeypatch.setattr(probes, "DECAYS", (1e-3,))
    monkeypatch.setattr(probes, "UNITS", 16)
    monkeypatch.setattr(study, "ROWS", 64)


def test_of_an_adder_it_says_what_is_known_used_and_how_it_moves(tmp_path):
    found = json.loads(json.dumps(study.study(load(save_adder(tmp_path / "run")), 6)))
    assert found["score"]["value"] == 1.0 and found["state"] == 3
    carry = found["known"]["carry"]["linear"]
    assert carry["untrained"]["value"] < carry["score"]["value"]
    assert carry["score"]["value"] == 1.0 and carry["control"]["high"] < 0.75
    assert found["used"]["needed"] == ["hidden 1", "hidden 2", "hidden 3"]
    assert [one["size"] for one in found["used"]["carry"]["exchanged"]] == [1]
    assert found["used"]["carry"]["moved"]["1"]["value"] == 1.0
    zeros = found["dynamics"]["points"]["0 0"]["slowest"]
    assert any(point["fixed"] for point in zeros)
    assert set(found["dynamics"]) == {"points", "lyapunov", "memory"}


def test_a_large_state_has_no_jacobians_and_how_far_it_is_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "SQUARE", 2)
    monkeypatch.setattr(study, "MOST", 2)
    monkeypatch.setattr(progress, "OFTEN", 0.0)
    monkeypatch.setattr(study, "ROWS", 16)
    monkeypatch.setattr(probes, "UNITS", 2)
    lines = []
    found = study.study(load(save_adder(tmp_path / "run")), 3, told=lines.append)
    assert set(found["dynamics"]) == {"memory"} and "used" not in found
    assert len(lines) == 2 and lines[0].startswith("study: ") and "now what is known of sum bit, about " in lines[0]


def test_of_a_state_that_explodes_nothing_is_measured(tmp_path):
    def explosive(network):
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=1e30)

    relu = ("task=binaryaddition", "model=rnn", "model.nonlinearity=relu")
    with pytest.raises(InputError, match="its state grows beyond all numbers"):
        study.study(load(save(tmp_path / "run", *relu, set_weights=explosive)), 4)


@pytest.mark.slow
def test_equal_seeds_say_the_same_and_no_global_generator_is_touched(tmp_path):
    loaded = load(save_adder(tmp_path / "run"))
    before = torch.get_rng_state()
    assert study.study(loaded, 4) == study.study(loaded, 4)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.slow
def test_every_model_can_be_studied(model_name, tmp_path):
    found = study.study(load(save(tmp_path / "run", "task=digitsum", f"model={model_name}")), 2)
    assert set(found["known"]) == {"running sum", "last digit", "place"}
    assert found["used"]["running sum"]["exchanged"]

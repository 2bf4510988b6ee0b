"""The plane of the states: by hand where they lie in one, and a picture for each quantity."""

import numpy as np
import torch

from rnnlab.batch import IGNORE, Batch
from rnnlab.inference.load import load
from rnnlab.inspection import portrait, study
from saved_runs import save_adder


def test_states_that_lie_in_a_plane_are_all_in_it_the_widest_way_first():
    generator = torch.Generator().manual_seed(1)
    true = torch.linalg.qr(torch.randn(5, 2, generator=generator).double()).Q
    within = torch.randn(40, 3, 2, generator=generator).double() * torch.tensor([3.0, 1.0])
    states = within @ true.T + 7.0
    seen = portrait.plane(states)
    assert abs(seen.share - 1) < 1e-9
    there = seen.of(states)
    assert torch.allclose(there @ seen.across.T + seen.middle, states)
    assert there[..., 0].var() > 2 * there[..., 1].var() and abs((there[..., 0] * there[..., 1]).mean()) < 1e-9


def test_every_quantity_has_a_picture_and_of_states_without_one_nothing_is_drawn(tmp_path):
    loaded = load(save_adder(tmp_path / "run"))
    batch = loaded.task.batch(8, 4, torch.Generator().manual_seed(0))
    reached = study.states(loaded.network, batch)
    point = {"at": [0.0, 0.0], "fixed": True, "stable": False}
    found = {"dynamics": {"points": {"0 0": {"slowest": [point]}}}}
    drawn = portrait.pictures(loaded.task, batch, reached, found, "rnn")
    assert drawn.keys() == {"states_carry.png", "states_sum_bit.png"} and drawn["states_carry.png"][:4] == b"\x89PNG"
    assert drawn != portrait.pictures(loaded.task, batch, reached, {}, "rnn")

    class Silent:
        def quantities(self, batch: Batch):
            return {"carry": torch.full_like(batch.targets, IGNORE)}

    assert portrait.pictures(Silent(), batch, reached, {}, "rnn") == {}


def test_states_that_never_move_have_a_plane_too():
    seen = portrait.plane(torch.ones(3, 2, 4))
    assert np.isfinite(seen.of(torch.ones(3, 2, 4).double()).numpy()).all() and seen.share == 0

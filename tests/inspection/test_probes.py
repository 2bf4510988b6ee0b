"""Probes find what was put there, in one unit, in its magnitude or in two together, and nothing where nothing is."""

import torch

from rnnlab.batch import IGNORE
from rnnlab.inspection.probes import fitted, known, samples


def states(seeded, rows=200, steps=4, size=6):
    return torch.randn(rows, steps, size, generator=seeded(1))


def test_a_quantity_in_one_direction_is_read_by_a_line(seeded):
    x = states(seeded)
    found = known(samples(x, (x[..., 0] + x[..., 3] > 0).long()), None)
    assert found.score.value > 0.97 and abs(found.control.value - 0.5) < 0.1
    assert found.selectivity.low > 0.35 and found.untrained is None


def test_what_two_units_hold_together_is_read_by_no_line_but_by_a_net(seeded):
    x = states(seeded)
    both = samples(x, (x[..., 1] * x[..., 2] > 0).long())
    assert known(both, None).score.high < 0.65
    assert known(both, None, linear=False).score.value > 0.85


def test_a_magnitude_is_read_by_a_net(seeded):
    x = states(seeded)
    size = samples(x, (x[..., 5].abs() > 0.67).long())
    assert known(size, None).score.high < 0.65
    assert known(size, None, linear=False).score.value > 0.9


def test_nothing_is_read_from_noise(seeded):
    found = known(samples(states(seeded), torch.randint(2, (200, 4), generator=seeded(2))), None)
    assert abs(found.score.value - 0.5) < 0.06 and found.selectivity.low < 0 < found.selectivity.high


def test_a_number_of_many_values_is_read_by_regression(seeded):
    number = torch.randint(100, (200, 4), generator=seeded(3))
    x = states(seeded)
    x[..., 2] = number / 10 + 0.1 * x[..., 2]
    found = known(samples(x, number), samples(states(seeded), number))
    assert found.score.value > 0.99 and found.control.value < 0.05 and found.untrained.value < 0.05


def test_steps_without_a_value_do_not_count(seeded):
    values = torch.zeros(200, 4, dtype=torch.int64)
    values[:, 1:] = IGNORE
    assert len(samples(states(seeded), values).values) == 200


def test_a_line_through_points_on_a_plane_is_that_plane(seeded):
    x = torch.randn(500, 3, generator=seeded(4)).double()
    wanted = x @ torch.tensor([[1.0], [-2.0], [0.5]]).double() + 3
    probe = fitted(x, wanted, 1, True, seeded(), 1e-4)
    assert torch.allclose(probe(x), wanted, atol=5e-3)

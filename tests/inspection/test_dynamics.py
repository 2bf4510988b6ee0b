"""Fixed points, exponents and memory of maps whose answers can be worked out."""

import math

import pytest
import torch

from rnnlab.inspection.dynamics import jacobian, lasts, lyapunov, memory, points


def starts(seeded, size, count=30):
    return torch.randn(count, size, generator=seeded()).double()


def test_a_hand_made_network_has_its_three_fixed_points():
    """x = tanh(2 x): 0, where the slope is 2, and +-0.9575..., where it is 2 (1 - x^2)."""
    found = sorted(
        points(lambda x: torch.tanh(2 * x), torch.linspace(-1, 1, 41).double().unsqueeze(1)), key=lambda p: p.state
    )
    root = 0.9575040240772687
    assert [float(point.state) for point in found] == pytest.approx([-root, 0, root], abs=1e-9)
    assert [point.stable for point in found] == [True, False, True] and all(point.fixed for point in found)
    slopes = [float(point.eigenvalues[0].real) for point in found]
    assert slopes == pytest.approx([2 * (1 - root**2), 2, 2 * (1 - root**2)])


def test_a_rotation_turns_around_one_point(seeded):
    turn = 0.3
    matrix = torch.tensor([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]).double()
    (one,) = points(lambda x: x @ matrix.T, starts(seeded, 2))
    assert one.state.abs().max() < 1e-9
    assert one.eigenvalues.abs().tolist() == pytest.approx([1, 1])
    assert sorted(one.eigenvalues.angle().tolist()) == pytest.approx([-turn, turn])


def test_a_linear_map_has_the_point_that_algebra_gives(seeded):
    matrix, shift = 0.4 * starts(seeded, 4, 4), starts(seeded, 4, 1)
    (one,) = points(lambda x: x @ matrix.T + shift, starts(seeded, 4))
    assert torch.allclose(one.state, torch.linalg.solve(torch.eye(4).double() - matrix, shift[0]))
    known = torch.linalg.eigvals(matrix).abs().sort(descending=True).values
    assert torch.allclose(one.eigenvalues.abs(), known) and one.stable


def test_where_the_state_creeps_there_are_slow_points_and_no_fixed_one(seeded):
    found = points(lambda x: x + 0.001 + 0.1 * x**2, starts(seeded, 1))
    assert found and not any(point.fixed for point in found)
    assert min(abs(float(point.state)) for point in found) < 0.05


def test_a_stable_point_is_found_where_the_state_settles_however_far_that_is(seeded):
    (one,) = points(lambda x: 0.9 * x + 10, starts(seeded, 1))
    assert float(one.state) == pytest.approx(100) and one.fixed and one.stable


def test_where_all_runs_away_there_is_no_point(seeded):
    assert points(lambda x: x + 1, starts(seeded, 2)) == []


def test_a_jacobian_is_that_of_finite_differences(seeded):
    matrix, x, small = starts(seeded, 3, 3), starts(seeded, 3, 5), 1e-6

    def step(x):
        return torch.tanh(x @ matrix.T)

    columns = [(step(x + small * one) - step(x - small * one)) / (2 * small) for one in torch.eye(3).double()]
    assert torch.allclose(jacobian(step, x), torch.stack(columns, 2), atol=1e-8)


def test_exponents_of_a_stretch_are_its_logarithms():
    stretch = torch.diag(torch.tensor([0.5, 2.0, 1.0]).double()).expand(40, 3, 3)
    assert lyapunov(stretch).tolist() == pytest.approx([math.log(2), 0, -math.log(2)])


def test_exponents_of_one_map_again_and_again_are_the_logarithms_of_its_eigenvalues(seeded):
    mixing = starts(seeded, 2, 2)
    matrix = mixing @ torch.diag(torch.tensor([2.0, 0.5]).double()) @ torch.linalg.inv(mixing)
    assert lyapunov(matrix.expand(500, 2, 2)).tolist() == pytest.approx([math.log(2), -math.log(2)], abs=0.02)


def test_exponents_add_up_to_the_mean_log_determinant(seeded):
    jacobians = torch.randn(100, 6, 6, generator=seeded()).double()
    assert float(lyapunov(jacobians).sum()) == pytest.approx(float(torch.linalg.slogdet(jacobians)[1].mean()))


def test_a_perturbation_that_halves_is_gone_after_two_steps(seeded):
    layers = torch.tensor([0, 0, 1, 1])
    keep = torch.tensor([0.5, 0.5, 0.9, 0.9]).double()
    left = memory([lambda x: keep * x] * 12, starts(seeded, 4), layers)
    assert left[0].tolist() == pytest.approx([0.5**step for step in range(13)])
    assert left[1].tolist() == pytest.approx([0.9**step for step in range(13)])
    assert lasts(left) == [2, 10]  # 0.5^2 and 0.9^10 are the first below 1/e
    assert lasts(left[:, :9]) == [2, None]

"""Learning-rate schedules at points computed by hand."""

import math

import pytest

from rnnlab.errors import InputError
from rnnlab.training.schedules import constant, cosine, one_cycle, plateau


def test_constant_is_one_throughout():
    assert [constant()(progress, [1.0, 2.0]) for progress in (0.0, 0.5, 0.99)] == [1, 1, 1]


@pytest.mark.parametrize(
    "progress, factor",
    [
        (0.0, 0.01),  # not zero: the first step moves something
        (0.05, 0.25),
        (0.1, 0.5),
        (0.2, 1.0),
        (0.4, 0.1 + 0.9 * (1 + math.sqrt(0.5)) / 2),
        (0.6, 0.55),
        (0.8, 0.1 + 0.9 * (1 - math.sqrt(0.5)) / 2),
        (1.0, 0.1),
    ],
)
def test_cosine_rises_in_a_line_and_falls_in_half_a_cosine(progress, factor):
    assert cosine(warmup=0.2, final=0.1)(progress, []) == pytest.approx(factor)


def test_cosine_without_warmup_starts_at_the_full_rate():
    schedule = cosine(warmup=0)
    assert [schedule(progress, []) for progress in (0, 0.5, 1)] == pytest.approx([1, 0.5, 0])


@pytest.mark.parametrize(
    "progress, factor",
    [(0.0, 0.2), (0.1, 0.2 + 0.8 * 0.25), (0.15, 0.6), (0.3, 1.0), (0.65, 0.505), (1.0, 0.01), (1.2, 0.01)],
)
def test_one_cycle_rises_and_falls_in_half_cosines(progress, factor):
    assert one_cycle(rise=0.3, start=0.2, final=0.01)(progress, []) == pytest.approx(factor)


@pytest.mark.parametrize(
    "losses, factor",
    [
        ([], 1),
        ([5], 1),
        ([5, 5], 1),  # one check without a lower loss
        ([5, 5, 6], 0.1),
        ([5, 6, 4, 4], 1),  # a lower one starts the count again
        ([5, 6, 4, 4, 4], 0.1),
        ([5, 6, 7, 8], 0.1),
        ([5, 6, 7, 8, 9], 0.01),
        ([5, 6, 7, 4, 5, 5], 0.01),
        ([math.nan, math.nan], 0.1),
    ],
)
def test_plateau_lowers_the_rate_after_so_many_checks_without_a_lower_loss(losses, factor):
    assert plateau(factor=0.1, patience=2)(0.5, losses) == pytest.approx(factor)


@pytest.mark.parametrize(
    "make, key",
    [
        (lambda: cosine(warmup=1.0), "warmup"),
        (lambda: cosine(final=-0.1), "final"),
        (lambda: one_cycle(rise=0), "rise"),
        (lambda: one_cycle(start=2), "start"),
        (lambda: one_cycle(final=math.nan), "final"),
        (lambda: plateau(factor=0), "factor"),
        (lambda: plateau(patience=0), "patience"),
        (lambda: plateau(patience=1.5), "patience"),
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(make, key):
    with pytest.raises(InputError, match=f"{key}="):
        make()

"""Where values lie, and which are named: read off by hand, and for any axis that there may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import quick
from rnnlab.reports.axis import Axis, named


def test_a_straight_axis_has_the_middle_in_the_middle_and_a_logarithmic_one_the_geometric_mean():
    straight, log = Axis([0, 10], 200, 100), Axis([1, 100], 0, 50, log=True)
    assert [straight(value) for value in (0, 5, 10)] == [200, 150, 100]
    assert [log(value) for value in (1, 10, 100)] == pytest.approx([0, 25, 50])
    assert straight(-3) == 200 and straight(11) == 100 and log(0) == 0  # outside is at the border


def test_values_below_nothing_use_the_whole_height():
    axis = Axis([-3.0, -1.0], 0, 100)
    assert (axis.low, axis.high) == (-3, -1)


def test_what_is_no_number_or_of_no_width_still_has_an_axis():
    assert Axis([float("nan"), float("inf")], 0, 1)(0.5) == 0.5
    assert Axis([4, 4], 0, 1)(4) == 0.5 and Axis([0, 0], 0, 1)(0) == 0.5 and Axis([0, 0], 0, 1, log=True)(0) == 0.5


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis([0, 1], 0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (Axis([-7, 42], 0, 1), [0, 10, 20, 30, 40]),
        (Axis([1, 3], 0, 1, whole=True), [1, 2, 3]),
        (Axis([2, 30], 0, 1, log=True), [2, 5, 10, 20]),
        (Axis([0.005, 20], 0, 1, log=True), [0.01, 0.1, 1, 10]),
        (Axis([0, 0.02, 20], 0, 1, log=True), [0.1, 1, 10]),
    ],
)
def test_ticks_are_round(axis, ticks):
    assert axis.ticks() == pytest.approx(ticks)


numbers = some.floats(-1e99, 1e99) | some.integers(-1000, 1000) | some.floats(0, 1)


@quick
@given(some.lists(numbers, min_size=2), some.booleans())
def test_there_are_three_to_eight_ticks_and_they_lie_on_the_axis(values, log):
    axis = Axis(values, 0, 1, log)
    ticks = axis.ticks()
    room = 1e-6 * (axis.high - axis.low)
    assert 3 <= len(ticks) <= 8 and ticks == sorted(ticks)
    assert axis.low - room <= ticks[0] and ticks[-1] <= axis.high + room


def test_ticks_are_written_short():
    written = {
        0: "0",
        0.5: "0.5",
        1e-5: "1e-5",
        0.00025: "2.5e-4",
        9999: "9999",
        20_000: "20k",
        -12_500: "-12.5k",
        1.5e6: "1.5e6",
    }
    assert {value: named(value) for value in written} == written

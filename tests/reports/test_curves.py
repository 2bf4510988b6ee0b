"""Curves over seeds, point by point by hand."""

from itertools import pairwise
from types import SimpleNamespace

import pytest

from example_runs import write
from rnnlab.reports.curves import OVER, by_length, learning, thinned
from rnnlab.reports.records import Length


def row(*seeds: dict) -> SimpleNamespace:
    """A combination as curves see it: the checks and the lengths of its seeds."""
    return SimpleNamespace(counted=[SimpleNamespace(**({"checks": {}, "lengths": []} | seed)) for seed in seeds])


def test_a_seed_that_ended_early_keeps_its_last_value_and_one_that_has_not_begun_has_none():
    nan = float("nan")
    seeds = ([1, 2, 3], [0.2, nan, 0.6]), ([1], [1.0]), ([2], [0.4])
    points = learning(row(*({"checks": {"step": steps, "loss": values}} for steps, values in seeds)), "loss")
    assert points == [
        pytest.approx((1, 0.6, 0.2, 1.0)),
        pytest.approx((2, (0.4 + 1.0 + 0.4) / 3, 0.4, 1.0)),  # the first lies straight between its checks
        pytest.approx((3, 2.0 / 3, 0.4, 1.0)),
    ]
    assert learning(row({"checks": {"step": [1], "loss": [1.0]}}, {}), "accuracy") == []


def test_curves_can_be_drawn_over_what_a_run_says_of_its_checks(tmp_path):
    """Epochs are counted from 1, examples are added up; of checks in one epoch the last counts."""
    run = write(tmp_path / "run")
    lines = ["step,epoch,loss/validation,examples/train", "5,0,0.5,40", "9,1,0.25,32", "14,1,0.125,40"]
    (run.folder / "metrics.csv").write_text("\n".join(lines) + "\n")
    (run.folder / "timing.csv").write_text("step,seconds\n5,1.5\n9,2.5\n14,4.0\n")
    expected = {"steps": [5, 9, 14], "epochs": [1, 2], "examples": [40, 72, 112], "seconds": [1.5, 2.5, 4.0]}
    for over, places in expected.items():
        points = learning(SimpleNamespace(counted=[run]), "loss/validation", over)
        assert [point.x for point in points] == places and points[-1].mean == 0.125
    assert list(expected) == list(OVER) and run.problems == []


def test_every_kind_of_hard_inputs_counts_the_same_and_random_ones_stand_apart():
    first = [
        Length(4, "random", 0.9, 0.8, 0.95),
        Length(4, "zeros", 0.2, 0.1, 0.3),
        Length(4, "ones", 0.6, 0.5, 0.7),
        Length(8, "zeros", 0.0, 0.0, 0.1),
    ]
    second = [Length(4, "random", 0.5, 0.4, 0.6), Length(4, "zeros", 0.8, 0.7, 0.9)]
    both = row({"lengths": first}, {"lengths": second})
    assert by_length(both, random=True) == [pytest.approx((4, 0.7, 0.5, 0.9))]
    assert by_length(both, random=False) == [pytest.approx((4, 0.6, 0.4, 0.8)), (8, 0, 0, 0)]
    alone = row({"lengths": first})
    assert by_length(alone, random=True) == [(4, 0.9, 0.8, 0.95)]  # its own interval, from the number of examples
    assert by_length(alone, random=False)[0] == pytest.approx((4, 0.4, 0.4, 0.4))


def test_thinned_are_the_first_the_last_and_evenly_what_lies_between():
    assert thinned([float(place) for place in range(11)], 3) == [0, 5, 10]
    assert thinned([1.0, 2.0, 9.0], 3) == [1, 2, 9]
    many = thinned([float(place) for place in range(1000)])
    assert len(many) == 120 and many[0] == 0 and many[-1] == 999
    assert {round(after - before) for before, after in pairwise(many)} == {8, 9}

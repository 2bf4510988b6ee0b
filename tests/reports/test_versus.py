"""Each against the best: pairs where seeds pair, Holm's correction over all, and what it comes to."""

import pytest

from example_runs import write
from rnnlab.reports.contrast import holm, paired, welch
from rnnlab.reports.row import Row
from rnnlab.reports.versus import answer, versus_best

BEST, NEAR, FAR = [0.98, 0.99, 1.0], [0.97, 1.0, 0.95], [0.5, 0.52, 0.51]


def row(folder, name: str, scores: list[float], first: int = 1, objective: str = "exact_match/test") -> Row:
    runs = [
        write(folder / name / f"{seed}", name, seed, metrics={objective: s}) for seed, s in enumerate(scores, first)
    ]
    return Row(name, [name], runs, objective)


def test_rows_of_the_same_seeds_are_paired_and_others_are_not(tmp_path):
    rows = [row(tmp_path, "best", BEST), row(tmp_path, "near", NEAR), row(tmp_path, "far", FAR, first=2)]
    near, far = versus_best(rows)
    assert near.contrast == paired(BEST, NEAR) and far.contrast == welch(BEST, FAR)
    assert [near.p, far.p] == pytest.approx(holm([near.contrast.p, far.contrast.p])) and far.p == 2 * far.contrast.p
    assert (near.apart, far.apart) == (False, True)
    assert answer("best", [near, far]) == "best is better than far and cannot be told apart from near"


def test_a_difference_of_shares_lies_between_shares(tmp_path):
    wild = [0.0, 1.0, 0.0]
    one = versus_best([row(tmp_path, "a", [1.0, 0.9, 0.95]), row(tmp_path, "b", wild)])[0]
    assert one.contrast.low == -1.0 and paired([1.0, 0.9, 0.95], wild).low < -1
    loss = [row(tmp_path, name, scores, objective="loss/test") for name, scores in (("c", BEST), ("d", wild))]
    assert versus_best(loss)[0].contrast == paired(BEST, wild)


def test_where_nothing_can_be_said_that_is_said(tmp_path):
    rows = [row(tmp_path, name, scores) for name, scores in (("a", [1.0, 1.0]), ("b", [0.5, 0.5]), ("c", []))]
    (one,) = versus_best(rows)
    assert (one.p, one.apart) == (None, None)
    assert answer("a", [one]) == "a cannot be compared with b (too few seeds, or none that differ)"
    assert versus_best(rows[:1]) == versus_best([]) == versus_best(rows[2:]) == []


def test_many_are_counted(tmp_path):
    found = versus_best([row(tmp_path, "best", BEST), *(row(tmp_path, name, FAR) for name in "abcd")])
    assert answer("best", found) == "best is better than 4 others"

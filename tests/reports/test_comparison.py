"""Combinations and what their seeds say together, against means and medians by hand."""

import math
import statistics

import pytest

from example_runs import EXACT, write
from rnnlab.errors import InputError
from rnnlab.reports.comparison import compare, median
from rnnlab.reports.records import find, read


@pytest.mark.parametrize("objective", ["exact_match/test", "loss/test"])
def test_the_better_model_comes_first_and_a_lower_loss_is_better(objective, runs):
    rows = compare(read(find([runs]))[0], objective).rows
    assert [row.model for row in rows] == ["lstm", "rnn"]
    for row in rows:
        exact = EXACT[row.model]
        mean = statistics.fmean(exact)
        expected = (mean, max(exact)) if objective == "exact_match/test" else (1 - mean, 1 - max(exact))
        assert (row.mean, row.best) == pytest.approx(expected)
        assert row.half == pytest.approx(4.302653 * statistics.stdev(exact) / math.sqrt(3), rel=1e-6)
        assert row.seconds == 20 and row.checked == 3


def test_seconds_to_solved_are_a_median_over_the_solved_alone(runs):
    lstm, rnn = compare(read(find([runs]))[0]).rows
    assert ([run.seed for run in lstm.solved], lstm.seconds_to_solved) == (["2"], 1.0)
    assert (rnn.solved, rnn.seconds_to_solved) == ([], None)


def test_of_a_seed_that_was_done_twice_the_newest_counts_and_of_no_score_nothing(tmp_path):
    scores = {"a": (1, "2024-01-02", 0.2), "b": (1, "2024-01-01", 0.1), "c": (2, "2024-01-01", 0.4)}
    scores |= {"d": (3, "2024-01-01", float("nan"))}
    runs = [
        write(tmp_path / name, seed=seed, started=started, metrics={"exact_match/test": score})
        for name, (seed, started, score) in scores.items()
    ]
    runs.append(write(tmp_path / "e", seed=4, status="failed", metrics={"exact_match/test": 1.0}))
    found = compare(runs)
    (row,) = found.rows
    assert row.scores == [0.2, 0.4] and row.mean == pytest.approx(0.3)
    assert row.statuses == {"done": 4, "failed": 1} and len(found.status("failed")) == 1
    assert found.notes[0].startswith("1 earlier done runs") and found.notes[1].startswith("1 done runs have no finite")


def test_runs_on_text_are_judged_by_bits_and_all_by_what_was_typed_for_all(tmp_path):
    metrics = {"exact_match/test": 0.5, "loss/test": 1.0}
    text = {"task": {"name": "chartext"}}
    runs = [write(tmp_path / "a", metrics=metrics)]
    runs += [write(tmp_path / "b", task="chartext", config=text, metrics=metrics | {"bits_per_character/test": 2.0})]
    assert compare(runs).objectives == ["exact_match/test", "bits_per_character/test"]
    typed = {"overrides": ["objective=loss/test"], "metrics": metrics}
    runs = [write(tmp_path / f"{seed}", seed=seed, config={"objective": "loss/test"}, **typed) for seed in (1, 2)]
    assert compare(runs).objectives == ["loss/test"]


def test_an_objective_that_no_run_has_is_refused_with_the_nearest(runs):
    with pytest.raises(InputError, match="did you mean 'exact_match/test'"):
        compare(read(find([runs]))[0], "exact_mtch/test")


def test_what_the_runs_were_made_with_is_said_where_it_differs(tmp_path):
    runs = [
        write(tmp_path / f"{seed}", seed=seed, started="x", git_commit=commit, device="cpu", command="rnnlab-train -m")
        for seed, commit in ((1, "a"), (2, "b"))
    ]
    assert compare(runs).notes[-2:] == ["the runs differ in git commit", "command: rnnlab-train -m"]


def test_a_median_leaves_out_what_is_no_number():
    assert median([3, math.nan, 1]) == 2 and median([3, 1, math.inf, 1]) == 1
    assert median([math.nan]) is None and median([]) is None

"""What the runs of each task make together, and which of them count."""

import pytest

from example_runs import write
from rnnlab.errors import InputError
from rnnlab.reports.comparison import compare
from rnnlab.reports.records import find, read


def test_each_task_is_compared_by_itself_and_exact_match_comes_first(tmp_path):
    text, sums = {"task": {"name": "chartext"}}, {"task": {"name": "digitsum"}, "data": {"batch_size": 8}}
    bits = {"bits_per_character/test": 2.0, "exact_match/test": 0.0}
    runs = [
        write(tmp_path / "a", task="chartext", config=text, metrics=bits),
        write(
            tmp_path / "b", task="chartext", model="lstm", config=text, metrics=bits | {"bits_per_character/test": 1}
        ),
        write(tmp_path / "c", config=sums, metrics={"exact_match/test": 0.5}),
    ]
    found = compare(runs)
    assert [(one.task, one.objective) for one in found.comparisons] == [
        ("digitsum", "exact_match/test"),
        ("chartext", "bits_per_character/test"),
    ]
    assert [one.columns for one in found.comparisons] == [["model"], ["model"]]  # the batch size is a task's alone
    assert [row.name for row in found.comparisons[1].rows] == ["lstm", "rnn"] and len(found.runs) == 3


def test_an_objective_that_a_task_has_not_leaves_it_with_its_own(tmp_path):
    runs = [
        write(tmp_path / "a", metrics={"exact_match/test": 0.5, "loss/test": 1.0}),
        write(tmp_path / "b", task="other", metrics={"exact_match/test": 0.5}),
    ]
    assert [one.objective for one in compare(runs, "loss/test").comparisons] == ["exact_match/test", "loss/test"]


def test_of_a_seed_that_was_done_twice_the_newest_counts_and_of_no_score_nothing(tmp_path):
    scores = {"a": (1, "2024-01-02", 0.2), "b": (1, "2024-01-01", 0.1), "c": (2, "2024-01-01", 0.4)}
    scores |= {"d": (3, "2024-01-01", float("nan"))}
    runs = [
        write(tmp_path / name, seed=seed, started=started, metrics={"exact_match/test": score})
        for name, (seed, started, score) in scores.items()
    ]
    runs.append(write(tmp_path / "e", seed=4, status="failed", metrics={"exact_match/test": 1.0}))
    found = compare(runs)
    (one,) = found.comparisons
    (row,) = one.rows
    assert row.scores == [0.2, 0.4] and row.mean == pytest.approx(0.3)
    assert row.statuses == {"done": 4, "failed": 1} and len(found.status("failed")) == 1
    assert one.notes[0].startswith("1 earlier done runs") and one.notes[1].startswith("1 done runs have no finite")


def test_a_task_is_judged_by_what_was_typed_for_all_its_runs(tmp_path):
    typed = {"overrides": ["objective=loss/test"], "metrics": {"exact_match/test": 0.5, "loss/test": 1.0}}
    runs = [write(tmp_path / f"{seed}", seed=seed, config={"objective": "loss/test"}, **typed) for seed in (1, 2)]
    assert [one.objective for one in compare(runs).comparisons] == ["loss/test"]
    runs.append(write(tmp_path / "3", seed=3, metrics=typed["metrics"]))
    assert [one.objective for one in compare(runs).comparisons] == ["exact_match/test"]


def test_an_objective_that_no_run_has_is_refused_with_the_nearest(runs):
    with pytest.raises(InputError, match="did you mean 'exact_match/test'"):
        compare(read(find([runs]))[0], "exact_mtch/test")


def test_what_the_runs_were_made_with_is_said_where_it_differs(tmp_path):
    runs = [
        write(tmp_path / f"{seed}", seed=seed, started="x", git_commit=commit, device="cpu", command="rnnlab-train -m")
        for seed, commit in ((1, "a"), (2, "b"))
    ]
    assert compare(runs).notes[-2:] == ["the runs differ in git commit", "command: rnnlab-train -m"]

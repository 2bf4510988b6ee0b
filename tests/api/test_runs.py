"""Runs as tidy tables."""

import math

import pytest

import rnnlab
from example_runs import write
from rnnlab.api import table
from rnnlab.api.runs import Runs


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.setattr(table.importlib.util, "find_spec", lambda name: None)


@pytest.fixture
def folder(tmp_path):
    for seed, lr in ((1, 0.1), (2, 0.2)):
        config = {"optimizer": {"lr": lr}, "trainer": {"max_epochs": 3}}
        scores = {"exact_match/test": seed / 10}
        run = write(
            tmp_path / f"run{seed}", seed=seed, config=config, metrics=scores, seconds=1.5, overrides=["optimizer.lr=1"]
        )
        (run.folder / "metrics.csv").write_text("step,epoch,loss/train\n10,0,2.5\n20,1,0.5\n")
        (run.folder / "timing.csv").write_text("step,seconds\n20,1.25\n")
    return tmp_path


def test_a_run_is_a_row_with_what_it_differs_in_and_its_scores(folder):
    assert rnnlab.runs(folder).frame()[1] == {
        "run": str(folder.resolve() / "run2"),
        "task": "digitsum",
        "model": "rnn",
        "seed": 2,
        "optimizer.lr": 0.2,
        "status": "done",
        "steps": None,
        "parameters": None,
        "seconds": 1.5,
        "exact_match/test": 0.2,
    }


def test_a_check_is_a_row_with_its_run_its_step_and_its_seconds(folder):
    rows = rnnlab.runs(folder).curves()
    assert [(row["seed"], row["step"], row["epoch"], row["loss/train"]) for row in rows] == [
        (1, 10, 0, 2.5),
        (1, 20, 1, 0.5),
        (2, 10, 0, 2.5),
        (2, 20, 1, 0.5),
    ]
    assert type(rows[0]["step"]) is int and math.isnan(rows[0]["seconds"]) and rows[1]["seconds"] == 1.25
    assert list(rows[0])[:5] == ["run", "task", "model", "seed", "optimizer.lr"]


def test_some_of_the_runs_are_runs_again(folder):
    some = Runs(run for run in rnnlab.runs(folder / "run1", folder / "run2") if run.scores["exact_match/test"] > 0.1)
    assert [row["seed"] for row in some.frame()] == [2]
    assert [row["seed"] for row in rnnlab.runs(some[0]).frame()] == [2]  # a run is a path, too


def test_what_cannot_be_read_is_left_out_with_a_warning_and_no_curves_are_no_rows(folder, capsys):
    (folder / "run1" / "run.json").write_text("{")
    (folder / "run2" / "metrics.csv").write_text('"')
    runs = rnnlab.runs(folder)
    assert len(runs) == 1 and runs.curves() == []
    assert capsys.readouterr().err.startswith("rnnlab: warning: 1 left out, the first of them ")


def test_a_folder_without_runs_is_refused(tmp_path):
    with pytest.raises(rnnlab.InputError, match="no runs found"):
        rnnlab.runs(tmp_path)

"""A sweep ends with its report: also where jobs failed and where it went on, never where it was interrupted."""

import csv
import os
import signal
from pathlib import Path

import pytest

import forked_runs
from rnnlab.reports import report
from rnnlab.train import main
from small_sweeps import (
    SMALL,
    SWEEP,
    misbehave,
    raises,
)

FILES = [SWEEP / f"report.{ending}" for ending in ("html", "md", "csv")]


def rows() -> list[dict[str, str]]:
    with open(SWEEP / "report.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sweep_ends_with_a_table_and_a_page(capfd):
    assert main([*SMALL, "model=rnn,lstm", "seed=1", "task.eval_lengths=[2,3]"]) == 0
    out = capfd.readouterr().out
    statuses, table = out.split("2 of 2 jobs done")
    assert "┃" not in statuses and "┃ model ┃ n ┃" in table
    assert {(row["model"], row["n"]) for row in rows()} == {("rnn", "1"), ("lstm", "1")}
    assert "partly read" not in table and "exact match by length, random inputs" in FILES[0].read_text()
    assert all(path.is_file() for path in FILES) and "wrote outputs/sweeps/s/report.html" in out


def test_jobs_that_failed_or_were_killed_are_named_in_it(monkeypatch, capfd):
    misbehave(monkeypatch, {2: raises, 3: lambda: os.kill(os.getpid(), signal.SIGKILL)})
    assert main([*SMALL, "seed=1,2,3"]) == 1
    assert "3 runs (1 done, 1 killed, 1 failed)" in capfd.readouterr().out
    for page in FILES[:2]:
        text = page.read_text()
        for name, why in (("seed=2", "ZeroDivisionError, on purpose"), ("seed=3", "killed: signal 9")):
            assert name in text and why in text
    assert [(row["n"], row["failed"], row["killed"]) for row in rows()] == [("1", "1", "1")]


@pytest.mark.slow
def test_a_sweep_that_goes_on_is_reported_anew(monkeypatch):
    with monkeypatch.context() as patch:
        misbehave(patch, {2: raises})
        assert main([*SMALL, "seed=1,2"]) == 1
    assert rows()[0]["n"] == "1"
    assert main([f"sweep.resume={SWEEP}"]) == 0
    assert rows()[0]["n"] == "2" and rows()[0]["failed"] == "0"


def test_an_interrupted_sweep_is_not_reported(monkeypatch):
    misbehave(monkeypatch, {2: lambda: os.kill(os.getppid(), signal.SIGTERM)})
    assert forked_runs.run([*SMALL, "seed=1,2"]).code == 143
    assert next(SWEEP.glob("seed=2/run.json")).is_file() and not any(path.exists() for path in FILES)


def test_a_report_that_fails_is_one_line_and_the_sweep_is_done(monkeypatch, capfd):
    def fault(*_: object) -> None:
        raise ZeroDivisionError("on\npurpose")

    monkeypatch.setattr(report, "compare", fault)
    assert main([*SMALL, "seed=1"]) == 0
    assert capfd.readouterr().err == "rnnlab: warning: no report: ZeroDivisionError, on purpose\n"


def test_a_sweep_that_is_refused_is_not_reported(capfd):
    assert main([*SMALL, "seed=1", "optimizer.lr=-1"]) == 2
    out, err = capfd.readouterr()
    assert not Path("outputs").exists() and "wrote" not in out and err.count("\n") == 1


@pytest.mark.slow
def test_a_typed_objective_is_what_its_report_is_sorted_by():
    assert main([*SMALL, "model=rnn,lstm", "seed=1", "objective=loss/test"]) == 0
    assert [row["objective"] for row in rows()] == ["loss/test"] * 2
    assert float(rows()[0]["mean"]) < float(rows()[1]["mean"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path

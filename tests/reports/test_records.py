"""Runs as they lie in folders: which are found, and what their files say."""

import math
from pathlib import Path

import pytest

from example_runs import write
from rnnlab.errors import InputError
from rnnlab.reports.records import Length, find, read


def test_each_run_is_found_once_and_neither_within_another_nor_behind_a_link(tmp_path):
    for name in ("b/run", "a/run", "a/run/copy"):
        write(tmp_path / name)
    (tmp_path / "a" / "begun" / ".hydra").mkdir(parents=True)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "link").symlink_to(tmp_path / "b")
    found = find([tmp_path, tmp_path / "b", tmp_path / "c"])
    assert [path.relative_to(tmp_path.resolve()) for path in found] == [Path("a/begun"), Path("a/run"), Path("b/run")]
    runs, skipped = read(found)
    assert len(runs) == 2 and skipped == [(found[0], "no run.json")]
    for wrong, why in ((tmp_path / "c", "no runs found"), (tmp_path / "none", "not a folder")):
        with pytest.raises(InputError, match=why):
            find([wrong])


def test_a_run_is_solved_at_the_first_check_that_is_all_right(tmp_path):
    run = write(tmp_path / "run")
    (run.folder / "metrics.csv").write_text("step,exact_match/validation\n10,0.9\n20,1.0\n30,0.8\n40,1.0\n")
    (run.folder / "timing.csv").write_text("step,seconds\n10,1.5\n20,3.5\n40,7.5\n")
    assert run.solved == (20, 3.5)
    assert run.checks["step"] == [10, 20, 30, 40] and math.isnan(run.checks["seconds"][2]) and run.problems == []


def test_lengths_are_read_by_the_names_of_their_columns_and_rubbish_among_them_is_left_out(tmp_path):
    run, other = write(tmp_path / "run"), write(tmp_path / "other")
    header = "inputs,exact_match,length,exact_match_high,exact_match_low,rows\n"
    (run.folder / "lengths.csv").write_text(header + "random,0.5,4,0.75,0.25,8\nzeros,x,4,1,0,8\nones,1,y,1,0,8\n")
    assert run.lengths == [Length(4, "random", 0.5, 0.25, 0.75)] and run.problems == []
    (other.folder / "lengths.csv").write_text("length,inputs,exact_match\n4,random,0.5\n")
    assert other.lengths == [] and other.problems[0].startswith("lengths.csv: 'exact_match_low'")


def test_why_there_is_no_result_is_said(tmp_path):
    running, done = write(tmp_path / "a", status="running"), write(tmp_path / "b", reason="none")
    failed = write(tmp_path / "c", status="failed", reason="on\x1b purpose")
    assert (
        running.reason == "no check yet"
        and done.reason == ""
        and failed.reason == "on\N{REPLACEMENT CHARACTER} purpose"
    )
    begun = write(tmp_path / "d", status="running")
    (begun.folder / "metrics.csv").write_text("step,loss/validation\n1000,1\n2000,1\n")
    assert begun.reason == "still running, or killed; last check at step 2,000"


def test_a_record_of_other_kinds_is_read_as_far_as_it_goes(tmp_path):
    rubbish = {"metrics": [1], "seconds": "soon", "overrides": {"a": 1}, "seed": None}
    run = write(tmp_path / "a", **rubbish)
    assert run.scores == {} and math.isnan(run.seconds) and run.typed == set() and run.config["model.name"] == "rnn"
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "run.json").write_text(
        '{"status": "done", "task": "t", "config": [], "overrides": ["+a=1", "~b"]}'
    )
    runs, _ = read([tmp_path / "b"])
    assert runs[0].task == "t" and runs[0].problems == ["no config"] and runs[0].typed == {"a", "b"}
    (tmp_path / "b" / "run.json").write_text('{"status": "great"}')
    assert read([tmp_path / "b"])[1][0][1].startswith("run.json: no status among done")

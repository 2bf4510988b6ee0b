"""The report over runs: numbers against hand-computed ones, in every form."""

import csv
import io
import json
import math
import sys
from pathlib import Path

import pytest

from example_runs import EXACT, write
from rnnlab.report import main


def report(runs: Path, *more: str) -> Path:
    out = runs.parent / "report"
    assert main([str(runs), f"out={out}", *more]) == 0
    return out


def test_mean_interval_and_best_are_those_worked_out_by_hand(runs):
    with open(report(runs) / "report.csv", newline="") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    for model, scores in EXACT.items():
        mean = sum(scores) / 3
        deviation = math.sqrt(sum((score - mean) ** 2 for score in scores) / 2)
        half = 4.302652729911275 * deviation / math.sqrt(3)  # Student's t, 2 degrees of freedom, 97.5 %
        values = [float(value) for value in rows[model].values() if value.replace(".", "").replace("-", "").isdigit()]
        for expected in (mean, mean - half, 1.0, max(scores)):  # both intervals reach beyond 1, which no share does
            assert any(value == pytest.approx(expected, abs=1e-6) for value in values), (model, expected, values)


def test_a_terminal_of_few_letters_gets_the_others_escaped(runs, monkeypatch):
    write(runs / "other", "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}")
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    assert main([str(runs), "out=null"]) == 0
    sys.stdout.flush()
    assert rb"gr\xfc" in sys.stdout.buffer.getvalue()


def test_a_run_that_failed_is_counted_and_named(runs, capsys):
    run = runs / "digitsum" / "rnn" / "run-1"
    record = json.loads((run / "run.json").read_text()) | {"status": "failed", "reason": "on purpose"}
    del record["metrics"]
    (run / "run.json").write_text(json.dumps(record))
    report(runs)
    out = capsys.readouterr().out
    assert "5 done" in out and "on purpose" in out


def test_the_page_is_one_file_that_loads_nothing_and_runs_nothing(runs):
    hostile = runs / "digitsum" / "rnn" / "run-1"
    record = json.loads((hostile / "run.json").read_text())
    (hostile / "run.json").write_text(json.dumps(record | {"status": "failed", "reason": "<script>alert(1)</script>"}))
    page = (report(runs) / "report.html").read_text()
    assert "<svg" in page and "<script" not in page.lower()
    assert "http://" not in page.replace("http://www.w3.org", "") and "src=" not in page


def test_rubbish_is_named_and_skipped(runs, capsys):
    (runs / "digitsum" / "rnn" / "run-1" / "run.json").write_text("{not json")
    report(runs)
    assert "run-1" in "".join(capsys.readouterr())


def test_what_is_wrong_with_each_folder_is_said_and_the_others_are_counted(runs, capsys):
    def change(run: str, **values: object) -> None:
        path = runs / "digitsum" / run / "run.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    change("lstm/run-1", status="running", metrics=None)
    change("lstm/run-2", status="killed", reason="signal 9", metrics=None, task=None)
    (runs / "digitsum" / "lstm" / "run-3" / "metrics.csv").write_bytes(b"\x00\xff,\n")
    (runs / "digitsum" / "rnn" / "run-1" / "run.json").write_text("")
    (runs / "digitsum" / "rnn" / "run-2" / "run.json").unlink()
    (runs / "digitsum" / "rnn" / "run-2" / ".hydra").mkdir()
    (runs / "nothing in here").mkdir()
    out = report(runs)
    printed = capsys.readouterr().out
    assert "4 runs (2 done, 1 running, 1 killed, 2 unreadable)" in printed and "nothing in here" not in printed
    for page in ("report.html", "report.md"):
        text = (out / page).read_text()
        for why in (
            "still running, or killed; last check at step 2",
            "killed: signal 9",
            "partly read: metrics.csv: no text in UTF-8",
            "skipped: run.json: empty",
            "skipped: no run.json",
        ):
            assert why in text, (page, why)
    with open(out / "report.csv", newline="") as file:
        rows = {row["model"]: row for row in csv.DictReader(file)}
    assert [rows[model]["n"] for model in ("lstm", "rnn")] == ["1", "1"]
    assert [rows["lstm"][status] for status in ("done", "running", "killed")] == ["1", "1", "1"]
    assert "0 of 1" in printed and "1 of 1" not in printed  # of the rnn; what cannot be read is not unsolved

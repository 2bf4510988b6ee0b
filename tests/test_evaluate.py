"""Scores from a run directory alone agree with what the training itself said, and with a loop in plain Python."""

import csv
import json
import time

import pytest

from rnnlab.evaluate import main
from rnnlab.inference.by_length import wilson
from rnnlab.inference.load import load
from rnnlab.inference.score import score_file
from rnnlab.train import main as train
from saved_runs import save, save_adder

SHORT = ["trainer.max_epochs=1", "model.hidden_size=8", "logger=none"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "overrides",
    [
        ["task=binaryaddition"],
        ["task=digitsum", "trainer.precision=64-true", "trainer.limit_batches=2", "data.lengths=[3]"],
        ["task=chartext", "task.corpus=sentences", "trainer.max_steps=3", "trainer.check_every=3"],
    ],
    ids=str,
)
def test_validation_and_test_are_what_the_training_reported_to_the_last_digit(folder, overrides, capsys):
    assert train([*SHORT, *overrides]) == 0
    (run,) = folder.glob("outputs/*/*/*")
    assert main([str(run)]) == 0
    found = json.loads((run / "evaluation.json").read_text())
    reported = json.loads((run / "run.json").read_text())["metrics"]
    for name, value in reported.items():
        score, split = name.split("/")
        if score in found[split]:
            assert found[split][score] == value, name
    assert set(found) == {"train", "validation", "test"}
    checks = [row.split(",") for row in (run / "metrics.csv").read_text().splitlines()]
    checked = dict(zip(checks[0], map(float, checks[-1]), strict=True))  # of the last check, which was the best
    assert all(checked[name] == value for name, value in reported.items() if name.endswith("/validation"))
    capsys.readouterr()
    assert main([str(run), "json=true"]) == 0
    assert json.loads(capsys.readouterr().out) == found


@pytest.mark.parametrize(
    "words, hint",
    [
        (["missing"], "no run there"),
        (["run", "inptu=x"], "did you mean 'input'"),
        (["run", "input=missing"], "No such file"),
        (["run", "input=run"], "a folder"),
        (["run", "input=a.csv", "lengths=[2]"], "cannot be combined"),
        (["run", "count=3"], "add lengths"),
        (["run", "lengths=[2]", "count=0"], "from 1"),
        (["run", "lengths=[2]", "count=1e3"], "whole number"),
        (["run", "lengths=[2"], "at least 1"),
        (["run", "unknown=skip"], "add input=FILE"),
        (["run", "input=a.csv", "unknown=skip"], "only for a text"),
        (["run", "json=yes"], "allowed: false, true"),
        (["run", "json=true", "json=true"], "given twice"),
        (["run", "out=no/such"], "cannot be written"),
        (["run", "more"], "one word too many"),
        (["run", "--flag"], "unknown flag"),
        (["run", "input=a.csv"], "wrong sum"),
        (["empty"], "no trained model"),
    ],
)
def test_a_mistake_is_one_line(folder, capsys, words, hint):
    save(folder / "run", "task=digitsum", "model=rnn")
    (folder / "empty").mkdir()
    (folder / "a.csv").write_text("12,4\n")
    code = main(words)
    out, err = capsys.readouterr()
    if words[-1] == "lengths=[2":  # an unclosed bracket is no reason to refuse
        assert code == 0
        return
    assert code == 2 and out == "" and hint in err
    assert err.startswith("rnnlab: error: ") and err.count("\n") == 1


@pytest.mark.slow
def test_all_100000_sequences_of_five_digits_are_scored_in_less_than_5_seconds(folder):
    run = save(folder / "run", "task=digitsum", "model=gru", "model.num_layers=1")
    loaded = load(run)
    (folder / "all.csv").write_text("".join(loaded.task.lines([loaded.task.every(5)])))
    began = time.perf_counter()
    assert score_file(loaded, "all.csv")["examples"] == 100_000
    assert time.perf_counter() - began < 5


def test_the_command_writes_lengths_csv(tmp_path, capsys):
    run = save_adder(tmp_path / "run")
    assert main([str(run), "lengths=[16,8]", "count=20"]) == 0
    out = capsys.readouterr().out
    assert "exact match over all lengths beyond 8: random 1.0000, adversarial 1.0000" in out
    with open(run / "lengths.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["length"] for row in rows[:: len(rows) // 2]] == ["8", "16"]
    assert rows[0]["inputs"] == "random" and rows[0]["rows"] == "20" and float(rows[0]["exact_match"]) == 1
    assert float(rows[0]["exact_match_low"]) == pytest.approx(wilson(20, 20)[0])


def test_a_length_the_task_does_not_take_is_refused(tmp_path, capsys):
    run = save(tmp_path / "run", "task=digitsum", "model=rnn")
    for lengths, hint in [("[0]", "from 1 to"), ("[]", "different lengths"), ("[2,2]", "different"), ("x", "whole")]:
        assert main([str(run), f"lengths={lengths}"]) == 2
        assert hint in capsys.readouterr().err
    assert main([str(run), "lengths=[2]", "beyond=-1"]) == 2
    assert not (run / "lengths.csv").exists()


def test_a_line_of_scores_by_length_has_eighty_columns_at_most(tmp_path, capsys):
    assert main([str(save_adder(tmp_path / "run")), "lengths=[4,1000]", "count=100", f"out={tmp_path}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80 and "alternating carries" in "\n".join(lines)
    (line,) = [" ".join(line.split()) for line in lines if line.startswith(" 1,000   random")]
    assert line == "1,000 random 100 1.0000 (0.963-1.000) 1.0000 (1.000-1.000)"

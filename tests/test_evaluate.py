"""Scores from a run directory alone agree with what the training itself said, and with a loop in plain Python."""

import json
import time

import pytest
import torch

from rnnlab.evaluate import main
from rnnlab.loading import load
from rnnlab.scoring import score_file, score_splits
from rnnlab.tasks.digitsum import write_csv
from rnnlab.train import main as train

from saved import save  # isort: skip

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


def test_a_csv_is_scored_as_a_loop_over_its_rows_does(folder, seeded):
    run = save(folder / "run", "task=digitsum", "model=gru")
    loaded = load(run)
    batch = loaded.task.batch(40, 5, seeded())
    write_csv("sums.csv", batch)
    exact = right = asked = 0
    nats = 0.0
    with torch.no_grad():
        for inputs, targets in zip(*batch, strict=True):
            logits = loaded.network(inputs[None])[0][0].log_softmax(1)
            steps = [(step, int(target)) for step, target in enumerate(targets) if target >= 0]
            hits = [int(logits[step].argmax()) == target for step, target in steps]
            nats -= sum(float(logits[step, target]) for step, target in steps)
            exact, right, asked = exact + all(hits), right + sum(hits), asked + len(hits)
    scores = score_file(loaded, "sums.csv")
    assert scores["examples"] == 40 and scores["asked"] == asked
    assert scores["exact_match"] == exact / 40 and scores["accuracy"] == right / asked
    assert scores["loss"] == pytest.approx(nats / asked, rel=1e-5)


def test_a_text_file_is_scored_as_one_long_row(folder):
    run = save(folder / "run", "task=chartext", "model=lstm", vocabulary="\n abc")
    text = "abc cab\n" * 400
    (folder / "text").write_text(text)
    loaded = load(run)
    ids = loaded.task.vocab.encode(text)
    with torch.no_grad():
        logits, _ = loaded.network(ids[None, :-1])
    loss = float(torch.nn.functional.cross_entropy(logits[0], ids[1:]))
    scores = score_file(loaded, "text")
    assert scores["characters"] == len(text) - 1 and scores["loss"] == pytest.approx(loss, rel=1e-5)
    (folder / "other").write_text("abc\nabX")
    assert main([str(run), "input=other"]) == 2


def test_data_that_have_changed_are_not_scored(folder, capsys):
    (folder / "text").write_text("some text " * 500)
    run = save(folder / "run", "task=chartext", "model=rnn", "task.path=text", vocabulary="emotx s", data="another")
    assert main([str(run)]) == 2
    assert "changed since it was trained" in capsys.readouterr().err


def test_the_splits_need_nothing_but_the_checkpoint(folder):
    from rnnlab import build
    from saved import plain

    config = plain("task=digitsum", "model=gru", "data.lengths=[2]", "data.batch_size=8", "model.hidden_size=8")
    data = build.data(config, build.task(config))
    run = save(
        folder / "run", "task=digitsum", "model=gru", "data.lengths=[2]", "data.batch_size=8", data=data.fingerprint
    )
    scores = score_splits(load(run / "checkpoints" / "best.ckpt"))
    assert [scores[name]["examples"] for name in ("train", "validation", "test")] == [80, 10, 10]


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
    write_csv("all.csv", loaded.task.every(5))
    began = time.perf_counter()
    assert score_file(loaded, "all.csv")["examples"] == 100_000
    assert time.perf_counter() - began < 5

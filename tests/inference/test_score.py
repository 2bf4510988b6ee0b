"""Scores agree with a loop in plain Python, from the checkpoint alone."""

from types import SimpleNamespace

import pytest
import torch

from rnnlab.errors import InputError
from rnnlab.evaluate import main
from rnnlab.inference.load import load
from rnnlab.inference.score import score_file, score_splits, trained_lengths
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import save


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_csv_is_scored_as_a_loop_over_its_rows_does(folder, seeded):
    run = save(folder / "run", "task=digitsum", "model=gru")
    loaded = load(run)
    batch = loaded.task.batch(40, 5, seeded())
    (folder / "sums.csv").write_text("".join(loaded.task.lines([batch])))
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
    from rnnlab.config import build
    from saved_runs import plain

    config = plain("task=digitsum", "model=gru", "data.lengths=[2]", "data.batch_size=8", "model.hidden_size=8")
    data = build.data(config, build.task(config))
    run = save(
        folder / "run", "task=digitsum", "model=gru", "data.lengths=[2]", "data.batch_size=8", data=data.fingerprint
    )
    scores = score_splits(load(run / "checkpoints" / "best.ckpt"))
    assert [scores[name]["examples"] for name in ("train", "validation", "test")] == [80, 10, 10]


@pytest.mark.parametrize(("lengths", "trained"), [("1-4", [1, 2, 3, 4]), ([9, 4], [9, 4])])
def test_the_lengths_of_a_training_are_known_from_its_config(lengths, trained):
    config = {"task": {"name": "digitsum", "csv": None}, "data": {"lengths": lengths}}
    assert trained_lengths(SimpleNamespace(saved={"config": config}, task=DigitSum())) == trained


def test_characters_that_a_model_never_saw_are_refused_or_left_out_and_counted(tmp_path):
    loaded = load(save(tmp_path / "run", "task=chartext", "model=rnn", vocabulary=" acdehinvy"))
    (tmp_path / "known.txt").write_text("have a nice day")
    (tmp_path / "other.txt").write_text("hXave a\u20ac nice Xday")
    with pytest.raises(InputError, match=r"unknown character 'X'.*input="):
        score_file(loaded, str(tmp_path / "other.txt"))
    scores = score_file(loaded, str(tmp_path / "other.txt"), "skip")
    assert scores.pop("skipped") == 3
    assert scores == score_file(loaded, str(tmp_path / "known.txt"))
    digits = load(save(tmp_path / "digits", "task=digitsum", "model=rnn"))
    with pytest.raises(InputError, match=r"only for a text \(unknown=skip\)"):
        score_file(digits, str(tmp_path / "known.txt"), "skip")

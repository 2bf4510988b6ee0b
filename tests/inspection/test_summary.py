"""What is looked at: numbers and pictures of one run, or of two that read the same."""

import pytest
import torch

from rnnlab.batch import Batch
from rnnlab.errors import InputError
from rnnlab.inference.load import load
from rnnlab.inspection import summary
from rnnlab.inspection.forgetting import reaching
from rnnlab.inspection.summary import look
from saved_runs import save, save_adder

PIECES = (["abba", "abab", "abab"], ["bbaa", "baba", "babb"])
"""What is read, and what comes after each symbol."""


def test_an_exact_adder_is_right_at_every_step_and_its_units_are_named(tmp_path):
    loaded = load(save_adder(tmp_path / "run"))
    found = look([loaded], [loaded.task.parse("9+60")])
    (run,) = found.numbers["runs"]
    assert (run["asked"], run["right"], run["symbols"], run["shown"]) == (7, 7, 7, 7)
    tracks = run["tracks"]["layer 1 hidden"]
    assert tracks.keys() == {"position", "carry", "sum bit"} and len(tracks["carry"]) == 3
    assert list(found.pictures) == ["layer1_hidden.png", "forgetting.png"] and found.notes == []


def test_two_runs_stand_beside_each_other_and_two_checkpoints_are_told_apart(tmp_path):
    one, other = load(save_adder(tmp_path / "one")), load(save(tmp_path / "two", "task=binaryaddition", "model=gru"))
    question = one.task.parse("9+60")
    found = look([one, other], [question, question])
    assert [run["run"] for run in found.numbers["runs"]] == [str(one.path), str(other.path)]
    assert {"layer1_hidden.png", "against_layer1_hidden.png", "against_layer1_reset.png"} <= found.pictures.keys()
    assert '"name":"one"' in found.page and '"name":"two"' in found.page
    assert '"name":"one, best.ckpt"' in look([one, one], [question, question]).page


def test_a_run_that_reads_something_else_is_refused(tmp_path):
    one, other = load(save_adder(tmp_path / "one")), load(save(tmp_path / "two", "task=digitsum", "model=rnn"))
    with pytest.raises(InputError, match="reads other symbols"):
        look([one, other], [one.task.parse("9+60"), other.task.parse("1294")])


def test_how_far_back_it_learns_is_measured_on_many_pieces_of_a_text(tmp_path, monkeypatch):
    monkeypatch.setattr(summary, "STRETCH", 4)
    loaded = load(save(tmp_path / "run", "task=chartext", "model=gru", vocabulary="ab"))
    (run,) = look([loaded], [loaded.task.parse("abbaababababb")]).numbers["runs"]  # 12 are asked, in pieces of 4
    pieces = Batch(*(torch.stack([loaded.task.parse(text).inputs[0] for text in one]) for one in PIECES))
    wanted = reaching(loaded.network, pieces, "endless")["hidden"]
    assert run["forgetting"]["hidden"] == pytest.approx(wanted.tolist()) and len(wanted) == 4
    (run,) = look([loaded], [loaded.task.parse("a")]).numbers["runs"]
    assert run["forgetting"] == {}  # nothing is asked

"""What is looked at: numbers and pictures of one run, or of two that read the same."""

import pytest

from rnnlab.errors import InputError
from rnnlab.inference.load import load
from rnnlab.inspection.summary import look
from saved_runs import save, save_adder


def test_an_exact_adder_is_right_at_every_step_and_its_units_are_named(tmp_path):
    loaded = load(save_adder(tmp_path / "run"))
    found = look([loaded], [loaded.task.parse("9+60")])
    (run,) = found.numbers["runs"]
    assert (run["asked"], run["right"], run["symbols"], run["shown"]) == (7, 7, 7, 7)
    tracks = run["tracks"]["layer 1 hidden"]
    assert tracks.keys() == {"position", "carry", "sum bit"} and len(tracks["carry"]) == 3
    assert list(found.pictures) == ["layer1_hidden.png"] and found.notes == []


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

"""What a run says is what its log has, to the letter."""

import pytest

from rnnlab.training.console import Output

LINES = ["loss 0.25", "[red]no colour[/red]", "weights/[3, 4] at /tmp/a"]


def test_what_is_said_is_printed_and_logged_as_it_is_and_a_note_is_logged_only(tmp_path, capsys):
    output = Output(tmp_path / "train.log")
    for line in LINES:
        output.say(line)
    output.note("a traceback")
    assert capsys.readouterr().out.splitlines() == LINES
    assert (tmp_path / "train.log").read_text().splitlines() == [*LINES, "a traceback"]


@pytest.mark.parametrize("name", ["RANK", "LOCAL_RANK", "SLURM_PROCID"])
def test_only_the_first_of_several_processes_says_anything(name, tmp_path, capsys, monkeypatch):
    for other in ("RANK", "LOCAL_RANK", "SLURM_PROCID"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "1")
    output = Output(tmp_path / "train.log")
    output.say("loss 0.25")
    output.note("a traceback")
    assert capsys.readouterr().out == "" and not (tmp_path / "train.log").exists()

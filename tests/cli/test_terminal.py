"""What reaches a terminal."""

import sys

from rnnlab.cli.terminal import shows
from rnnlab.sample import main
from saved_runs import save


def test_control_characters_are_escaped_on_a_terminal(tmp_path, capsys, monkeypatch):
    assert shows("a\tb\n\x1b[31m\u202e\x9bé\x00\r") == "a\tb\n\\x1b[31m\\u202e\\x9bé\\x00\\r"
    run = str(save(tmp_path / "run", "task=chartext", "model=rnn", vocabulary="\x1b"))
    assert main([run, "length=3"]) == 0
    assert capsys.readouterr().out == "\x1b" * 3 + "\n"  # into a file the text is what it is
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main([run, "length=3"]) == 0
    assert capsys.readouterr().out == "\\x1b" * 3 + "\n"

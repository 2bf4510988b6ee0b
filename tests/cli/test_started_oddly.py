"""A command that is started without standard streams, or in a folder that is gone, says so or does its work."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from rnnlab.train import main as train

OPENS = "import sys; from rnnlab.cli.guard import guarded; sys.exit(guarded(lambda _: open('x', 'w').fileno(), []))"
READS = OPENS.replace("open('x', 'w').fileno()", "len(sys.stdin.buffer.readline())")


def test_no_file_takes_the_place_of_a_closed_stream(tmp_path):
    line = f'exec "{sys.executable}" -c "{OPENS}" <&- >&- 2>&-'
    assert subprocess.run(["bash", "-c", line], cwd=tmp_path, check=False).returncode > 2


def test_a_closed_input_is_an_empty_one(tmp_path):
    line = f'exec "{sys.executable}" -c "{READS}" <&-'
    assert subprocess.run(["bash", "-c", line], cwd=tmp_path, check=False).returncode == 0


def test_a_link_to_itself_and_bytes_that_are_no_text_are_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    for argument, what in (("sweep.resume=loop", "no sweep there"), ("output_dir='\udcff'", "cannot be read")):
        assert train([argument]) == 2
        err = capsys.readouterr().err
        assert what in err and err.count("\n") == 1


@pytest.mark.parametrize("command", ["report NAME", "report . out=NAME", "evaluate . out=NAME", "dataset out=NAME"])
def test_a_name_longer_than_a_file_can_have_is_one_line(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = command.replace("NAME", "x" * 300).split()
    words += ["task=digitsum", "data.lengths=[1]"] if words[0] == "dataset" else []
    assert importlib.import_module(f"rnnlab.{words[0]}").main(words[1:]) == 2
    err = capsys.readouterr().err
    assert err.startswith("rnnlab: error: ") and err.count("\n") == 1


def test_a_current_folder_that_is_gone_is_said_to_be(tmp_path):
    line = f'mkdir gone; cd gone; rmdir ../gone; exec "{sys.executable}" -m rnnlab.train seed=1'
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.startswith("rnnlab: error: the current folder is gone")
    assert done.stderr.count("\n") == 1

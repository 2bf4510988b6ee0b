"""Whatever a command ends with: one line at most, and the exit code that its kind has."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rnnlab.cli.guard import command_line, guarded
from rnnlab.errors import FULL, InputError, RunFailed
from rnnlab.runs.interrupt import STOP, Interrupted


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signals of the tests' own process stay what they are."""
    monkeypatch.setattr(STOP, "listen", lambda: None)
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)


def ends(error: BaseException):
    def command(_: list[str]) -> int:
        raise error

    return command


ENDINGS = [
    (InputError("wrong type", "a\nnumber", "key", "x"), 2, "wrong type (key=x): a number"),
    (RunFailed("it\n fell"), 1, "it fell"),
    (ZeroDivisionError("by\n0"), 1, "unexpected ZeroDivisionError, by 0: a fault of rnnlab"),
    (Interrupted(signal.SIGINT), 130, "stopped by SIGINT"),
    (Interrupted(signal.SIGTERM), 143, "stopped by SIGTERM"),
    (OSError(errno.ENOSPC, "no room"), 1, FULL),
]


@pytest.mark.parametrize(("error", "code", "said"), ENDINGS, ids=[repr(error) for error, *_ in ENDINGS])
def test_each_ending_has_its_exit_code_and_one_line(error, code, said, capsys):
    assert guarded(ends(error), []) == code
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"rnnlab: error: {said}") and err.count("\n") == 1


def test_who_no_longer_listens_is_told_nothing(capsys):
    assert guarded(ends(BrokenPipeError()), []) == 1
    assert capsys.readouterr() == ("", "")


def test_a_command_gets_its_words_and_its_exit_code_comes_back(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["rnnlab", "run", "count=3"])
    assert guarded(lambda words: len(words), ["one"]) == 1
    assert guarded(lambda words: 7 * (words == ["run", "count=3"]), None) == 7


def test_help_is_printed_where_it_is_asked_for_or_nothing_is(capsys):
    main = command_line("\nhow\n")(lambda words: len(words))
    for words in ([], ["run", "-h"], ["--help"]):
        assert main(words) == 0 and capsys.readouterr().out == "how\n"
    assert main(["run"]) == 1 and command_line()(lambda words: 3)([]) == 3 and capsys.readouterr().out == ""


def test_hydra_raises_within_a_command_and_the_environment_is_afterwards_as_it_was(monkeypatch):
    seen = []
    guarded(lambda _: seen.append(os.environ.get("HYDRA_FULL_ERROR")) or 0, [])
    assert seen == ["1"] and "HYDRA_FULL_ERROR" not in os.environ
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    for error in (InputError("no", "yes"), RunFailed("no"), ZeroDivisionError()):
        with pytest.raises(type(error)):
            guarded(ends(error), [])
    assert os.environ["HYDRA_FULL_ERROR"] == "1"


def test_the_traceback_is_shown_on_request(tmp_path):
    command = [sys.executable, "-m", "rnnlab.train", "task=digitsun"]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"HYDRA_FULL_ERROR": "1"}, capture_output=True)
    assert done.returncode == 1 and b"Traceback" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_not_even_room_to_say_so(tmp_path):
    command = [sys.executable, "-m", "rnnlab.report", "nowhere"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=full)
    assert done.returncode == 2 and done.stdout == b""

"""The command line of a report: which words are folders, which are options, and what is refused."""

from pathlib import Path

import pytest

from rnnlab.cli.arguments import folders
from rnnlab.errors import InputError
from rnnlab.report import main

KNOWN = ("objective", "out", "over")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_word_with_an_equals_sign_is_an_option_unless_a_folder_has_that_name():
    Path("seed=1").mkdir(), Path("out=here").mkdir()
    words = ["outputs", "seed=1", "out=here", "objective=loss/test", "out=there=now"]
    found, given = folders(words, KNOWN)
    assert found == [Path("outputs"), Path("seed=1"), Path("out=here")]
    assert given == {"objective": "loss/test", "out": "there=now"}


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["outputs", "objectiv=loss/test"], "did you mean 'objective'"),
        (["outputs", "out=a", "out=b"], "given twice"),
        (["outputs", "out="], "no value"),
        (["outputs", "--out"], "unknown flag"),
        (["out=a"], "no folder given"),
    ],
)
def test_what_is_neither_is_refused(arguments, hint):
    with pytest.raises(InputError, match=hint):
        folders(arguments, KNOWN)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["missing"], "not a folder"),
        (["."], "no runs found"),
        (["out=a"], "no folder given"),
        ([".", "over=second"], "did you mean 'seconds'"),
    ],
)
def test_a_mistake_is_one_line(arguments, hint, capsys):
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("rnnlab: error: ") and err.count("\n") == 1 and hint in err


def test_alone_it_says_how_it_is_used(capsys):
    assert main([]) == 0
    assert "objective=exact_match/test" in capsys.readouterr().out

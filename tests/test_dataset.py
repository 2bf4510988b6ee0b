"""All examples of a task's lengths as a csv, against Python's own sums."""

import itertools
from pathlib import Path

import pytest

from rnnlab.dataset import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_sequence_of_digits_is_there_once_with_its_sum(capsys):
    assert main(["task=digitsum", "data.lengths=[1,2]", "out=sums.csv"]) == 0
    digits = ["".join(row) for length in (1, 2) for row in itertools.product("0123456789", repeat=length)]
    rows = Path("sums.csv").read_text().splitlines()
    assert sorted(rows) == sorted(f"{row},{sum(map(int, row))}" for row in digits)
    assert capsys.readouterr().out == "110 examples in sums.csv\n"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["task=digitsum"], "give it once, as out=FILE"),
        (["task=digitsum", "out="], "give it once, as out=FILE"),
        (["out=a.csv", "out=b.csv"], "given twice (out=b.csv)"),
        (["task=digitsum", "out=."], "a file in a folder that is there"),
        (["task=digitsum", "out=no/sums.csv"], "a file in a folder that is there"),
        (["task=countdown", "out=sums.csv"], "(task=countdown): task=digitsum"),
        (["data.lengths=[7]", "out=sums.csv"], "from 1 to 6"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(arguments, hint, folder, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("rnnlab: error: ") and err.count("\n") == 1 and hint in err
    assert list(folder.iterdir()) == []


def test_alone_it_says_how_it_is_used(folder, capsys):
    assert main([]) == 0
    assert "out=FILE" in capsys.readouterr().out and list(folder.iterdir()) == []

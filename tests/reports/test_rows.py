"""The rows of a csv, while it is being written and whatever it is."""

import math

import pytest

from rnnlab.files import Unusable
from rnnlab.reports.rows import columns, number, table


@pytest.mark.parametrize("rest", ["2,0.", "2,0.5", "2", ""])
def test_a_row_that_is_being_written_is_not_read_yet(rest, tmp_path):
    (tmp_path / "a.csv").write_text(f"step,loss\n1,0.25\n{rest}")
    assert table(tmp_path / "a.csv") == (["step", "loss"], [["1", "0.25"]])


def test_of_the_columns_those_that_are_there_are_read_and_text_is_no_number(tmp_path):
    (tmp_path / "a.csv").write_text('step,loss,"a, b"\n1,x,2\n2,0.5,"1e3"\n')
    found = columns(tmp_path / "a.csv", ["a, b", "loss", "accuracy"])
    assert list(found) == ["a, b", "loss"] and found["a, b"] == [2, 1000]
    assert math.isnan(found["loss"][0]) and found["loss"][1] == 0.5


def test_no_file_and_an_empty_one_have_no_columns(tmp_path):
    (tmp_path / "a.csv").touch()
    assert columns(tmp_path / "a.csv", ["step"]) == columns(tmp_path / "b.csv", ["step"]) == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a,a\n1,2\n", "a column is there twice"),
        (b"a,b\n1,2\n1,2,3\n1,2\n", "line 3 has other than 2 values"),
        (b'a,b\n"1,2\n', "no csv"),
        (b"a,b\n\xff,2\n", "no text in UTF-8"),
    ],
)
def test_what_is_no_csv_is_refused_with_the_reason(content, why, tmp_path):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(Unusable, match=why):
        table(tmp_path / "a.csv")


@pytest.mark.parametrize("value", [True, None, "", "x", [1], "1e101", -1e100, 10**400, "inf", "nan"])
def test_what_is_no_number_is_nan(value):
    assert math.isnan(number(value))
    assert number(" 1.5 ") == 1.5 and number(3) == 3

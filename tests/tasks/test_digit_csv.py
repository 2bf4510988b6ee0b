"""The csv that can replace the examples of digit sums: what is read, and what is refused."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import one_line, quick
from rnnlab.errors import InputError
from rnnlab.tasks.digit_csv import read_csv
from rnnlab.tasks.digitsum import DigitSum

TASK, EOS = DigitSum(), 10


def test_a_written_csv_reads_back_as_the_same_examples(tmp_path, seeded):
    path = str(tmp_path / "sums.csv")
    batch = TASK.batch(50, 4, seeded())
    (tmp_path / "sums.csv").write_text("".join(TASK.lines([batch])))
    first = (tmp_path / "sums.csv").read_text().splitlines()[0]
    digits = "".join(map(str, batch.inputs[0, :4].tolist()))
    assert first == f"{digits},{sum(map(int, digits))}"
    assert torch.equal(read_csv(path)[4], batch.inputs[:, :4])
    task = DigitSum(csv=path)
    assert task.lengths == [4]
    listed = task.every(4)
    assert torch.equal(listed.inputs.unique(dim=0), batch.inputs.unique(dim=0))


def test_a_csv_may_hold_several_lengths_and_repeats(tmp_path):
    (tmp_path / "sums.csv").write_text("12,3\n999,27\n\n12,3\n05,5\n")
    task = DigitSum(csv=str(tmp_path / "sums.csv"))
    assert task.lengths == [2, 3]
    assert task.every(2).inputs[:, :2].tolist() == [[0, 5], [1, 2]]  # each once
    assert task.every(3).inputs.tolist() == [[9, 9, 9, EOS, 2, 7]]
    with pytest.raises(InputError, match="length=4"):
        task.every(4)


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_of_any_system_is_read(tmp_path, ending, mark):
    path = tmp_path / "sums.csv"
    path.write_bytes(mark + ending.join(["12,3", '"40","4"', ""]).encode())
    assert read_csv(str(path))[2].tolist() == [[1, 2], [4, 0]]


@pytest.mark.parametrize(
    "content, complaint",
    [
        (b"12,3\n12,4\n", r"line 2: wrong sum 4.*12 has the sum 3"),
        (b"12,3\n1a,1\n", r"line 2: digits '1a'"),
        (b"12,3\n12,x\n", r"line 2: sum 'x'"),
        (b"12,3\ndigits,sum\n", r"line 2: digits 'digits'"),
        (b"12,x\n", r"line 1: sum 'x'"),
        (b"digits,sum\n", "empty"),
        (b"sum,digits\n12,3\n", r"line 2: wrong sum 12"),
        (b"id,digits,sum\n1,12,3\n12,3\n", r"line 3 has 2 columns.*must have 3, as its header has"),
        (b"digits\n12\n", r"line 2 has 1 columns"),
        (b"12,3\n\n12\n", r"line 3 has 1 columns"),
        (b"12,3\n12,3,4\n", r"line 2 has 3 columns"),
        (b"12,3\n12,\n", r"line 2: sum ''"),
        (b"12,3\n-1,-1\n", r"line 2: digits '-1'"),
        (b"12,3\n12,3 \n", r"line 2: sum '3 '"),
        ("12,3\n\u0663,3\n".encode(), r"line 2: digits"),
        (b"12," + b"3" * 5000, r"line 1: wrong sum"),
        (b'12,3\n"12,3\n', r"line 2"),
        (b'12,3\n\n"1\n2",3\n', r"line 3: digits '1\\n2'"),  # where the row begins
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"12,3\n\xff,3\n", "line 2 is not UTF-8"),
        (b"12,3\n" * 5000 + b"\xff,3\n", "line 5001 is not UTF-8"),
    ],
)
def test_a_wrong_csv_is_refused_with_the_line(tmp_path, content, complaint):
    path = tmp_path / "sums.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=complaint) as refusal:
        DigitSum(csv=str(path))
    assert f"csv={path}" in str(refusal.value) and len(str(refusal.value)) < 800


def test_a_csv_that_is_no_file_is_refused(tmp_path):
    for path, complaint in ((tmp_path, "a folder"), (tmp_path / "none.csv", "No such file")):
        with pytest.raises(InputError, match=complaint):
            DigitSum(csv=str(path))


@pytest.mark.parametrize(
    "content",
    [
        "digits,sum\n12,3\n40,4\n",
        "\n\nNumber,Total\n12,3\n\n40,4\n",  # other names: the first column and the second
        "12;3\n40;4\n",
        "digits\tsum\n12\t3\n40\t4\n",
        "12|3\n40|4\n",
        '\ufeff"Sum";"note";"Digits"\n3;"a, b";12\n4;;40\n',  # where they are named, wherever they are
        ",digits,sum\n0,12,3\n1,40,4\n",  # as pandas writes it
    ],
)
def test_a_header_and_other_delimiters_are_read(tmp_path, content):
    path = tmp_path / "sums.csv"
    path.write_text(content)
    assert read_csv(str(path))[2].tolist() == [[1, 2], [4, 0]]


@quick
@given(some.lists(some.text("0123456789", min_size=1, max_size=12), min_size=1, max_size=30, unique=True))
def test_a_csv_that_is_right_is_read_as_it_is(tmp_path, rows):
    path = tmp_path / "digits.csv"
    path.write_text("".join(f"{row},{sum(map(int, row))}\n" for row in rows))
    found = [DigitSum.vocab.decode(digits) for tensor in read_csv(str(path)).values() for digits in tensor]
    assert sorted(found) == sorted(rows)


@quick
@given(some.binary(max_size=200))
def test_a_csv_of_anything_is_read_or_refused(tmp_path, content):
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        rows = read_csv(str(path))
    except InputError as error:
        assert one_line(error)
    else:
        assert all(((tensor >= 0) & (tensor < 10)).all() for tensor in rows.values())

"""Digit sum against Python's sum of the digits, and the csv that can replace its examples."""

import itertools
import time

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import one_line, quick
from rnnlab.batch import IGNORE
from rnnlab.errors import InputError
from rnnlab.tasks.digitsum import LISTED, DigitSum, read_csv, write_csv

TASK = DigitSum()
EOS, EOA, N = 10, 11, IGNORE


def test_1294_is_asked_for_16():
    batch = TASK.parse("1294")
    assert batch.inputs.tolist() == [[1, 2, 9, 4, EOS, 1, 6]]
    assert batch.targets.tolist() == [[N, N, N, N, 1, 6, EOA]]
    assert TASK.show(*(part[0] for part in batch)) == "1294=16."


def test_a_shorter_sum_is_followed_by_nothing():
    batch = TASK.parse("1221")
    assert batch.targets.tolist() == [[N, N, N, N, 6, EOA, N]]
    assert batch.inputs[0, :6].tolist() == [1, 2, 2, 1, EOS, 6]


@pytest.mark.parametrize("text, shown", [("0000", "0000=0."), ("0", "0=0."), ("9", "9=9."), ("55", "55=10.")])
def test_sums_at_the_edges_are_right(text, shown):
    assert TASK.show(*(part[0] for part in TASK.parse(text))) == shown


def test_all_11100_sequences_of_two_to_four_digits_have_pythons_sum():
    shown = []
    for length in (2, 3, 4):
        examples = TASK.every(length)
        shown += [TASK.show(*row) for row in zip(*examples, strict=True)]
    expected = []
    for length in (2, 3, 4):
        for digits in itertools.product("0123456789", repeat=length):
            expected.append(f"{''.join(digits)}={sum(map(int, digits))}.")
    assert len(expected) == 11_100 and sorted(shown) == sorted(expected)


@pytest.mark.parametrize("length", [1, 12, 111, 112, 2000])
def test_drawn_sequences_of_any_length_have_pythons_sum(length, seeded):
    batch = TASK.batch(5, length, seeded(length))
    for inputs, targets in zip(*batch, strict=True):
        digits = inputs[:length].tolist()
        answer = str(sum(digits))
        assert inputs[length] == EOS and targets[:length].eq(N).all()
        assert targets[targets != N].tolist() == [*map(int, answer), EOA]
        assert (
            inputs[length + 1 : length + 1 + len(answer)].tolist()
            == [*map(int, answer)][: inputs.shape[0] - length - 1]
        )


def test_nine_nines_in_every_place_is_the_largest_sum():
    assert TASK.show(*(part[0] for part in TASK.parse("9" * 112))) == "9" * 112 + "=1008."


def test_what_is_too_long_to_list_is_refused():
    with pytest.raises(InputError, match=rf"length={LISTED + 1}.*from 1 to {LISTED}"):
        TASK.every(LISTED + 1)


@pytest.mark.parametrize("text", ["12a4", "-1", "1.5", " 1", "٣", ""])
def test_what_is_not_digits_is_refused(text):
    with pytest.raises(InputError, match="not a sequence of digits"):
        TASK.parse(text)


def test_100000_examples_take_less_than_a_second(seeded):
    seconds = []
    for seed in range(3):
        began = time.perf_counter()
        TASK.batch(100_000, 4, seeded(seed))
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 1  # about 0.03 s on an unhurried machine


def test_a_written_csv_reads_back_as_the_same_examples(tmp_path, seeded):
    path = str(tmp_path / "sums.csv")
    batch = TASK.batch(50, 4, seeded())
    write_csv(path, batch)
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
        (b"digits,sum\n12,3\n", r"line 1: digits 'digits'"),
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


def test_adversarial_digits_are_what_they_are_called():
    task = DigitSum()
    shown = {
        name: [task.show(*row) for row in zip(*batch, strict=True)] for name, (batch,) in task.adversarial(4).items()
    }
    assert shown["nines"] == ["9999=36."] and shown["zeros"] == ["0000=0."]
    assert shown["leading zeros"] == [f"000{digit}={digit}." for digit in range(1, 10)]


def test_the_prefixes_of_a_digit_sum_by_hand():
    task = DigitSum()
    parts = task.prefixes(task.parse("1294"))
    assert [task.show(part.inputs[0], part.targets[0]) for part in parts] == ["1=1.", "12=3.", "129=12."]
    assert task.prefixes(task.parse("7")) == []


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

"""Digit sum against Python's sum of the digits."""

import itertools
import time

import pytest

from rnnlab.batch import IGNORE
from rnnlab.errors import InputError
from rnnlab.tasks.digitsum import LISTED, DigitSum

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


def test_its_quantities_are_what_adding_up_gives_and_end_with_the_question(seeded):
    batch = DigitSum().batch(30, 4, seeded())
    quantities = DigitSum().quantities(batch)
    for row, inputs in enumerate(batch.inputs.tolist()):
        sums = [sum(inputs[: end + 1]) for end in range(4)]
        assert quantities["running sum"][row].tolist() == sums + [IGNORE] * (len(inputs) - 4)
        assert quantities["last digit"][row].tolist()[:4] == [one % 10 for one in sums]


def test_with_the_running_sum_of_another_row_the_answer_is_that_sum_and_the_rest(seeded):
    one, other = (DigitSum().batch(30, 4, seeded(seed)) for seed in (1, 2))
    for step in range(4):
        changed = DigitSum().exchanged("running sum", one, other, step)
        for row in range(30):
            digits = other.inputs[row, : step + 1].tolist() + one.inputs[row, step + 1 : 4].tolist()
            answer = [int(digit) for digit in str(sum(digits))]
            asked = changed.targets[row][changed.targets[row] != IGNORE].tolist()
            assert asked == [*answer, DigitSum.end]
            assert changed.inputs[row, 5 : 5 + len(answer)].tolist() == answer[: changed.inputs.shape[1] - 5]
    with pytest.raises(InputError, match="quantity"):
        DigitSum().exchanged("running sum", one, other, 4)
    with pytest.raises(InputError, match="quantity"):
        DigitSum().exchanged("last digit", one, other, 0)

"""Binary addition against Python's integers, in both encodings."""

import math
import random
import time

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import quick
from rnnlab.batch import IGNORE
from rnnlab.errors import InputError
from rnnlab.tasks.binaryaddition import ADVERSARIES, PIECE, BinaryAddition

ENCODINGS = ["scalar", "one_hot"]


@pytest.fixture(params=ENCODINGS)
def addition(request):
    return BinaryAddition(request.param)


def integers(addition, batch):
    """The two operands and the sum of each row, as Python integers."""
    operands = [batch.inputs % 2, batch.inputs // 2] if addition.symbols else list(batch.inputs.long().unbind(2))
    columns = [[int("".join(map(str, row[::-1])), 2) for row in bits.tolist()] for bits in (*operands, batch.targets)]
    return list(zip(*columns, strict=True))


def test_9_and_60_give_69_as_written_out_by_hand():
    scalar, one_hot = (BinaryAddition(encoding).parse("9+60") for encoding in ENCODINGS)
    a, b = [1, 0, 0, 1, 0, 0, 0], [0, 0, 1, 1, 1, 1, 0]
    assert scalar.inputs[0].T.tolist() == [a, b]
    assert one_hot.inputs[0].tolist() == [1, 0, 2, 3, 2, 2, 0]
    assert scalar.targets.tolist() == one_hot.targets.tolist() == [[1, 0, 1, 0, 0, 0, 1]]


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_every_pair_of_a_few_bits_is_there_once_with_its_sum(addition, length):
    rows = integers(addition, addition.every(length))
    numbers = range(2**length)
    assert sorted(rows) == [(a, b, a + b) for a in numbers for b in numbers]


@pytest.mark.parametrize("length, size", [(8, 500), (63, 50), (64, 50), (200, 50), (10_000, 3)])
def test_drawn_pairs_of_any_length_have_the_right_sum(addition, length, size, seeded):
    batch = addition.batch(size, length, seeded(length))
    assert batch.targets.shape == (size, length + 1)
    rows = integers(addition, batch)
    assert all(a + b == total and max(a, b) < 2**length for a, b, total in rows)
    assert len({row[:2] for row in rows}) > 0.9 * size


def test_a_carry_runs_through_all_of_10000_places(addition):
    text = f"{2**200 - 1}+1"
    assert integers(addition, addition.parse(text)) == [(2**200 - 1, 1, 2**200)]
    bits = torch.zeros(1, 10_000, 2, dtype=torch.int64)
    bits[0, :, 0], bits[0, 0, 1] = 1, 1
    assert addition.add(bits).targets.tolist() == [[0] * 10_000 + [1]]


def test_a_carry_starts_passes_and_stops_at_random_places(addition):
    """Pairs made of long runs, where a carry travels far, unlike in uniformly drawn bits."""
    draw = random.Random(3)
    for _ in range(50):
        runs = [draw.choice([(0, 0), (0, 1), (1, 0), (1, 1)]) for _ in range(12)]
        pairs = [pair for run in runs for pair in [run] * draw.randint(1, 30)]
        batch = addition.add(torch.tensor([pairs]))
        ((a, b, total),) = integers(addition, batch)
        assert total == a + b == sum((x + y) << place for place, (x, y) in enumerate(pairs))


def test_what_is_typed_is_shown_with_its_sum(addition):
    for text, shown in (("9+60", "9 + 60 = 69"), (" 0 + 0 ", "0 + 0 = 0"), ("255+1", "255 + 1 = 256")):
        assert addition.show(*(part[0] for part in addition.parse(text))) == shown


def test_numbers_beyond_pythons_digit_limit_are_read_and_shown(addition):
    nines = "9" * 5000
    assert addition.show(*(part[0] for part in addition.parse(f"{nines}+1"))) == f"{nines} + 1 = 1{'0' * 5000}"


def test_padding_is_left_out_of_what_is_shown(addition):
    batch = addition.parse("5+3")
    padded = torch.cat([batch.targets[0], torch.tensor([IGNORE] * 2)])
    inputs = torch.cat([batch.inputs[0], batch.inputs[0][:2]])
    assert addition.show(inputs, padded) == "5 + 3 = 8"


@pytest.mark.parametrize("text", ["9", "9+", "9+1+2", "9-1", "-9+1", "a+b", "1.5+2"])
def test_what_is_not_an_addition_is_refused(addition, text):
    with pytest.raises(InputError, match="not an addition"):
        addition.parse(text)


def test_an_unknown_encoding_is_refused():
    with pytest.raises(InputError, match=r"encoding=onehot.*did you mean 'one_hot'"):
        BinaryAddition("onehot")


def test_100000_examples_of_8_bits_take_less_than_a_second(addition, seeded):
    seconds = []
    for seed in range(3):
        began = time.perf_counter()
        addition.batch(100_000, 8, seeded(seed))
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 1  # about 0.05 s on an unhurried machine


def joined(pieces):
    """The whole examples of consecutive pieces."""
    pieces = list(pieces)
    return [torch.cat([piece[part] for piece in pieces], 1) for part in (0, 1)]


def numbers(inputs, targets):
    """Rows of features and answers as Python's integers a, b, sum."""
    columns = [*inputs.long().unbind(2), targets]
    rows = [[int("".join(map(str, row[::-1])), 2) for row in column.tolist()] for column in columns]
    return list(zip(*rows, strict=True))


@pytest.mark.parametrize("size, length", [(3, 5), (7, PIECE // 7 + 3), (2, PIECE + 1)])
def test_sums_made_in_pieces_are_pythons_sums(size, length, seeded):
    pieces = list(BinaryAddition().pieces(size, length, seeded(1)))
    assert len(pieces) == math.ceil((length + 1) / (PIECE // size))
    inputs, targets = joined(pieces)
    assert targets.shape == (size, length + 1)
    rows = numbers(inputs, targets)
    assert all(a + b == total for a, b, total in rows)
    assert len({a for a, _, _ in rows}) == size or length < 10


def test_adversarial_sums_are_what_they_are_called():
    length = 12
    found = {name: numbers(*joined(pieces)) for name, pieces in BinaryAddition().adversarial(length).items()}
    ones, half = 2**length - 1, 2 ** (length // 2)
    assert found["carry end to end"] == [(ones, 1, ones + 1), (1, ones, ones + 1)]
    assert found["idle, then carry"][0] == (ones - half + 1, half, 2**length)
    assert found["zeros"] == [(0, 0, 0)] * 2
    a, b, total = found["alternating carries"][0]
    assert a == b == 0b010101010101 and total == 2 * a
    assert list(found) == list(ADVERSARIES)


@quick
@given(some.integers(0, 10**60), some.integers(0, 10**60))
def test_any_two_numbers_are_added_right(a, b):
    batch = BinaryAddition().parse(f"{a}+{b}")
    assert sum(bit << place for place, bit in enumerate(batch.targets[0].tolist())) == a + b


@pytest.mark.parametrize("encoding", ["scalar", "one_hot"])
def test_its_carry_is_that_of_whole_numbers_and_another_rows_carry_adds_one_there(encoding, seeded):
    task, length = BinaryAddition(encoding), 7
    one, other = (task.batch(40, length, seeded(seed)) for seed in (1, 2))
    bits = [
        torch.stack([batch.inputs % 2, batch.inputs // 2], 2) if encoding == "one_hot" else batch.inputs.long()
        for batch in (one, other)
    ]
    carries, theirs = (task.quantities(batch)["carry"] for batch in (one, other))

    def number(steps):
        return sum(int(bit) << place for place, bit in enumerate(steps))

    for row in range(40):
        for step in range(length):
            a, b = (number(bits[0][row, : step + 1, operand]) for operand in (0, 1))
            assert carries[row, step] == (a + b) >> (step + 1)
            a, b = (number(bits[0][row, step + 1 :, operand]) for operand in (0, 1))
            changed = task.exchanged("carry", one, other, step)
            assert number(changed.targets[row, step + 1 :]) == a + b + int(theirs[row, step])
            assert changed.targets[row, : step + 1].tolist() == one.targets[row, : step + 1].tolist()
    with pytest.raises(InputError, match="quantity"):
        task.exchanged("sum bit", one, other, 0)


@pytest.mark.parametrize("a, b", [(0, 0), (1, 1), (5, 3), (2**70 - 1, 1), (0xAAAA5555, 0x5555AAAB)])
def test_its_machine_adds_as_python_does_on_what_the_network_is_given(addition, a, b):
    machine, batch = addition.machine(), addition.parse(f"{a}+{b}")
    given_inputs = [one if addition.symbols else tuple(one) for one in batch.inputs[0].tolist()]
    states, bits = machine.run([machine.inputs.index(one) for one in given_inputs])
    assert sum(bit << place for place, bit in enumerate(bits)) == a + b
    for place, state in enumerate(states):
        low = (1 << (place + 1)) - 1
        assert machine.names[state] == ("carry" if (a & low) + (b & low) > low else "no carry")
    assert len(machine.minimal().names) == 2


@quick
@given(some.integers(0, 10**60), some.integers(0, 10**60), some.sampled_from(ENCODINGS))
def test_any_two_numbers_are_added_right_in_base_10_and_by_its_machine(a, b, encoding):
    task = BinaryAddition(encoding, base=10)
    batch = task.parse(f"{a}+{b}")
    assert sum(digit * 10**place for place, digit in enumerate(batch.targets[0].tolist())) == a + b
    assert task.show(batch.inputs[0], batch.targets[0]) == f"{a} + {b} = {a + b}"
    machine = task.machine()
    given_inputs = [one if task.symbols else tuple(one) for one in batch.inputs[0].tolist()]
    states, digits = machine.run([machine.inputs.index(one) for one in given_inputs])
    assert digits == batch.targets[0].tolist()
    assert states == task.quantities(batch)["carry"][0].tolist()
    assert states == [int(a % 10**n + b % 10**n >= 10**n) for n in range(1, len(states) + 1)]


def test_adversarial_sums_in_base_10_carry_from_end_to_end():
    found = BinaryAddition(base=10).adversarial(5)
    inputs, targets = joined(found["carry end to end"])
    assert (inputs[0] * 9).round().T.tolist() == [[9, 9, 9, 9, 9, 0], [1, 0, 0, 0, 0, 0]]
    assert targets[0].tolist() == [0, 0, 0, 0, 0, 1]


def test_drawn_sums_in_base_10_are_pythons_in_pieces_too(seeded):
    task = BinaryAddition("one_hot", base=10)
    inputs, targets = joined(task.pieces(3, 50, seeded(1)))
    assert targets.max() > 5
    for row, answer in zip(inputs.tolist(), targets.tolist(), strict=True):
        a, b = (
            sum(digit * 10**n for n, digit in enumerate(part))
            for part in ([x % 10 for x in row], [x // 10 for x in row])
        )
        assert a + b == sum(digit * 10**n for n, digit in enumerate(answer))

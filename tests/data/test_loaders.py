"""Orders: every example once, the same again from a seed, and resumed anywhere."""

import itertools

import pytest
import torch

from rnnlab.data.draw import Part, row_hash
from rnnlab.data.loaders import Drawn, Fixed, Rows, Shuffled
from rnnlab.data.splits import ExampleData
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.digitsum import DigitSum

SPLIT = [0.8, 0.1, 0.1]


def prompts(loader):
    """The digits of every example that a loader gives in one epoch, in order."""
    digits = DigitSum.vocab.decode
    return [digits(row).split("=")[0] for batch in loader for row in batch.inputs]


def drawn_data(**more):
    settings = {"seed": 1, "batch_size": 16, "lengths": [1, 2, 3], "source": "drawn", "split": SPLIT}
    return ExampleData(BinaryAddition("one_hot"), **(settings | {"steps_per_epoch": 5, "held_out": 60} | more))


@pytest.fixture
def text(tmp_path):
    """Text of 1,000 characters whose ids say where they are."""
    (tmp_path / "text.txt").write_text("".join(chr(0x100 + place) for place in range(1000)), encoding="utf-8")
    return CharText(path=str(tmp_path / "text.txt"), test=None)


def test_every_example_is_shown_once_an_epoch_in_another_order_each_time():
    def epochs():
        loader = ExampleData(DigitSum(), seed=5, batch_size=30, lengths=[2], split=SPLIT).train
        return [prompts(loader) for _ in range(3)]

    first, second, third = epochs()
    assert len(set(first)) == len(first) == 80
    assert sorted(first) == sorted(second) == sorted(third)
    assert first != second != third != first
    assert epochs() == [first, second, third]


def test_the_order_depends_on_the_seed():
    examples = DigitSum().every(2)
    assert prompts(Shuffled(examples, 64, seed=1)) != prompts(Shuffled(examples, 64, seed=2))


def loaders(text):
    shares = (0.0, 0.8)
    return {
        "shuffled": lambda: Shuffled(DigitSum().every(2), 13, seed=3),
        "drawn": lambda: Drawn(Part(BinaryAddition(), 0, *shares), [3, 4, 5], 6, 7, 3),
        "rows": lambda: Rows(text.train, 5, 30),
        "fixed": lambda: Fixed([DigitSum().every(1).rows(slice(k, k + 2)) for k in range(5)]),
    }


def endless(loader):
    while True:
        yield from loader


def same(one, other):
    return torch.equal(one.inputs, other.inputs) and torch.equal(one.targets, other.targets)


@pytest.mark.parametrize("name", ["shuffled", "drawn", "rows", "fixed"])
def test_a_loader_resumed_anywhere_gives_the_remaining_batches(name, text):
    make = loaders(text)[name]
    loader = make()
    steps = len(loader)
    assert steps >= 5
    states, batches = [loader.state_dict()], []
    for batch in itertools.islice(endless(loader), 2 * steps + 3):
        batches.append(batch)
        states.append(dict(loader.state_dict()))
    for position in (0, 1, 3, steps - 1, steps, steps + 1, 2 * steps, 2 * steps + 1):
        resumed = make()
        resumed.load_state_dict(states[position])
        rest = batches[position:]
        again = list(itertools.islice(endless(resumed), len(rest)))
        assert len(again) == len(rest) and all(map(same, again, rest))
    if name in ("shuffled", "drawn"):
        assert not same(batches[0], batches[steps])


@pytest.mark.parametrize("name", ["shuffled", "drawn", "rows", "fixed"])
def test_a_loader_left_early_starts_its_next_epoch_at_the_first_batch(name, text):
    left, whole = loaders(text)[name](), loaders(text)[name]()
    list(itertools.islice(left, 3))
    list(whole)
    found, expected = list(left), list(whole)
    assert len(found) == len(expected) == len(left) and all(map(same, found, expected))


def test_drawn_training_is_a_function_of_seed_and_epoch():
    first, second = ([batch for _ in range(2) for batch in drawn_data().train] for _ in range(2))
    assert all(map(same, first, second))
    other = list(drawn_data(seed=2).train)
    assert not all(map(same, first, other))


def test_rows_of_an_epoch_are_contiguous_and_targets_one_ahead(text):
    loader = Rows(text.train, rows=7, window=16)
    batches = list(loader)
    inputs, targets = (torch.cat(parts, 1) for parts in zip(*batches, strict=True))
    stride = 900 // 7
    assert inputs.tolist() == [list(range(row * stride, (row + 1) * stride - 1)) for row in range(7)]
    assert torch.equal(targets, inputs + 1)
    assert len(loader) == len(batches) == 8 and batches[-1].inputs.shape[1] == stride - 1 - 7 * 16


SHARE = (0.0, 0.8)


def test_a_batch_with_prefixes_holds_them_all_but_those_that_are_held_out():
    task = DigitSum()
    plain, loader = (
        Drawn(Part(task, 0, *SHARE), [1, 3, 5], 30, 12, seed=1, prefixes=prefixes) for prefixes in (False, True)
    )
    left_out = 0
    for batch, full in zip(loader, plain, strict=True):
        questions = [task.vocab.decode(row).split("=")[0] for row in full.inputs]
        expected = [question[:cut] for cut in range(1, len(questions[0])) for question in questions]
        held_out = [not SHARE[0] <= row_hash(task.parse(text).inputs, 0) < SHARE[1] for text in expected]
        expected = [text for text, out in zip(expected, held_out, strict=True) if not out]
        left_out += sum(held_out)
        found = [task.show(row, targets) for row, targets in zip(*batch, strict=True)]
        assert found == [f"{text}={sum(map(int, text))}." for text in [*questions, *expected]]
    assert left_out > 50

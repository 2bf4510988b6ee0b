"""From tasks to batches: splits, orders, resuming, and the rows of a text."""

import itertools

import pytest
import torch

from rnnlab.batch import IGNORE, Batch
from rnnlab.data.loaders import Shuffled
from rnnlab.data.splits import ExampleData, StreamData
from rnnlab.errors import InputError
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.countdown import Countdown
from rnnlab.tasks.digitsum import DigitSum

SPLIT = [0.8, 0.1, 0.1]


def prompts(loader):
    """The digits of every example that a loader gives in one epoch, in order."""
    digits = DigitSum.vocab.decode
    return [digits(row).split("=")[0] for batch in loader for row in batch.inputs]


def drawn_data(**more):
    settings = {"seed": 1, "batch_size": 16, "lengths": [1, 2, 3], "source": "drawn", "split": SPLIT}
    return ExampleData(BinaryAddition("one_hot"), **(settings | {"steps_per_epoch": 5, "held_out": 60} | more))


@pytest.fixture(scope="module")
def sentences():
    return CharText(corpus="sentences")


@pytest.fixture
def text(tmp_path):
    """Text of 1,000 characters whose ids say where they are."""
    (tmp_path / "text.txt").write_text("".join(chr(0x100 + place) for place in range(1000)), encoding="utf-8")
    return CharText(path=str(tmp_path / "text.txt"), test=None)


@pytest.fixture(scope="module")
def digitsum():
    return ExampleData(DigitSum(), seed=1, batch_size=64, lengths=[2, 3, 4], split=SPLIT)


def test_digit_sum_is_split_into_8880_1110_and_1110_that_share_nothing(digitsum):
    parts = [prompts(loader) for loader in (digitsum.train, digitsum.validation, digitsum.test)]
    assert [len(part) for part in parts] == [8_880, 1_110, 1_110]
    everything = ["".join(digits) for length in (2, 3, 4) for digits in itertools.product("0123456789", repeat=length)]
    assert sorted(itertools.chain(*parts)) == sorted(everything)


def test_the_split_mixes_lengths_as_they_are(digitsum):
    share = sum(len(prompt) == 4 for prompt in prompts(digitsum.test)) / 1_110
    assert share == pytest.approx(10_000 / 11_100, abs=0.03)


def test_the_split_is_a_function_of_its_own_seed_alone(digitsum):
    def held_out(seed, batch_size):
        torch.manual_seed(batch_size)
        return prompts(ExampleData(DigitSum(), 1, batch_size, [2, 3, 4], split=SPLIT, split_seed=seed).test)

    assert held_out(0, 7) == prompts(digitsum.test)
    assert set(held_out(2, 64)) != set(prompts(digitsum.test))


def endless(loader):
    while True:
        yield from loader


def test_held_out_counts_and_lengths_are_what_was_asked_for():
    data = drawn_data(lengths=[4, 5, 6], test_lengths=[9, 20], held_out=61)
    assert sum(len(batch.targets) for batch in data.validation) == 61
    lengths = [batch.targets.shape[1] - 1 for batch in data.test for _ in batch.targets]
    assert lengths == [9] * 31 + [20] * 30
    assert {batch.targets.shape[1] - 1 for batch in itertools.islice(endless(data.train), 60)} == {4, 5, 6}


def test_without_a_split_all_parts_hold_everything():
    data = ExampleData(Countdown(4), seed=1, batch_size=2, lengths=[0, 1, 2, 3, 4], split=None)
    assert sorted(int(row[0]) for batch in data.train for row in batch.inputs) == [0, 1, 2, 3, 4]
    for loader in (data.validation, data.test):
        assert [int(row[0]) for batch in loader for row in batch.inputs] == [0, 1, 2, 3, 4]


def test_the_three_sentences_are_three_rows_of_fourteen_steps(sentences):
    data = StreamData(sentences, seed=1)
    for loader in (data.train, data.validation, data.test):
        (batch,) = loader
        assert batch.inputs.shape == (3, 14)
        rows = [sentences.vocab.decode(inputs) for inputs in batch.inputs]
        assert rows == ["hey how are yo", "good i am fine", "have a nice da"]
        ends = [sentences.vocab.decode(targets[-1:]) for targets in batch.targets]
        assert ends == ["u", " ", "y"]


def test_text_is_tested_on_all_that_is_held_out_in_one_row(text):
    data = StreamData(text, seed=1, batch_size=4, window=10)
    (batch,) = data.test
    assert batch.inputs.tolist() == [list(range(900, 999))]


def test_a_text_with_a_test_of_its_own_is_not_tested_on_its_validation(tmp_path, text):
    task = CharText(path=str(tmp_path / "text.txt"))
    data = StreamData(task, seed=1, batch_size=4, window=10)
    (test,), validation = data.test, list(data.validation)
    assert test.inputs.tolist() == [list(range(900, 999))]
    assert {place for batch in validation for place in batch.inputs.flatten().tolist()} <= set(range(800, 900))
    assert len({StreamData(each, seed=1, batch_size=4, window=10).fingerprint for each in (task, text)}) == 2


def test_batch_sizes_windows_and_steps_are_counted(text):
    data = StreamData(text, seed=1, batch_size=4, window=10)
    assert len(data.train) == 23 and next(iter(data.train)).inputs.shape == (4, 10)  # 224 steps of each row
    shuffled = Shuffled(Batch(torch.zeros(10, 1), torch.full((10, 1), IGNORE)), 4, 1)
    assert [len(batch.targets) for batch in shuffled] == [4, 4, 2] and len(shuffled) == 3


def wrong(**more):
    settings = {"seed": 1, "batch_size": 8, "lengths": [2], "split": SPLIT}
    return lambda: ExampleData(DigitSum(), **(settings | more))


@pytest.mark.parametrize(
    "make, complaint",
    [
        (wrong(batch_size=0), "batch_size=0"),
        (wrong(batch_size=81), r"batch_size=81.*at most the 80 training examples"),
        (wrong(batch_size=2.5), "batch_size=2.5"),
        (wrong(source="all"), "source=all"),
        (wrong(lengths=[]), "lengths="),
        (wrong(lengths=2), "lengths=2"),
        (wrong(lengths=[0]), "lengths=0"),
        (wrong(lengths=[99]), "length=99"),
        (wrong(lengths=[2, 2]), "a length is repeated"),
        (wrong(split=[0.8, 0.2]), "split="),
        (wrong(split=[0.8, 0.1, 0.2]), "do not add up to 1"),
        (wrong(split=[1.0, 0.0, 0.0]), "three shares"),
        (wrong(split=[0.998, 0.001, 0.001]), "the validation part of 100 examples is empty"),
        (wrong(source="drawn", steps_per_epoch=0), "steps_per_epoch=0"),
        (wrong(source="drawn", held_out=0), "held_out=0"),
        (wrong(source="drawn", test_lengths=[]), "test_lengths="),
    ],
)
def test_a_wrong_value_is_refused_by_name(make, complaint):
    with pytest.raises(InputError, match=complaint):
        make()


@pytest.mark.parametrize(
    "more, complaint",
    [
        ({"batch_size": 0}, "batch_size=0"),
        ({"window": 0}, "window=0"),
        ({"window": "long"}, "window=long"),
        ({"batch_size": 32, "window": 64}, r"too short, 900 characters.*at least 2,080"),
        ({"batch_size": 10, "window": 90}, r"at least 910"),
    ],
)
def test_rows_that_the_text_is_too_short_for_are_refused(more, complaint, text):
    StreamData(text, seed=1, batch_size=10, window=89)  # just fits
    with pytest.raises(InputError, match=complaint):
        StreamData(text, **({"seed": 1} | more))


@pytest.mark.parametrize(("length", "test", "name"), [(5, None, "validation"), (15, 0.1, "test"), (20, 0.001, "test")])
def test_a_text_too_short_to_hold_out_anything_is_refused(tmp_path, length, test, name):
    (tmp_path / "short.txt").write_text("abcdefghijklmnopqrst"[:length])
    task = CharText(path=str(tmp_path / "short.txt"), test=test)
    with pytest.raises(InputError, match=rf"characters are held out.*task\.{name}"):
        StreamData(task, seed=1, batch_size=1, window=2)

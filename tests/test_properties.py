"""Parsers, on whatever hypothesis thinks of: they give the right value or refuse in one line, and nothing else."""

import hashlib
import math
import random

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from rnnlab import checkpoint
from rnnlab.batch import IGNORE
from rnnlab.composing import check_overrides
from rnnlab.decode import generate
from rnnlab.errors import InputError, real, whole
from rnnlab.network import Network, OneHot
from rnnlab.tasks import corpus
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.digitsum import DigitSum, read_csv, write_csv

quick = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def one_line(error: InputError) -> bool:
    return len(str(error)) > 0 and "\n" not in str(error)


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


@quick
@given(some.text(min_size=1, max_size=400), some.integers(1, 50))
def test_a_text_comes_back_from_its_ids_however_it_is_cut(tmp_path, text, piece):
    text = text.replace("\0", "x").encode("utf-8", "ignore").decode() or "x"
    pieces = [text[start : start + piece] for start in range(0, len(text), piece)]
    vocab, ids = corpus.read(pieces, "text")
    assert vocab.decode(torch.from_numpy(ids.astype("int64"))) == text
    assert vocab.symbols == "".join(sorted(set(text)))


@quick
@given(some.binary(max_size=300))
def test_a_text_of_any_bytes_is_read_or_refused_with_the_place(tmp_path, content):
    path = tmp_path / "text"
    path.write_bytes(content)
    try:
        vocab, ids = corpus.read(corpus.TextFile(str(path)), "text")
    except InputError as error:
        assert one_line(error)
        assert not content.removeprefix(b"\xef\xbb\xbf") or b"\0" in content or "not UTF-8" in str(error)
    else:
        assert vocab.decode(torch.from_numpy(ids.astype("int64"))) == content.decode("utf-8-sig")


@quick
@given(some.text(max_size=20))
def test_a_prompt_of_anything_is_encoded_or_refused(prompt):
    for task in (DigitSum(), BinaryAddition()):
        try:
            batch = task.parse(prompt)
        except InputError as error:
            assert one_line(error)
        else:
            assert (batch.targets != IGNORE).any()


@quick
@given(some.integers(0, 10**60), some.integers(0, 10**60))
def test_any_two_numbers_are_added_right(a, b):
    batch = BinaryAddition().parse(f"{a}+{b}")
    assert sum(bit << place for place, bit in enumerate(batch.targets[0].tolist())) == a + b


@quick
@given(some.integers() | some.floats() | some.text() | some.none() | some.booleans() | some.lists(some.none()))
def test_a_value_is_in_range_or_refused(value):
    try:
        number = real("key", value, 0, 10)
    except InputError as error:
        assert one_line(error)
        bad = isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10
        assert bad or math.isnan(value)
    else:
        assert number == value and 0 <= number <= 10
    try:
        assert whole("key", value, 1) == value >= 1
    except InputError as error:
        assert one_line(error)


@quick
@given(some.text("abcdefgtaskmodel=.+~@[]{},:()$/ \"'0123456789\n", max_size=25))
def test_an_override_of_anything_is_taken_or_refused(text):
    try:
        check_overrides([text])
    except InputError as error:
        assert one_line(error)


@quick
@given(some.randoms(use_true_random=False))
def test_a_damaged_checkpoint_is_refused_or_whole(tmp_path, choose: random.Random):
    """Damage of every kind, with the checksum made right again half of the time."""
    path = tmp_path / "last.ckpt"
    good = {
        "format": "rnnlab",
        "version": checkpoint.VERSION,
        "weights": torch.arange(50.0),
        "config": {"a": [1, "b", None]},
    }
    checkpoint.write(path, good)
    content = bytearray(path.read_bytes())
    for _ in range(choose.randint(1, 4)):
        place = choose.randrange(len(content))
        match choose.randrange(4):
            case 0:
                content[place] ^= 1 << choose.randrange(8)
            case 1:
                del content[place : place + choose.randint(1, 40)]
            case 2:
                content[place:place] = bytes(choose.randrange(256) for _ in range(choose.randint(1, 40)))
            case 3:
                content[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(resigned(bytes(content)) if choose.random() < 0.5 else bytes(content))
    try:
        read = checkpoint.read(path)
    except InputError as error:
        assert one_line(error)
    else:
        assert isinstance(read, dict) and read["format"] == "rnnlab"


def resigned(content: bytes) -> bytes:
    body = content[:-64]
    return body + hashlib.sha256(body).hexdigest().encode()


def test_what_is_written_is_what_is_read(tmp_path):
    examples = DigitSum().every(3)
    write_csv(str(tmp_path / "out.csv"), examples)
    again = read_csv(str(tmp_path / "out.csv"))[3]
    assert torch.equal(again, examples.inputs[:, :3])


def test_an_answer_never_outgrows_its_steps():
    network = Network(OneHot(12), torch.nn.RNN(12, 4, batch_first=True), 4, 12)
    assert generate(network, torch.zeros(3, 2, dtype=torch.int64), 5).shape[1] <= 5

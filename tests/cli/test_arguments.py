"""`RUN [WORD ...] [key=value ...]`: what is a word, what a value, and what neither."""

from pathlib import Path
from typing import Annotated

import pytest

from rnnlab.cli.arguments import needs, options
from rnnlab.errors import Bounds, InputError

DIGIT = Annotated[int, Bounds(0, 9)]
KEYS = ("count", "lengths", "prompt", "scale", "json", "out")


@pytest.fixture
def run(tmp_path: Path) -> str:
    (tmp_path / "run").mkdir()
    return str(tmp_path / "run")


def test_a_word_with_an_equals_sign_is_a_value_only_where_a_key_stands_before_it_and_never_after_two_dashes(run):
    given = options([run, "count=3", "9+60=69", "--", "count=4", "-x"], KEYS, words=True)
    assert given.run == Path(run) and given.words == ["9+60=69", "count=4", "-x"] and given.values == {"count": "3"}


def test_a_value_is_the_text_that_was_typed(run):
    given = options([run, "prompt=[a: 1] =", "count=+7", "scale=1e-3", "lengths=[8,2, 4]", "json=true"], KEYS)
    assert given.values["prompt"] == "[a: 1] ="
    assert given.number("count", 1, DIGIT) == 7 and given.number("scale", 1.0, float) == 0.001
    assert given.lengths("lengths") == [2, 4, 8] and given.choice("json", "false", "true") == "true"
    other = options([run], KEYS)
    assert other.number("count", None, DIGIT) is None and other.choice("json", "false", "true") == "false"


@pytest.mark.parametrize("text", ["1e3", "0x10", "1_000", "٣", " 7", "", "9" * 19, "10"])
def test_a_whole_number_is_plain_digits_within_its_bounds(text, run):
    with pytest.raises(InputError, match=r"count=.*: must be a whole number from 0 to 9"):
        options([run, f"count={text}"], KEYS).number("count", 1, DIGIT)


@pytest.mark.parametrize("text", ["1_0", "x", "", "nan", "٣.5", "-1"])
def test_a_number_is_written_plainly_and_within_its_bounds(text, run):
    with pytest.raises(InputError, match=r"scale=.*: must be a finite number of at least 0"):
        options([run, f"scale={text}"], KEYS).number("scale", 1.0, Annotated[float, Bounds(0)])


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "no run given"),
        (["{}/none"], "no run there"),
        (["{}", "cuont=3"], "did you mean 'count'"),
        (["{}", "count=3", "count=3"], "given twice"),
        (["{}", "--count"], "unknown flag"),
        (["{}", "more"], "one word too many"),
    ],
)
def test_what_no_command_knows_is_refused(words, hint, run):
    with pytest.raises(InputError, match=hint):
        options([word.format(run) for word in words], KEYS)


def test_what_is_written_goes_where_it_is_asked_for_or_beside_the_run(run, tmp_path):
    (tmp_path / "run" / "checkpoints").mkdir()
    best, alone = tmp_path / "run" / "checkpoints" / "best.ckpt", tmp_path / "alone.ckpt"
    best.touch(), alone.touch()
    assert options([run], KEYS).folder() == Path(run)
    assert options([run, f"out={tmp_path}/new"], KEYS).folder() == tmp_path / "new"
    assert options([str(best)], KEYS).folder() is None  # nothing says that this is a run's
    (tmp_path / "run" / "run.json").touch()
    assert options([str(best)], KEYS).folder() == Path(run) and options([str(alone)], KEYS).folder() is None
    for out in ("", f"{tmp_path}/no/new", str(alone)):
        with pytest.raises(InputError, match="cannot be written"):
            options([run, f"out={out}"], KEYS).folder()


def test_a_package_that_is_not_there_is_named_with_its_extra():
    needs("json", "export")
    with pytest.raises(InputError, match=r"nothing_of_this_name is not installed: pip install 'rnnlab\[export\]'"):
        needs("nothing_of_this_name", "export")

"""Symbols and ids: every known character has one, any other is refused with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import one_line, quick
from rnnlab.batch import IGNORE
from rnnlab.errors import InputError
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.digitsum import DigitSum


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "rnnlab"


def test_a_character_outside_the_vocabulary_is_named_with_its_place():
    with pytest.raises(InputError, match=r"'Z' \(U\+005A\) at position 2"):
        CharText(corpus="sentences").parse("hiZ")


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

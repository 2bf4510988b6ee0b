"""Lengths as a person gives them: lists and ranges, checked against the task."""

import pytest
import torch

from rnnlab.data.lengths import check_lengths, measurable
from rnnlab.data.splits import ExampleData
from rnnlab.errors import InputError
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.digitsum import DigitSum


def test_text_has_no_lengths():
    with pytest.raises(InputError, match="text has no lengths"):
        measurable("lengths", [3], CharText(symbols="abc"))


def test_a_range_is_the_list_of_its_lengths():
    assert check_lengths("lengths", "2-5", DigitSum()) == [2, 3, 4, 5]
    assert check_lengths("lengths", "7-7", DigitSum()) == [7]
    one, other = (
        list(ExampleData(BinaryAddition(), 1, 8, lengths, source="drawn", held_out=9).train)
        for lengths in ("1-4", [1, 2, 3, 4])
    )
    assert all(torch.equal(a.inputs, b.inputs) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("lengths", ["5-2", "0-3", "1-", "-3", "1-1001", "1-99999999999", "a", "1-2-3"])
def test_what_is_no_range_is_refused(lengths):
    with pytest.raises(InputError, match=r"1-40|from 1 to"):
        check_lengths("lengths", lengths, DigitSum())

"""The picture of exact match by length: its axis and what is shaded of it."""

import pytest

from rnnlab.inference.by_length import Measured
from rnnlab.inference.picture import blocks, draw, picture, written


@pytest.mark.parametrize(
    ("lengths", "ranges"),
    [([2, 3, 4], [(2, 4)]), ([8], [(8, 8)]), ([8, 2, 3, 16], [(2, 3), (8, 8), (16, 16)]), ([], [])],
)
def test_lengths_are_ranges(lengths, ranges):
    assert blocks(lengths) == ranges


def test_lengths_are_written_where_there_is_room_and_the_last_one_always():
    assert written([2, 4, 8, 16, 512]) == ["2", "4", "8", "16", "512"]
    crowded = written(list(range(1, 41)))
    assert crowded[:4] == ["1", "2", "3", "4"] and crowded[-1] == "40" and crowded[-2] == ""
    assert written([7]) == ["7"] and written([10_000]) == ["10,000"]


@pytest.mark.needs("matplotlib")
def test_every_length_is_on_the_axis_and_the_training_lengths_are_shaded_as_they_are():
    from matplotlib.figure import Figure

    measured = [Measured(length, inputs, 10, 5, 10, 9) for length in (2, 3, 6, 40) for inputs in ("random", "nines")]
    axes = Figure().subplots()
    draw(axes, measured, [2, 3, 4])
    assert axes.get_xticks().tolist() == [2, 3, 6, 40]
    (shaded,) = axes.patches
    box = shaded.get_extents().transformed(axes.transData.inverted())
    assert (box.x0, box.x1) == pytest.approx((1.75, 4.25))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training lengths", "random", "nines"]
    assert picture(measured, []).startswith(b"\x89PNG")

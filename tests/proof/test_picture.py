"""The picture: shadows that hold what they are the shadows of, and every arrow."""

import re
import time

import numpy as np
import pytest

from made_adders import MACHINE, adder
from rnnlab.proof.automaton import extract
from rnnlab.proof.boxes import Steps
from rnnlab.proof.picture import lines, picture, shadows
from rnnlab.proof.plain import plain
from rnnlab.proof.search import Sets, by_words


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_shadow_is_the_convex_hull_of_the_corners_shadows(size):
    generator = np.random.default_rng(size)
    axes, low = generator.normal(size=(2, size)), generator.normal(size=(1, size))
    high, middle = low + generator.uniform(0, 2, (1, size)), generator.normal(size=size)
    (outline,) = shadows(Sets((low, high), [0], np.zeros((1, 1), int)), middle, axes)
    corners = np.stack(np.meshgrid(*np.stack([low[0], high[0]], 1)), -1).reshape(-1, size)
    cast = (corners - middle) @ axes.T
    assert np.allclose(outline[0], outline[-1])
    for direction in generator.normal(size=(50, 2)):
        assert (outline @ direction).max() == pytest.approx((cast @ direction).max())


def test_the_adders_picture_names_each_symbol_and_answer_and_draws_each_box():
    network = adder()
    found = extract(network, MACHINE)
    sets = by_words(Steps(plain(network, MACHINE)), MACHINE, 1, time.monotonic() + 60)
    drawing = picture(found, MACHINE, str, sets)
    words = " ".join(re.findall(">([^<]+)</text>", drawing.svg()))
    assert {f"{a}{b}/{(a + b + c) % 2}" for a in (0, 1) for b in (0, 1) for c in (0, 1)} <= set(words.split())
    assert "the same as the task" in words and "9 boxes" in words and drawing.png().startswith(b"\x89PNG")
    assert drawing.svg().count("polyline") == picture(found, MACHINE, str).svg().count("polyline") + 9


def test_many_symbols_are_named_in_a_few_lines():
    assert lines(["00/0"]) == ["00/0"] and lines(["a" * 20, "b" * 20]) == ["a" * 20, "b" * 20]
    assert lines(["00/0"] * 99)[3] == "..." and len(lines(["00/0"] * 99)) == 4

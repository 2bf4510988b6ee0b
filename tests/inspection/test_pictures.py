"""Heat maps: a picture of the values, of as many steps as can be told apart."""

import io

import pytest
import torch

from rnnlab.inspection.pictures import STEPS, picture
from rnnlab.inspection.reading import Field

pytestmark = pytest.mark.needs("matplotlib")


def pixels(field, symbols):
    from matplotlib.image import imread

    content = picture(field, symbols, "run $x$, layer 1: hidden")
    assert content.startswith(b"\x89PNG")
    return imread(io.BytesIO(content))


def test_a_picture_is_of_the_first_steps_alone():
    torch.manual_seed(0)
    values = torch.randn(STEPS + 50, 6)
    changed = values.clone()
    changed[STEPS:] = changed[STEPS:].clamp(-0.1, 0.1)
    one, other = (pixels(Field(0, "hidden", part, {}), ["a"] * len(part)) for part in (values, changed))
    assert (one == other).all()
    values[3] = 0
    assert not (pixels(Field(0, "hidden", values, {}), ["a"] * len(values)) == one).all()


def test_symbols_of_every_kind_are_written_below():
    symbols = ["$", "\\u202e", "\n", " ", "1 0", "\U0001f600"]
    assert pixels(Field(1, "gate", torch.randn(6, 1), {}), symbols).shape[2] == 4

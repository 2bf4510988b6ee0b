"""What a text goes on from, and what is drawn after it."""

from pathlib import Path

import pytest
import torch

from rnnlab.errors import InputError
from rnnlab.inference.load import load
from rnnlab.inference.writing import begun, drawn, text_of
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import save


@pytest.mark.parametrize(("symbols", "text", "ids"), [("\nab", "ba", [2, 1]), ("\nab", "", [0]), ("xyz", "", [0])])
def test_a_text_begins_with_a_prompt_or_a_line_break_or_the_first_symbol(symbols, text, ids):
    assert begun(CharText(symbols=symbols), text).tolist() == [ids]


def test_the_first_of_several_texts_is_the_one_drawn_alone(tmp_path):
    loaded = load(save(tmp_path / "run", "task=chartext", "model=gru", vocabulary="\nab"))
    prompt = begun(text_of(loaded), "ab")
    alone = torch.stack(list(drawn(loaded.network, prompt, 30)), 1)
    three = torch.stack(list(drawn(loaded.network, prompt, 30, texts=3)), 1)
    assert alone.shape == (1, 30) and three.shape == (3, 30)
    assert alone[0].equal(three[0]) and not three[0].equal(three[1])


def test_what_writes_no_text_is_refused(tmp_path):
    loaded = load(save(tmp_path / "run", "task=digitsum", "model=rnn"))
    assert isinstance(loaded.task, DigitSum) and isinstance(loaded.path, Path)
    with pytest.raises(InputError, match="writes no text"):
        text_of(loaded)

"""The words of TensorBoard's tab TEXT."""

import torch

from rnnlab.batch import Batch
from rnnlab.training.looks.texts import PROMPT, WRITTEN, answers


def text(found, name):
    (one,) = found().Tensors(f"answers/{name}/text_summary")
    return one.step, one.tensor_proto.string_val[0].decode()


def test_right_and_wrong_answers_are_shown_as_the_task_shows_them(seen, found):
    sums = seen("task=binaryaddition", "model=rnn")
    inputs = torch.tensor([[[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0]] * 3])  # 3 + 0 and 0 + 0, bit by bit
    with torch.no_grad():
        sums.network.head.weight.zero_()  # it says 0 whatever it reads
        sums.network.head.bias.copy_(torch.tensor([1.0, 0.0]))
    answers(sums._replace(probe=Batch(inputs, torch.tensor([[1, 1, 0], [0, 0, 0]]))))
    assert text(found, "right") == (3, "    1 of 2\n    0 + 0 = 0")
    assert text(found, "wrong") == (3, "    1 of 2\n    3 + 0 = 0   right: 3 + 0 = 3")


def test_a_text_is_written_on_from_held_out_text_and_the_same_way_each_time(seen, found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    look = seen("task=chartext", "model=gru", "task.corpus=sentences")
    answers(look)
    first = text(found, "text")
    torch.rand(3)
    for path in tmp_path.glob("events*"):
        path.unlink()
    answers(look._replace(board=type(look.board)(tmp_path)))
    assert text(found, "text") == first
    shown = "\n".join(line.removeprefix("    ") for line in first[1].split("\n"))
    prompt = look.task.vocab.decode(look.probe.inputs[0, :PROMPT])
    assert shown.startswith(f"{prompt}|") and len(shown) == len(prompt) + 1 + WRITTEN
    assert set(shown) <= {*look.task.vocab.symbols, "|"}

"""What a config describes, against sums by hand: weights, and what of them decays."""

from torch import nn

from rnnlab.config import build
from rnnlab.tasks.digitsum import DigitSum


def test_an_lstm_has_as_many_weights_as_its_equations_and_none_is_allocated():
    model = {"_target_": "torch.nn.LSTM", "hidden_size": 8, "num_layers": 1}
    weights = build.shapes({"model": model, "trainer": {"precision": "32-true"}}, DigitSum())
    symbols, units = 12, 8  # ten digits, the end of the digits, the end of the answer
    expected = 4 * (units * (symbols + units) + 2 * units) + symbols * (units + 1)
    assert sum(weight.numel() for weight in weights.values()) == expected
    assert all(weight.is_meta for weight in weights.values())


def test_biases_are_spared_the_decay_of_weights_and_nothing_else_is():
    layer = nn.LSTM(2, 3)
    matrices, vectors = build.without_decay_of_biases(layer.parameters())
    assert "weight_decay" not in matrices and vectors["weight_decay"] == 0
    for group, word in ((matrices, "weight"), (vectors, "bias")):
        named = [parameter for name, parameter in layer.named_parameters() if name.startswith(word)]
        assert list(map(id, group["params"])) == list(map(id, named))

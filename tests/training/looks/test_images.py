"""The pictures of TensorBoard's tab IMAGES, and the numbers that go with them."""

import math

import pytest
import torch

from rnnlab.training.looks.images import eigenvalues, forgetting, gates, saturation, spectra

GATES = {"rnn": ["hidden"], "gru": ["reset", "update", "candidate", "hidden"]}
GATES["lstm"] = ["input", "forget", "candidate", "output", "cell", "hidden"]


@pytest.mark.parametrize("name", GATES)
def test_every_gate_of_every_layer_has_a_picture(name, seen, found):
    gates(seen("task=digitsum", f"model={name}"))
    tags = [f"over time/layer {layer} {gate}" for layer in (1, 2) for gate in GATES[name]]
    assert sorted(found().Tags()["images"]) == sorted(tags)
    for tag in tags:
        (one,) = found().Images(tag)
        assert one.step == 3 and one.encoded_image_string.startswith(b"\x89PNG") and one.width > 100 < one.height


def test_forgetting_has_a_curve_and_the_scalars_of_powers_of_two(seen, found):
    look = seen("task=binaryaddition", "model=lstm")
    forgetting(look)
    assert found().Tags()["images"] == ["forgetting/gradient by distance"]
    parts = [f"{part} of layer {layer}" for part in ("hidden", "cell") for layer in (1, 2)]
    assert sorted(found().Tags()["scalars"]) == sorted(
        f"forgetting/{part} {far} back" for part in parts for far in (1, 2, 4, 8)
    )


def test_saturation_is_the_share_near_the_ends_of_a_range(seen, found):
    look = seen("task=digitsum", "model=lstm", layers=1)
    with torch.no_grad():
        for weight in look.network.layer.parameters():
            weight.zero_()
        bias = look.network.layer.bias_ih_l0.view(4, 5)  # input, forget, candidate, output
        bias[0, :2] = 9.0  # sigmoid(9) is open, sigmoid(0) in the middle
        bias[1] = -9.0
        bias[2, 0] = math.atanh(0.95)
        bias[3] = math.log(0.94 / 0.06)
    saturation(look)
    shares = {name: found().Scalars(f"saturation/layer 1 {name}")[0].value for name in GATES["lstm"] if name != "cell"}
    assert shares == pytest.approx({"input": 0.4, "forget": 1.0, "candidate": 0.2, "output": 0.0, "hidden": 0.0})
    assert "saturation/layer 1 cell" not in found().Tags()["scalars"]


def test_eigenvalues_are_those_of_each_gates_recurrent_matrix(seen, found):
    look = seen("task=digitsum", "model=gru")
    with torch.no_grad():
        look.network.layer.weight_hh_l1.zero_()
        look.network.layer.weight_hh_l1[5:10] = torch.diag(torch.tensor([0.1, 0.2, 0.3, 0.4, 0.5]))
        look.network.layer.weight_hh_l1[10:12, :2] = torch.tensor([[0.0, -1.0], [1.0, 0.0]])  # a rotation by a quarter
    found_here = spectra(look.network, look.rows(1).inputs)["recurrent weights of layer 2"]
    assert list(found_here) == ["reset", "update", "candidate"]
    assert found_here["update"].real.sort().values.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert sorted(found_here["candidate"].imag.tolist()) == pytest.approx([-1, 0, 0, 0, 1])
    eigenvalues(look)
    assert len(found().Tags()["images"]) == 2


def test_a_layer_without_a_cell_has_the_eigenvalues_of_its_step(seen):
    class Leaking(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.leak = torch.nn.Parameter(torch.tensor([0.5, 0.25, 0.125]))

        def forward(self, x, state=None):
            h = x.new_zeros(len(x), 3) if state is None else state[0][0]
            y = []
            for now in x.unbind(1):
                h = self.leak * h + now[:, :3]
                y.append(h)
            return torch.stack(y, 1), (h.unsqueeze(0),)

    look = seen("task=digitsum", "model=rnn")
    look.network.layer, look.network.head = Leaking(), torch.nn.Linear(3, 12)
    ((title, groups),) = spectra(look.network, look.rows(1).inputs).items()
    assert title == "Jacobian of a step"
    assert groups["state"].real.sort().values.tolist() == pytest.approx([0.125, 0.25, 0.5])

"""`python benchmarks/activations.py [every=1]`: how far torch's tanh and sigmoid in float32 are from the exact ones.

Over all 2^32 numbers of float32, or each of so many, in each way in which a network may calculate them: on tensors that
lie whole in memory, on others, and inside torch.nn.LSTM, which oneDNN calculates. The largest error of each is printed,
which `rnnlab.proof.verify` has to allow for. The exact ones are torch's in float64, whose errors are far smaller.
"""

import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor

CHUNK = 1 << 16

INFINITE = 0x7F800000
"""The bits of infinity: those of every smaller positive number are smaller."""


def inside_lstm(name: str) -> Callable[[Tensor], Tensor]:
    """x -> the cell of an LSTM of one unit whose input gate, or candidate, alone depends on x; the other one is 1."""
    layer = torch.nn.LSTM(1, 1, batch_first=True)
    gate, other = (0, 2) if name == "sigmoid" else (2, 0)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.weight_ih_l0[gate], layer.bias_ih_l0[other] = 1, 100
    return lambda x: layer(x.view(-1, 1, 1))[1][1].flatten()


def apart(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """The function on numbers that do not lie next to each other."""
    return lambda x: function(torch.stack([x, x], 1)[:, 0])


WAYS: dict[str, Callable[[Callable[[Tensor], Tensor]], Callable[[Tensor], Tensor]]] = {
    "in a row": lambda function: function,
    "apart": apart,
    "in torch.nn.LSTM": lambda function: inside_lstm(function.__name__),
}


@torch.inference_mode()
def main() -> None:
    """Prints the largest error of each function in each way."""
    every = int(dict(word.split("=") for word in sys.argv[1:]).get("every", 1))
    torch.set_num_threads(1)
    steps = torch.arange(0, CHUNK * every, every, dtype=torch.int32)
    for function in (torch.tanh, torch.sigmoid):
        for name, way in WAYS.items():
            begun, most, where, called = time.perf_counter(), 0.0, 0.0, way(function)
            for start in range(0, INFINITE, CHUNK * every):
                x = (steps[: (INFINITE - start + every - 1) // every] + start).view(torch.float32)
                for signed in (x, -x):
                    error = (called(signed).double() - function(signed.double())).abs_()
                    if not float(error.max()) <= most:
                        most, where = float(error.max()), float(signed[error.argmax()])
            seconds = time.perf_counter() - begun
            says = f"{function.__name__} {name}: at most {most:.3g} = {most * 2**24:.2f} / 2^24, at {where:.6g}"
            print(f"{says}, every {every} of 2^32, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()

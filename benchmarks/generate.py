"""`python benchmarks/generate.py [model=lstm] [hidden=256] [threads=1]`: how fast text is written.

Against a hand-written loop over torch.nn with the same weights, in the same process, turn by turn; the best of ROUNDS
counts for both, as anything else on the machine only slows down.
"""

import sys
import time
from itertools import islice

import torch
from torch import nn

from rnnlab.decode import sampler, stream
from rnnlab.network import Network, OneHot

SYMBOLS = 96
"""As many as the default text has."""

STEPS, ROUNDS = 1000, 15


@torch.inference_mode()
def bare(layer: nn.Module, head: nn.Linear, steps: int, generator: torch.Generator) -> list[int]:
    """What one would write by hand for a text of `steps` characters."""
    one_hot = torch.eye(SYMBOLS)
    symbol, state, written = torch.zeros(1, dtype=torch.int64), None, []
    for _ in range(steps):
        y, state = layer(one_hot[symbol].unsqueeze(1), state)
        chances = torch.softmax(head(y[:, 0]), 1)
        symbol = torch.multinomial(chances, 1, generator=generator).squeeze(1)
        written.append(symbol.item())
    return written


def ours(network: Network, rows: int, steps: int, generator: torch.Generator) -> list[int]:
    symbols = stream(network, torch.zeros(rows, 1, dtype=torch.int64), sampler(generator))
    return [int(symbol[0]) for symbol in islice(symbols, steps)]


def main(model: str, hidden: int, threads: int) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    layer = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[model](SYMBOLS, hidden, batch_first=True)
    network = Network(OneHot(SYMBOLS), layer, hidden, SYMBOLS).eval()
    generator = torch.Generator().manual_seed(1)
    ways = {
        "bare loop": lambda: bare(layer, network.head, STEPS, generator),
        "rnnlab, 1 text": lambda: ours(network, 1, STEPS, generator),
        "rnnlab, 64 texts": lambda: ours(network, 64, STEPS, generator),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - began)
    best = {name: min(times) for name, times in seconds.items()}
    for name, rows in zip(ways, (1, 1, 64), strict=True):
        print(f"{name:17}{rows * STEPS / best[name]:>12,.0f} characters per second")
    print(f"1 text against the bare loop: {best['bare loop'] / best['rnnlab, 1 text']:.2f} of its speed")
    print(
        f"a character of 64 texts costs 1/{64 * best['rnnlab, 1 text'] / best['rnnlab, 64 texts']:.0f} of one of 1 text"
    )
    late(network, generator)


def late(network: Network, generator: torch.Generator) -> None:
    """The cost of a character early and late in one long text."""
    symbols = stream(network, torch.zeros(1, 1, dtype=torch.int64), sampler(generator))
    blocks = []
    for _ in range(100):
        began = time.perf_counter()
        for symbol in islice(symbols, STEPS):
            int(symbol)
        blocks.append((time.perf_counter() - began) / STEPS * 1e6)
    first, last = min(blocks[:10]), min(blocks[-10:])
    print(
        f"microseconds per character: {first:.1f} at best in the first 10,000, {last:.1f} in the last 10,000 of 100,000"
    )


if __name__ == "__main__":
    given = dict(argument.split("=") for argument in sys.argv[1:])
    main(given.get("model", "lstm"), int(given.get("hidden", "256")), int(given.get("threads", "1")))

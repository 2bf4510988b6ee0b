"""`python benchmarks/generate.py [hidden=UNITS] [threads=1] [rounds=15]`: how fast rnn, lstm and gru write text.

With 128 units, which the models have unless told otherwise, and with 256, as rnn and lstm are tuned for text; or with
`hidden`. One-hot inputs: what a symbol adds is looked up either way.

Against a hand-written loop over torch.nn with the same weights, in the same process, in many short turns one after the
other; the best of each counts, as anything else on the machine only slows down.
"""

import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

import torch
from torch import Generator, Tensor, nn

from rnnlab.inference.decode import sampler, stream
from rnnlab.network import Network, OneHot

SYMBOLS = 96
"""As many as the default text has."""

ROWS = 64

STEPS = 200
"""Characters of each text in one turn."""


@torch.inference_mode()
def bare(layer: nn.Module, head: nn.Linear, steps: int, generator: Generator) -> list[int]:
    """What one would write by hand for a text of `steps` characters."""
    one_hot = torch.eye(SYMBOLS)
    symbol, state, written = torch.zeros(1, dtype=torch.int64), None, []
    for _ in range(steps):
        y, state = layer(one_hot[symbol].unsqueeze(1), state)
        chances = torch.softmax(head(y[:, 0]), 1)
        symbol = torch.multinomial(chances, 1, generator=generator).squeeze(1)
        written.append(symbol.item())
    return written


def texts(network: Network, rows: int) -> Iterator[Tensor]:
    generators = [Generator().manual_seed(row) for row in range(rows)]
    return stream(network, torch.zeros(rows, 1, dtype=torch.int64), sampler(generators))


def ours(network: Network, rows: int, steps: int) -> list[list[int]]:
    return [symbol.tolist() for symbol in islice(texts(network, rows), steps)]


def seconds(way: Callable[[], object]) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


def measure(model: str, hidden: int, rounds: int) -> list[float]:
    """Seconds per character: bare, ours, ours of ROWS texts, and ours early and late in a text of 100,000."""
    torch.manual_seed(1)
    layer = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[model](SYMBOLS, hidden, batch_first=True)
    network = Network(OneHot(SYMBOLS), layer, hidden, SYMBOLS).eval()
    generator = Generator().manual_seed(1)
    ways = (
        lambda: bare(layer, network.head, STEPS, generator),
        lambda: ours(network, 1, STEPS),
        lambda: ours(network, ROWS, STEPS),
    )
    best = [min(times) for times in zip(*([seconds(way) for way in ways] for _ in range(rounds)), strict=True)]
    long = texts(network, 1)
    blocks = [seconds(lambda: [symbol.tolist() for symbol in islice(long, STEPS)]) for _ in range(100_000 // STEPS)]
    tenth = len(blocks) // 10
    each = [*best[:2], best[2] / ROWS, min(blocks[:tenth]), min(blocks[-tenth:])]
    return [cost / STEPS for cost in each]


def main(hidden: int, threads: int, rounds: int) -> None:
    torch.set_num_threads(threads)
    print(f"characters per second (hidden {hidden}, {SYMBOLS} symbols, threads {threads}, best of {rounds} turns)")
    row = "{:6}{:>10}{:>10}{:>8}{:>12}{:>17}{:>19}{:>13}"
    names = ("bare loop", "rnnlab", "ratio", f"{ROWS} texts", "cost to bare's", "cost to rnnlab's", "late/early")
    print(row.format("", *names))
    for model in ("rnn", "lstm", "gru"):
        plain, one, many, early, late = measure(model, hidden, rounds)
        cells = [f"{1 / plain:,.0f}", f"{1 / one:,.0f}", f"{plain / one:.2f}", f"{1 / many:,.0f}"]
        cells += [f"1/{plain / many:.1f}", f"1/{one / many:.1f}", f"{late / early:.2f}"]
        print(row.format(model, *cells), flush=True)


if __name__ == "__main__":
    given = dict(argument.split("=") for argument in sys.argv[1:])
    for hidden in [int(given["hidden"])] if "hidden" in given else [128, 256]:
        main(hidden, int(given.get("threads", "1")), int(given.get("rounds", "15")))

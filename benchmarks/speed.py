"""`python benchmarks/speed.py [rounds=7]`: how fast rnnlab trains, against a plain loop over torch.nn in the same run.

The two take turns; of each turn the median step counts, of all turns the best one, as anything else on the machine only
slows down. Both have the same sizes, optimizer, clipping and threads. rnnlab's turn is a whole `python -m rnnlab.train`
but for the command line: records, scores, the check for what is not finite, TensorBoard. The plain loop does nothing
but learn, and its batches are ready.
"""

import contextlib
import io
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from typing import Any

import torch
from omegaconf import OmegaConf
from torch import nn

from rnnlab.config import build
from rnnlab.config.compose import compose
from rnnlab.training import fit
from rnnlab.training.learner import SequenceLearner

WORK = {"text": ["task=chartext", "model=lstm"], "digit sums": ["task=digitsum", "model=lstm"]}
STEPS = {"text": 40, "digit sums": 200}
"""Of a turn."""


def median(ends: list[float]) -> float:
    """Seconds of a step, from the times when steps ended; the first few only warm up."""
    return statistics.median(after - before for before, after in itertools.pairwise(ends[5:]))


def plain(batches: Iterable[Any], made: build.Parts) -> float:
    """What one would write by hand: seconds of a step."""
    inputs, model, carried = made.task.num_inputs, made.config["model"], made.task.answer == "endless"
    size = model["embedding_size"]
    encoder = nn.Embedding(inputs, size) if size else nn.Embedding.from_pretrained(torch.eye(inputs))
    layer = nn.LSTM(encoder.embedding_dim, model["hidden_size"], batch_first=True)
    head = nn.Linear(layer.hidden_size, made.task.num_classes)
    parameters = [weight for part in (encoder, layer, head) for weight in part.parameters() if weight.requires_grad]
    state, ends = None, []
    optimizer = torch.optim.AdamW(parameters, made.config["optimizer"]["lr"], weight_decay=0.0, fused=True)
    for batch in batches:
        y, after = layer(encoder(batch.inputs), state)
        state = (after[0].detach(), after[1].detach()) if carried else None
        loss = nn.functional.cross_entropy(head(y).flatten(0, 1), batch.targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, made.config["trainer"]["gradient_clip"])
        optimizer.step()
        ends.append(time.perf_counter())
    return median(ends)


def ours(config: dict[str, Any]) -> float:
    """Seconds of a step of a whole training."""
    ends: list[float] = []
    SequenceLearner.on_train_batch_end = lambda *_: ends.append(time.perf_counter())
    with contextlib.redirect_stdout(io.StringIO()):
        fit.train(build.parts(config), [])
    return median(ends)


def main(rounds: int) -> None:
    print("seconds a step in the best of", rounds, "turns")
    for name, work in WORK.items():
        with tempfile.TemporaryDirectory() as folder:
            settings = [f"trainer.max_steps={STEPS[name]}", f"output_dir={folder}", "trainer.threads=1"]
            config = OmegaConf.to_container(compose([*work, *settings]), resolve=True)
            made = build.parts(config)
            batches = list(itertools.islice(itertools.cycle(made.data.train), STEPS[name]))
            turns = [(plain(batches, made), ours(config)) for _ in range(rounds)]
        hand, lab = (min(seconds) for seconds in zip(*turns, strict=True))
        rows, steps = batches[0].targets.shape
        size = f"{rows} x {steps}" if made.task.answer == "endless" else f"{rows} examples"
        print(
            f"{name} (lstm {config['model']['hidden_size']}, {size}, threads 1): by hand {hand * 1e3:.2f} ms,"
            f" rnnlab {lab * 1e3:.2f} ms, {hand / lab:.2f} of its speed",
            flush=True,
        )


if __name__ == "__main__":
    given = dict(argument.split("=") for argument in sys.argv[1:])
    main(int(given.get("rounds", 7)))

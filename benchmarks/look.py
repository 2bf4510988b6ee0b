"""`python benchmarks/look.py [rounds=3]`: what looking inside a network costs of a training's time.

In one training, the seconds of looking against those of the training steps alone, both of the processor, so that what
else runs on the machine counts little. Of several rounds the median.
"""

import contextlib
import io
import statistics
import sys
import tempfile
import time

from omegaconf import OmegaConf

from rnnlab.config import build
from rnnlab.config.compose import compose
from rnnlab.training import fit
from rnnlab.training.callbacks.look import Look
from rnnlab.training.learner import SequenceLearner

WORK = {
    "digit sums": ["task=digitsum", "model=lstm", "trainer.max_epochs=10"],
    "text": ["task=chartext", "model=lstm", "trainer.max_steps=100", "trainer.check_every=50"],
}
CHECKS_APART = {"digit sums": 1, "text": 10}
"""How many times as far apart the checks of the tuned training are as those here, which save time."""


def share(overrides: list[str]) -> float:
    """Seconds of looking by seconds of training steps."""
    looking, training, began = [], [], [0.0]
    look = Look.on_validation_end

    def timed(*given: object) -> None:
        start = time.process_time()
        look(*given)  # type: ignore[arg-type]
        looking.append(time.process_time() - start)

    SequenceLearner.on_train_batch_start = lambda *_: began.__setitem__(0, time.process_time())
    SequenceLearner.on_train_batch_end = lambda *_: training.append(time.process_time() - began[0])
    Look.on_validation_end = timed  # type: ignore[method-assign, assignment]
    try:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            config = OmegaConf.to_container(compose([*overrides, f"output_dir={folder}"]), resolve=True)
            fit.train(build.parts(config), [])
    finally:
        Look.on_validation_end = look  # type: ignore[method-assign]
    return sum(looking) / sum(training)


def main(rounds: int) -> None:
    for name, work in WORK.items():
        for callbacks in ("default", "look"):
            found = [share([*work, f"callbacks={callbacks}"]) / CHECKS_APART[name] for _ in range(rounds)]
            print(f"{name}, callbacks={callbacks}: {statistics.median(found):.2%} of the time of the steps", flush=True)


if __name__ == "__main__":
    given = dict(argument.split("=") for argument in sys.argv[1:])
    main(int(given.get("rounds", 3)))

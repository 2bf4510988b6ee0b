"""When what a network knows and uses comes about: the main numbers of a study, at each checkpoint of a training."""

from collections.abc import Callable, Mapping

from rnnlab.batch import Batch
from rnnlab.inference.load import Loaded
from rnnlab.inference.score import trained_lengths
from rnnlab.inspection import alignment, cutting, probes, study
from rnnlab.inspection.intervals import Numbers, share
from rnnlab.inspection.progress import Progress


def measuring(
    loaded: Loaded, found: Numbers, checkpoints: int, seed: int, told: Callable[[str], object]
) -> Callable[[Loaded], Numbers]:
    """What measures one checkpoint after another of a training whose best network, `loaded`, has the study `found`."""
    batch, wanted, progress = study.examples(loaded, seed=seed), sizes(found), Progress(checkpoints, told)

    def measure(one: Loaded) -> Numbers:
        progress.begin(one.path.name, 1.0)
        return grown(one, batch, wanted, seed)

    return measure


def sizes(found: Numbers) -> dict[str, int]:
    """By quantity that decides what is right, how many directions a study found to hold it; 1 where it found none."""
    used = {name: one for name, one in found.get("used", {}).items() if isinstance(one, dict) and "smallest" in one}
    return {name: one["smallest"] or 1 for name, one in used.items()}


def grown(loaded: Loaded, batch: Batch, wanted: Mapping[str, int], seed: int = 0) -> Numbers:
    """score: share of the batch right. read: each quantity, by a linear probe. followed: how often the next answer
    follows the exchange of so many directions as `wanted` says, which are searched for in this very network.
    """
    network, task = loaded.network, loaded.task
    reached = study.states(network, batch)
    found: Numbers = {"score": share(*cutting.right(network, batch, task.answer))._asdict(), "read": {}, "followed": {}}
    for name, values in study.quantities(task, batch).items():
        found["read"][name] = probes.read_off(probes.samples(reached, values), seed=seed)._asdict()
    for name, size in wanted.items():
        draw = alignment.exchanges(network, task, name, max(trained_lengths(loaded)))
        basis = alignment.search(network, draw, size, seed)
        found["followed"][name] = alignment.follows(network, draw, basis, seed + 1, 2000)[0]._asdict()
    return found

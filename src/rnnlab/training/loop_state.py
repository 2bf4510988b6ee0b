"""Where in its training a checkpoint says that a run stands: Lightning's counters, and the loader's place in the data.

All of the counters follow from a few of them and from those of a fresh run.
"""

from typing import Any

from rnnlab.data.loaders import Drawn, Loader
from rnnlab.data.module import TaskData
from rnnlab.runs.likeness import MOST, count, like, whole

Node = dict[str, Any]

BATCHES, STEPS = "epoch_loop.batch_progress", "epoch_loop.automatic_optimization.optim_progress"
CHECKS = "epoch_loop.val_loop.batch_progress"


def within_epoch(saved: Node) -> bool:
    """Whether a checkpoint was written within an epoch, not at the end of one. Raises Differs where nothing says so."""
    return count(saved, f"loops/fit_loop/{BATCHES}/current/ready") > 0


def loops_likeness(fresh: Node, saved: Node, step: int, epoch: int) -> Node:
    """The likeness of the `loops` of a checkpoint after `step` steps and `epoch` whole epochs.

    fresh: those of a run before its first step, which become it. A save is either within an epoch, when the last batch
    has been used but not yet counted, or between two, when all that is counted within an epoch is 0 (`Saver`).

    Raises:
        Differs: where what the rest follows from is no count.
    """
    place, fit = "loops/fit_loop", fresh["fit_loop"]
    batches = count(saved, f"{place}/{BATCHES}/total/ready")
    here = count(saved, f"{place}/{BATCHES}/current/ready", batches)
    within = within_epoch(saved)
    steps = count(saved, f"{place}/{STEPS}/optimizer/step/current/ready", min(here, step))
    begun = count(saved, f"{place}/{STEPS}/optimizer/zero_grad/total/ready", batches)  # and may never step
    begun_here = count(saved, f"{place}/{STEPS}/optimizer/zero_grad/current/ready", min(here, begun))
    checked = count(saved, f"{place}/{CHECKS}/total/ready") if within else 0
    last = count(saved, f"{place}/{CHECKS}/current/ready")
    for counters, total, current in (
        (fit[BATCHES], batches, here),
        (fit[STEPS]["optimizer"]["step"], step, steps),
        (fit[STEPS]["optimizer"]["zero_grad"], begun, begun_here),
        (fit[CHECKS], checked, last),
        (fit["epoch_progress"], epoch + within, epoch + within),
    ):
        counters["total"], counters["current"] = (dict.fromkeys(counters["total"], n) for n in (total, current))
    for part in ("total", "current"):
        fit[BATCHES][part]["completed"] -= within
        for stage in ("processed", "completed"):
            fit["epoch_progress"][part][stage] = epoch
    fit[CHECKS]["is_last_batch"] = last > 0
    fit["epoch_loop.state_dict"] = {"_batches_that_stepped": whole(max(step - 1, 0), step)}
    return fresh


def data_likeness(fresh: Node, saved: Node, train: Loader, epoch: int, anyway: bool) -> Node:
    """The likeness of where the training data stand, which Lightning saves a second time among its loops.

    fresh: the whole of what a fresh run would save; of the loops' copy the likeness is put into it. anyway: whether the
    data may be others now, so that the place is beyond their end.
    """
    name, loaders = TaskData.__qualname__, fresh["loops"]["fit_loop"]["state_dict"].get("combined_loader")
    if loaders and loaders == [fresh.get(name)]:
        loaders[0] = saved.get(name)
    if not {"epoch", "position"} <= fresh.get(name, {}).keys():
        return {}
    known = {"epoch": whole(0, epoch), "position": whole(0, MOST if anyway else len(train))}
    if isinstance(train, Drawn):
        known["reached"] = whole(1, MOST if anyway else train.curriculum.most(train.lengths))
    return {name: like(fresh[name], True) | known}

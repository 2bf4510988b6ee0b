"""Lightning's counters as they must stand in a checkpoint: all follow from a few, and from those of a fresh run."""

from typing import Any

from rnnlab.runs.likeness import count, whole

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

"""Moving a number that the state holds: where the state that means s is made to mean s + d, is the answer d more?

It is moved by the difference of the mean states of s + d and of s at that step: by all of it, or only by what of it
lies in a subspace, such as the one found in `rnnlab.inspection.alignment`.
"""

import torch
from torch import Tensor

from rnnlab.batch import IGNORE
from rnnlab.inspection.cutting import said
from rnnlab.inspection.intervals import Estimate, share
from rnnlab.inspection.whole import walk
from rnnlab.network import Network
from rnnlab.tasks.task import Task


@torch.inference_mode()
def moved(
    network: Network, task: Task, name: str, length: int, by: int, basis: Tensor | None = None, seed: int = 0
) -> Estimate | None:
    """How often the answer is right for a quantity moved by `by` after the last step before the end that has one.

    Rows of 2,000 fresh examples count where another row has the moved value, so that it is known what is right.
    basis: (D, k) of a subspace that alone is moved. None: no row can be moved so far.
    """
    batch = task.batch(2000, length, torch.Generator().manual_seed(seed))
    values = task.quantities(batch)[name]
    step = int((values[:, :-1] != IGNORE).all(0).nonzero().max())
    here = values[:, step]
    states = walk(network, batch.inputs[:, : step + 1])[1][:, step]
    present, place = here.unique(return_inverse=True)
    means = torch.zeros(len(present), states.shape[1]).to(states).index_add(0, place, states)
    means /= place.bincount().unsqueeze(1)
    wanted = torch.searchsorted(present, here + by).clamp(max=len(present) - 1)
    can = (present[wanted] == here + by).nonzero()[:, 0]
    if not len(can):
        return None
    donors = torch.stack([(here == value).nonzero()[0, 0] for value in present])[wanted[can]]
    change = means[wanted[can]] - means[place[can]]
    if basis is not None:
        change = change @ basis @ basis.T
    goal = task.exchanged(name, batch.rows(can), batch.rows(donors), step)
    answers = said(network, goal, task.answer, lambda state, now: state + change if now == step else state)
    asked = goal.targets != IGNORE
    asked[:, : step + 1] = False
    right = ((answers == goal.targets) | ~asked).all(1).double()
    return share(right, torch.ones_like(right))

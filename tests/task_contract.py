"""What a task must do, as assertions that say in words what is wrong: `tests/tasks/test_task.py` asks all of conf/task.

Each takes a task and examples of it, so that it can be tried on wrong tasks too (`tests/tasks/test_task_contract.py`).
"""

from collections import Counter
from typing import get_args

import torch

from rnnlab.batch import IGNORE, Answer
from rnnlab.data.loaders import Shuffled
from rnnlab.errors import InputError

MANY = 20
"""Steps at which two symbols or classes are not equal by chance, all of them."""


def says_how_its_answer_comes(task):
    name, answer = type(task).__name__, getattr(task, "answer", None)
    known = get_args(Answer)
    assert answer in known, f"{name}.answer is {answer!r}: say how its answer comes, one of {', '.join(known)}"
    if answer == "fed_back":
        assert task.end in range(task.num_classes), f"{name}.end must be the class that ends its answer"
        assert task.num_inputs == task.num_classes, "whatever is answered must be a symbol that can be fed back"
    else:
        assert task.end is None, f"{name}.end ends an answer that is fed back, and its answer comes {answer}"


def has_its_shapes(task, batch, size):
    inputs, targets = batch
    assert targets.shape == inputs.shape[:2] and len(targets) == size
    assert targets.dtype == torch.int64
    if task.symbols:
        assert inputs.dtype == torch.int64 and inputs.dim() == 2
        assert inputs.min() >= 0 and inputs.max() < task.num_inputs
    else:
        assert inputs.dtype == torch.float32 and inputs.dim() == 3 and inputs.shape[2] == task.num_inputs
        assert inputs.isfinite().all()
    assert (((targets >= 0) & (targets < task.num_classes)) | (targets == IGNORE)).all()
    assert batch.asked().any(1).all()


def asks_where_it_says(task, batch):
    """That the asked steps, and what is read in between, are those of the one word `task.answer`."""
    inputs, targets = batch
    asked = batch.asked()
    follows = asked[:, :-1] & asked[:, 1:]  # steps after which something more is asked
    if task.symbols:
        reads_its_answer = inputs[:, 1:][follows] == targets[:, :-1][follows]
        if task.answer in ("once", "each_step"):
            nobody = not (follows.sum() >= MANY and reads_its_answer.all())
            assert nobody, f"each answer is the next input, so it is fed back or endless, not {task.answer}"
        else:
            assert reads_its_answer.all(), f"{task.answer}: what is read next must be what was asked"
    if task.answer == "once":
        assert (asked.sum(1) == 1).all(), "once: asked at one step of a row"
        assert asked[:, -1].all(), "once: asked at the last step of a row, where all of it has been read"
    elif task.answer == "fed_back":
        starts, count = asked.long().argmax(1), asked.sum(1)
        assert (starts == starts[0]).all(), "fed_back: the questions of a batch are equally long"
        step = torch.arange(targets.shape[1])
        block = (step >= starts.unsqueeze(1)) & (step < (starts + count).unsqueeze(1))
        assert torch.equal(asked, block), "fed_back: the steps of an answer follow each other"
        ends = torch.where(targets == task.end, step, len(step)).min(1).values
        assert torch.equal(ends, starts + count - 1), "fed_back: an answer ends with `end`, and holds no other"
        if task.eos is not None:
            late = inputs.gather(1, starts.unsqueeze(1)) != task.eos
            assert not late.any(), "fed_back: an answer is first asked where `eos` is read, not earlier or later"
    else:
        assert asked.all(), f"{task.answer}: asked at every step"


def parses_what_it_shows(task, batch):
    """That some beginning of what is shown of an example, typed, is that example again."""
    for inputs, targets in zip(*batch, strict=True):
        text = task.show(inputs, targets)
        again = next((typed for typed in _typed(task, text) if task.show(*(part[0] for part in typed)) == text), None)
        assert again is not None, f"no beginning of {text!r}, typed, is read as the question that it shows"
        if again.targets.shape[1] == len(targets):
            known = slice(-1) if task.answer == "endless" else slice(None)  # what follows a text is not known
            assert torch.equal(again.inputs[0], inputs), f"{text!r}, typed, is read as other inputs"
            assert torch.equal(again.targets[0][known], targets[known]), f"{text!r}, typed, has another answer"
        if task.answer != "endless":
            has_its_shapes(task, again, 1)
            asks_where_it_says(task, again)


def _typed(task, text):
    for cut in range(1, len(text) + 1):
        try:
            yield task.parse(text[:cut])
        except InputError:
            continue


def parts_share_no_example(task, data):
    """That no example, as a person reads it and as long, is in two parts, or twice among those that are listed."""
    parts = {"training": data.train, "validation": data.validation, "test": data.test}
    rows = {name: [row for batch in loader for row in zip(*batch, strict=True)] for name, loader in parts.items()}
    shown = {name: [_shown(task, *row) for row in some] for name, some in rows.items()}
    if isinstance(data.train, Shuffled):
        twice = [one for one, count in Counter(shown["training"]).items() if count > 1]
        assert not twice, f"{twice[0][0]!r} is listed twice: it counts twice, and may fall into two parts"
    seen = {name: set(some) for name, some in shown.items()}
    for one, other in (("training", "validation"), ("training", "test"), ("validation", "test")):
        shared = seen[one] & seen[other]
        assert not shared, f"{len(shared)} examples are in {one} and {other}, like {min(shared)[0]!r}"


def _shown(task, inputs, targets):
    steps = int((targets != IGNORE).nonzero()[-1]) + 1
    return task.show(inputs[:steps], targets[:steps]), steps


def says_quantities_at_steps(task, batch):
    """That each quantity is whole numbers or IGNORE at every step, and changes nothing exchanged for itself."""
    for name, values in task.quantities(batch).items():
        assert values.shape == batch.targets.shape, f"{name!r} must have a value, or IGNORE, at every step"
        assert values.dtype == torch.int64, f"{name!r} must be whole numbers, int64"
        there = (values != IGNORE).all(0).nonzero()
        for step in there[:, 0].tolist() if len(there) else []:
            try:
                same = task.exchanged(name, batch, batch, step)
            except InputError:
                break
            assert torch.equal(same.targets, batch.targets), f"{name!r} exchanged for itself must change no target"
            assert torch.equal(same.inputs[batch.asked()], batch.inputs[batch.asked()])

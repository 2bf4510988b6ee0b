"""From a task to batches, in training, validation and test: listed or drawn examples, or one text in parallel rows."""

from typing import Annotated, Literal, Protocol

from torch import Generator

from rnnlab.batch import Batch, stack
from rnnlab.data.curriculum import Curriculum
from rnnlab.data.draw import Part, row_hash
from rnnlab.data.lengths import MOST, check_lengths
from rnnlab.data.loaders import Drawn, Fixed, Loader, Rows, Shuffled
from rnnlab.data.seeds import digest, generator_for
from rnnlab.errors import Bounds, InputError, checked
from rnnlab.tasks.task import Task, is_text

EVALUATE = 1024
"""Rows at once where nothing is learnt: large enough to be fast, small enough for any machine."""

Lengths = Annotated[list[Annotated[int, Bounds(0, MOST)]] | str, "a list of lengths like [2,3,4], or a range like 1-40"]
Share = Annotated[float, Bounds(0, 1, above=True)]
Amount = Annotated[int, Bounds(1, MOST)]


class Data(Protocol):
    """What a training needs of its data.

    batch_size: rows of a batch. fingerprint: of everything in it that the config does not say, or nothing.
    """

    batch_size: int
    fingerprint: str
    train: Loader
    validation: Loader
    test: Loader


class ExampleData:
    """Examples of a task, split into training, validation and test so that no example is in two.

    lengths: a list, or a range like `1-40`; a drawn batch has one of them, each as likely.
    source: `every` lists all examples of `lengths` (or of the task's csv) and splits them by a seeded rank;
        `drawn` makes fresh ones without end, `steps_per_epoch` batches counting as an epoch, and `held_out` fixed
        ones each for validation and test. There, a seeded hash of an example decides which part it belongs to.
    split: shares of training, validation and test; null lets all three hold everything, for tasks too small to split.
    split_seed: what the split depends on. It is not `seed`, so runs of several seeds are scored on the same examples.
    validation_lengths, test_lengths: those of the drawn examples held out, where they differ from `lengths`.
    curriculum, prefixes: of drawn training examples, as `rnnlab.config.generalisation` has them.

    Raises:
        InputError: for a value out of range, a batch larger than the data, or an empty part.
    """

    @checked
    def __init__(
        self,
        task: Task,
        seed: int,
        batch_size: Amount,
        lengths: Lengths,
        source: Literal["every", "drawn"] = "every",
        split: Annotated[tuple[Share, Share, Share], "three shares like [0.8,0.1,0.1]"] | None = None,
        steps_per_epoch: Annotated[int, Bounds(1, 10**9)] = 100,
        held_out: Amount = 1000,
        validation_lengths: Lengths | None = None,
        test_lengths: Lengths | None = None,
        split_seed: Annotated[int, Bounds(0)] = 0,
        curriculum: Curriculum | None = None,
        prefixes: bool = False,
    ):
        if task.answer == "endless":
            raise InputError("not for a text", "rnnlab.data.splits.StreamData", "_target_", "ExampleData")
        self.batch_size = batch_size
        lengths = check_lengths("lengths", lengths, task)
        held_out_lengths = []
        for key, other in (("validation_lengths", validation_lengths), ("test_lengths", test_lengths)):
            if other is not None and source == "every":
                raise InputError("only for drawn examples", "null, or data.source=drawn", key, other)
            held_out_lengths.append(lengths if other is None else check_lengths(key, other, task))
        shares = None if split is None else list(split)
        if shares and abs(sum(shares) - 1) > 1e-9:
            raise InputError("shares do not add up to 1", "like [0.8,0.1,0.1]", "split", split)
        if source == "every":
            only_drawn(curriculum, prefixes)
            self._list(task, lengths, shares, seed, split_seed, batch_size)
        else:
            steps = max(lengths) * batch_size + sum(max(other) for other in held_out_lengths) * held_out
            if steps > 10 * MOST:
                what = f"{steps:,} steps in a batch and held out"
                raise InputError(what, f"at most {10 * MOST:,}: fewer or shorter examples", "lengths", lengths)
            if prefixes:
                check_prefixes(task, lengths, batch_size)
            self.fingerprint = ""  # nothing but the config decides what is drawn
            edges = (0.0, shares[0], shares[0] + shares[1], 1.0) if shares else None
            parts = [Part(task, split_seed, *edges[i : i + 2]) if edges else Part(task, split_seed) for i in range(3)]
            self.train: Loader = Drawn(parts[0], lengths, batch_size, steps_per_epoch, seed, curriculum, prefixes)
            self.validation = Fixed(_hold_out(parts[1], held_out_lengths[0], held_out, "validation"))
            self.test = Fixed(_hold_out(parts[2], held_out_lengths[1], held_out, "test"))

    def _list(
        self, task: Task, lengths: list[int], shares: list[float] | None, seed: int, split_seed: int, batch_size: int
    ) -> None:
        examples = stack([task.every(length) for length in task.lengths or lengths])
        count = len(examples.targets)
        if shares is None:
            parts = [examples] * 3
        else:
            order = row_hash(examples.inputs, split_seed).argsort()
            sizes = [round(count * share) for share in shares[1:]]
            parts = [examples.rows(index) for index in order.split([count - sum(sizes), *sizes])]
        for name, part in zip(("training", "validation", "test"), parts, strict=True):
            if not len(part.targets):
                raise InputError(f"the {name} part of {count} examples is empty", "needs more data", "split", shares)
        if batch_size > len(parts[0].targets):
            most = f"at most the {len(parts[0].targets):,} training examples"
            raise InputError("larger than the data", most, "batch_size", batch_size)
        self.fingerprint = digest(*(tensor.numpy() for tensor in examples))
        self.train = Shuffled(parts[0], batch_size, seed)
        self.validation, self.test = (Fixed(_in_pieces(part)) for part in parts[1:])


class StreamData:
    """One text in parallel rows, `window` steps a batch; the state at a batch's end starts the next one.

    batch_size, window: `auto` takes 32 rows of 64 steps, or the rows that the text itself has (the three sentences).
    The test is a full pass over the test part in a single row.

    Raises:
        InputError: where the text is too short for its rows.
    """

    @checked
    def __init__(
        self,
        task: Task,
        seed: int,
        batch_size: Literal["auto"] | Amount = "auto",
        window: Literal["auto"] | Annotated[int, Bounds(1, MOST)] = "auto",
        curriculum: Curriculum | None = None,
        prefixes: bool = False,
    ):
        only_drawn(curriculum, prefixes)
        if not is_text(task):
            raise InputError("not for a task with examples", "rnnlab.data.splits.ExampleData", "_target_", "StreamData")
        count = len(task.train)
        rows = task.rows or 32 if batch_size == "auto" else batch_size
        steps = (count // rows - 1 if task.rows else 64) if window == "auto" else window
        if count < rows * (steps + 1):
            need = f"{rows} rows of {steps} steps need at least {rows * (steps + 1):,} for training"
            what = f"the text is too short, {count:,} characters"
            raise InputError(what, f"{need}; lower data.batch_size or data.window", "batch_size", rows)
        for name, part in (("validation", task.validation), ("test", task.test)):
            if len(part) < 2:
                what = f"{len(part)} characters are held out"
                raise InputError(what, f"needs at least 2; use a longer text or a larger task.{name}")
        self.batch_size = rows
        parts = [task.train, task.validation, *([] if task.test is task.validation else [task.test])]
        self.fingerprint = digest(*parts)
        held_out_rows = max(1, min(rows, len(task.validation) // (steps + 1)))
        self.train = Rows(task.train, rows, steps)
        self.validation = Rows(task.validation, held_out_rows, max(steps, 128) if not task.rows else steps)
        self.test = Rows(task.test, task.rows or 1, EVALUATE)


def _hold_out(part: Part, lengths: list[int], count: int, name: str) -> list[Batch]:
    sizes = [count // len(lengths) + (place < count % len(lengths)) for place in range(len(lengths))]
    batches = []
    for length, size in zip(lengths, sizes, strict=True):
        if size:
            batches += _in_pieces(part.draw(size, length, generator_for(part.split_seed, name, length)))
    if not batches:
        raise InputError(f"no {name} examples", "use longer lengths, or data.split=null", "lengths", lengths)
    return batches


def _in_pieces(examples: Batch) -> list[Batch]:
    starts = range(0, len(examples.targets), EVALUATE)
    return [examples.rows(slice(start, start + EVALUATE)) for start in starts]


def only_drawn(curriculum: Curriculum | None, prefixes: bool) -> None:
    """Raises InputError where examples that are not drawn are asked for what only drawn ones can have."""
    if curriculum:
        what, allowed = "only for drawn examples", "uniform, or data.source=drawn"
        raise InputError(what, allowed, "practice.curriculum", curriculum.kind)
    if prefixes:
        raise InputError("only for drawn examples", "false, or data.source=drawn", "practice.prefixes", prefixes)


def check_prefixes(task: Task, lengths: list[int], batch_size: int) -> None:
    """Raises InputError where there is no answer before the end of a row, or there are too many prefixes."""
    longest = max(lengths)
    try:
        task.prefixes(task.batch(1, min(lengths), Generator()))
    except InputError as error:
        raise error.under("practice") from error
    if batch_size * longest**2 > 10 * MOST:
        what = f"up to {longest} prefixes of {batch_size} rows are too many"
        raise InputError(what, "fewer or shorter examples", "practice.prefixes", True)

"""What the next trials are: drawn at random, the next of a grid, or proposed by optuna from the trials so far.

A proposal depends on the seed, its number and the results before it, and on nothing else: a search that was stopped and
continued makes the trials that it would have made.
"""

import importlib.util
import itertools
import math
from collections.abc import Callable
from random import Random
from typing import Any

from rnnlab.errors import InputError, one_of, whole
from rnnlab.sweeps.search.space import Choice, Interval, Space, Value
from rnnlab.sweeps.search.study import SEED, Settled, Study, repetitions

Values = dict[str, Value]
Propose = Callable[[Study, int], list[Values]]
"""The next so many trials of a study."""

Draw = Callable[[Settled, int], list[Values]]
"""The next so many settings, given those before."""

METHODS = ("grid", "optuna", "random")


def method(settings: dict[str, Any], space: Space) -> tuple[Propose, int]:
    """How trials are proposed, and how many there are in all.

    Raises:
        InputError: for a setting that cannot be used, or where optuna is not installed.
    """
    seeds = repetitions(space)
    space = {key: parameter for key, parameter in space.items() if key != SEED}
    draw, total = _draw(settings, space)
    return repeated(draw, seeds), total * max(len(seeds), 1)


def repeated(draw: Draw, seeds: tuple[Value, ...]) -> Propose:
    """Each of the settings that are drawn, with all the seeds one after the other; as drawn where there are none."""

    def propose(study: Study, count: int) -> list[Values]:
        settled, made = study.settled(), len(study.trials)
        if not seeds:
            return draw(settled, count)
        wanted = math.ceil((made + count) / len(seeds))
        settings = [trial["values"] for trial in settled.trials] + draw(settled, wanted - len(settled.trials))
        places = (divmod(place, len(seeds)) for place in range(made, made + count))
        return [settings[which] | {SEED: seeds[seed]} for which, seed in places]

    return propose


def _draw(settings: dict[str, Any], space: Space) -> tuple[Draw, int]:
    """How settings are drawn, and how many there are in all."""
    name = one_of("search.method", settings["method"], METHODS)
    if name == "grid":
        combinations = grid(space, whole("search.points", settings["points"], 2, 1000))
        return lambda study, count: combinations[len(study.trials) :][:count], len(combinations)
    trials = whole("search.trials", settings["trials"], 1, 100_000)
    seed = whole("search.seed", settings["seed"], 0)
    if name == "random":
        return lambda study, count: [drawn(space, seed, len(study.trials) + place) for place in range(count)], trials
    if importlib.util.find_spec("optuna") is None:
        allowed = "pip install 'rnnlab[sweep]', or take search=random, which needs nothing"
        raise InputError("optuna is not installed", allowed, "search", "optuna")
    return lambda study, count: guided(study, space, seed, count), trials


def grid(space: Space, points: int) -> list[Values]:
    """Every combination, the last parameter changing fastest; an interval has `points` values.

    Raises:
        InputError: for more combinations than anybody runs.
    """
    lists = [parameter.points(points) for parameter in space.values()]
    count = math.prod(map(len, lists))
    if count > 100_000:
        raise InputError(
            f"a grid of {count:,} trials", "at most 100,000: give parameters of the space one value", "search", "grid"
        )
    return [dict(zip(space, values, strict=True)) for values in itertools.product(*lists)]


def drawn(space: Space, seed: int, number: int) -> Values:
    """Trial `number` of a random search: the same for every number of trials."""
    random = Random(f"{seed} {number}")
    return {key: parameter.draw(random) for key, parameter in space.items()}


def guided(study: Settled, space: Space, seed: int, count: int) -> list[Values]:
    """The next trials by optuna's tree-structured Parzen estimator (Bergstra et al., 2011).

    optuna's own storage is not used: its study is made anew, in memory, from the results in study.json.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions = {key: _distribution(parameter) for key, parameter in space.items()}
    known = optuna.create_study(direction=study.head["direction"])
    for trial in study.trials:
        good = trial["result"] is not None
        values = {key: _told(space[key], value) for key, value in trial["values"].items()}
        known.add_trial(
            optuna.trial.create_trial(
                params=values,
                distributions=distributions,
                value=trial["result"],
                state=optuna.trial.TrialState.COMPLETE if good else optuna.trial.TrialState.FAIL,
            )
        )
    proposals = []
    for place in range(count):
        known.sampler = optuna.samplers.TPESampler(seed=Random(f"{seed} {len(study.trials) + place}").getrandbits(32))
        asked = known.ask(distributions).params
        proposals.append({key: _heard(space[key], asked[key]) for key in space})
    return proposals


def _distribution(parameter: Choice | Interval) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(parameter, Choice):
        return CategoricalDistribution(parameter.texts)
    if parameter.whole:
        return IntDistribution(int(parameter.low), int(parameter.high), log=parameter.log)
    return FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _told(parameter: Choice | Interval, value: Value) -> Any:
    """A value as optuna knows it: one of a list by its text, since to it 1 and true are one."""
    return parameter.typed(value) if isinstance(parameter, Choice) else value


def _heard(parameter: Choice | Interval, value: Any) -> Value:
    if isinstance(parameter, Choice):
        return parameter.values[parameter.texts.index(value)]
    return parameter.near(value)

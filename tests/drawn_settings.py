"""Settings drawn at random from all of the config: whatever option or key a yaml has is drawn, a new one as well.

A change that rnnlab itself refuses, or that asks for more than a test has time for, is taken back.
"""

import random
from typing import Any

from omegaconf import OmegaConf

from conftest import CONF
from rnnlab.config import build
from rnnlab.config.compose import compose
from rnnlab.config.flat import flat
from rnnlab.config.schema import check_config
from rnnlab.errors import InputError, shown
from rnnlab.training import setup
from rnnlab.training.resume import changed

NOT_OF_A_RUN = {"hydra", "search", "launcher", "tuned", "experiment", "trainer"}
"""Groups that say how runs are started, or only choose values that are drawn one by one."""

FIXED = ("name", "_target_", "output_dir", "varies", "grid", "fail_fast", "nodes", "devices")
FIXED += ("detect_anomaly", "max_time")
"""Keys that say where a run is, not what it is; how many processes there are, and the clock, are for tests of
their own, and anomaly detection, which changes no number, takes minutes while instants are listened to."""

SMALL = {"model.hidden_size": 6, "data.batch_size": 8, "data.window": 10, "data.lengths": [1, 2], "task.path": "text"}
SMALL |= {"data.steps_per_epoch": 5, "data.held_out": 20, "data.validation_lengths": [3], "data.test_lengths": [4]}
SMALL |= {"trainer.max_epochs": 3, "trainer.max_steps": 30, "callbacks.saver.every_steps": 3, "optimizer.lr": 0.02}
SMALL |= {"task.highest": 6, "task.corpus": "sentences", "callbacks.counting.stop": 1000}
SMALL |= {"model.num_layers": 2, "model.dropout": 0.3, "task.eval_lengths": [2, 5], "callbacks.early.patience": 3}
"""What makes a run a matter of a second, and lets it do all that runs do, where there is such a key."""

MOST_STEPS, MOST_BATCHES = 40, 40
"""Of the training, and of validation and test together."""


def draw(seed: int, config_dir: str | None = None, **fixed: Any) -> list[str]:
    """The overrides of a run that a second is enough for, with the node trainer's values that are `fixed`.

    It needs the files `text` and `sums.csv`, builds the run, and so seeds torch and sets its threads.
    """
    also = {f"trainer.{key}": value for key, value in fixed.items()}
    choose = random.Random(seed)
    while True:
        groups = [f"{group}={choose.choice(names)}" for group, names in options().items()]
        groups += ["experiment=counting"] * (config_dir is not None and choose.random() < 0.3)
        config = OmegaConf.to_container(compose(groups, config_dir), resolve=True)
        values = {key: value for key, value in flat(config).items() if not isinstance(value, dict)}
        leaves = {key: value for key, value in values.items() if key.rpartition(".")[2] not in FIXED}
        changes = {key: value for key, value in SMALL.items() if key in leaves}
        changes |= {
            key: choose.choice(alternatives(config, key, changes.get(key, value)))
            for key, value in leaves.items()
            if choose.random() < 0.2
        }
        changes |= also
        if accepted(config, changes) and also.items() <= changes.items():
            return [*groups, *(f"{key}={written(value)}" for key, value in changes.items())]


def options() -> dict[str, list[str]]:
    """Group -> names, of all groups that say something about a run."""
    groups: dict[str, list[str]] = {}
    for path in sorted(CONF.glob("*/*.yaml")):
        if path.parent.name not in NOT_OF_A_RUN:
            groups.setdefault(path.parent.name, []).append(path.stem)
    return groups


def alternatives(config: dict[str, Any], key: str, value: Any) -> list[Any]:
    """Other values for a leaf, by the kind of the one it has; those of a word are what its refusal says is allowed."""
    if isinstance(value, bool):
        others: list[Any] = [not value]
    elif isinstance(value, int):
        others = [0, 1, 2, 3, value + 1, 2 * value, None]
    elif isinstance(value, float):
        others = [0.0, 0.1, 0.3, 1.0, 2 * value, value / 2, value / 1000, None]
    elif isinstance(value, list):
        others = [value[:1], [2], [4, 2, 9], "1-3", [0.5, 0.3, 0.2], None]
    elif value is None:
        others = [0, 1, 2, 7, 0.3, 1.0, [2, 5], "text", "sums.csv", True]
    else:
        others = allowed(config, key) or [2, 3, 0.4, "1-3", "text", None]
    return [other for other in others if other != value] or [value]


def allowed(config: dict[str, Any], key: str) -> list[str]:
    """The words that a refusal of a wrong one names."""
    try:
        check_config(changed(config, {key: "?"})[0])
    except InputError as error:
        words = error.allowed.partition("allowed: ")[2].split(", ")
        return [word for word in words if word not in ("", "tinyshakespeare")]  # which is fetched from the network
    return []


def accepted(config: dict[str, Any], changes: dict[str, Any]) -> bool:
    """Takes back what is refused, until the rest can be run; False where that takes too long."""
    while True:
        try:
            new = changed(config, changes)[0]
            check_config(new)
            parts = setup.prepare(build.parts(new)).parts
        except InputError as error:
            if not changes:
                return False
            named = str(error.key)
            near = [key for key in changes if key.partition(".")[0] == named.partition(".")[0]]
            changes.pop(named if named in changes else (near or list(changes))[-1])
            continue
        return parts.steps <= MOST_STEPS and len(parts.data.validation) + len(parts.data.test) <= MOST_BATCHES


def written(value: Any) -> str:
    """A value as it is typed."""
    return f"[{','.join(map(shown, value))}]" if isinstance(value, list) else shown(value)

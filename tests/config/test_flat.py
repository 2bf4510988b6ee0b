"""Nested configs as dotted keys, checked with OmegaConf, which reads dotted keys in its own way."""

from omegaconf import OmegaConf

from rnnlab.config.flat import every, flat

NESTED = {"task": {"name": "digitsum", "csv": None}, "data": {"split": {"parts": [0.8, 0.2], "seed": 1}}, "seed": 3}
DOTTED = {"task.name": "digitsum", "task.csv": None, "data.split.parts": [0.8, 0.2], "data.split.seed": 1, "seed": 3}


def test_every_value_is_found_under_its_dotted_key_and_there_is_no_other():
    assert flat(NESTED) == DOTTED
    config = OmegaConf.create(NESTED)
    assert {key: OmegaConf.select(config, key) for key in flat(NESTED)} == DOTTED


def test_every_node_is_found_besides():
    nodes = {"task": NESTED["task"], "data": NESTED["data"], "data.split": NESTED["data"]["split"]}
    assert every(NESTED) == DOTTED | nodes


def test_an_empty_node_is_a_value():
    assert flat({"a": {"b": {}}, "c": 1}) == {"a.b": {}, "c": 1}


def test_a_received_config_is_read_however_deep_it_is():
    deep: dict = {}
    for _ in range(5_000):
        deep = {"a": deep}
    assert flat({"b": deep, "c": 1}) == {"c": 1}
    while deep:  # a dict of so many would be deleted in as many calls
        deep = deep["a"]

"""Nested configs as dotted keys, checked with OmegaConf, which reads dotted keys in its own way."""

import pytest
from omegaconf import OmegaConf

from rnnlab.config.flat import bounded, flat
from rnnlab.files import Unusable

NESTED = {"task": {"name": "digitsum", "csv": None}, "data": {"split": {"parts": [0.8, 0.2], "seed": 1}}, "seed": 3}
DOTTED = {"task.name": "digitsum", "task.csv": None, "data.split.parts": [0.8, 0.2], "data.split.seed": 1, "seed": 3}


@pytest.mark.parametrize("flattened", [flat, bounded])
def test_every_value_is_found_under_its_dotted_key_and_there_is_no_other(flattened):
    assert flattened(NESTED) == DOTTED
    config = OmegaConf.create(NESTED)
    assert {key: OmegaConf.select(config, key) for key in flattened(NESTED)} == DOTTED


def test_an_empty_node_has_no_values_but_may_be_one():
    assert flat({"a": {"b": {}}, "c": 1}) == {"c": 1}
    assert bounded({"a": {"b": {}}, "c": 1}) == {"a.b": {}, "c": 1}


def test_a_received_config_is_read_up_to_a_number_of_values_and_however_deep_it_is():
    assert len(bounded(dict.fromkeys("abc"), most=3)) == 3
    with pytest.raises(Unusable, match="more than 3 values"):
        bounded({"a": dict.fromkeys("bcde")}, most=3)
    deep: dict = {}
    for _ in range(5_000):
        deep = {"a": deep}
    assert len(bounded(deep)) == 1
    while deep:  # a dict of so many would be deleted in as many calls
        deep = deep["a"]

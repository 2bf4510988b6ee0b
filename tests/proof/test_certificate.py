"""A certificate is plain JSON that says what it assumes."""

import json

from made_adders import MACHINE, adder
from rnnlab.proof.attempt import attempt


def test_it_says_what_is_proven_of_what_and_under_which_assumptions():
    for kind, assumed in (("tanh", ["float32", "1/16777216"]), ("float64", ["float64", "1/9007199254740992"])):
        text = attempt(adder(kind), MACHINE, 10, lambda name, gap: None).text
        content = json.loads(text)
        assert list(content["assumed"].values())[:2] == assumed and content["found"] == "k=1"
        assert content["machine"]["names"] == ["no carry", "carry"] and len(content["weights"]) == 64
        assert content["boxes"][0] == {"state": 0, "low": [0.0] * 4, "high": [0.0] * 4, "after": [1, 2, 3, 4]}
        assert text.isascii() and text.count("\n") == 1

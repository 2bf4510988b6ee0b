"""`python examples/decode_onnx.py model.onnx QUESTION`: asks an exported model, with onnxruntime and numpy alone.

python examples/decode_onnx.py model.onnx 1294     digitsum: the digits of the sum
python examples/decode_onnx.py model.onnx 9+60     binaryaddition: the sum
python examples/decode_onnx.py model.onnx "def "   chartext: a hundred likeliest characters
"""

import sys

import numpy as np
import onnxruntime


class Model:
    """One step after another; the state goes in and comes out."""

    def __init__(self, path: str):
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.known = self.session.get_modelmeta().custom_metadata_map
        shapes = [part.shape for part in self.session.get_inputs() if part.name != "input"]
        kind = self.session.get_inputs()[1].type
        self.state = [np.zeros((s[0], 1, s[2]), np.float64 if "double" in kind else np.float32) for s in shapes]

    def step(self, value: np.ndarray) -> int:
        """Reads one symbol id (1,) or one row of features (1, F); says the likeliest class."""
        given = {f"state_{index}": part for index, part in enumerate(self.state)}
        logits, *self.state = self.session.run(None, {"input": value, **given})
        return int(logits[0].argmax())


def write(model: Model, question: str, longest: int = 100) -> str:
    """Reads the question (and the symbol that ends it), then feeds back what the model says until that ends."""
    symbols, end = model.known["vocabulary"], int(model.known.get("end", -1))  # text never ends
    ids = [symbols.index(character) for character in question]
    ids += [int(model.known["eos"])] if "eos" in model.known else []
    for symbol in ids:
        said = model.step(np.array([symbol]))
    answer = ""
    while said != end and len(answer) < longest:
        answer += symbols[said]
        said = model.step(np.array([said]))
    return answer


def add(model: Model, question: str) -> int:
    """The two numbers go in bit by bit, the lowest first; so does the sum come out."""
    a, b = map(int, question.split("+"))
    features = len(model.session.get_inputs()[0].shape) == 2
    total = 0
    for place in range(max(a.bit_length(), b.bit_length()) + 1):
        bits = a >> place & 1, b >> place & 1
        value = np.array([bits], np.float32) if features else np.array([bits[0] + 2 * bits[1]])
        total += model.step(value) << place
    return total


if __name__ == "__main__":
    asked = Model(sys.argv[1])
    print((write if "vocabulary" in asked.known else add)(asked, sys.argv[2]))

"""A drawing is the same in both files."""

import struct
import xml.etree.ElementTree as ET
import zlib

import numpy as np

from rnnlab.proof.drawing import Drawing


def drawn():
    drawing = Drawing(60, 40)
    drawing.line(np.array([[5.0, 5], [50, 5]]), (255, 0, 0))
    drawing.dots(np.array([[10.0, 20], [10.2, 20.3], [30, 30]]), (0, 0, 255), 1)
    drawing.dots(np.empty((0, 2)), (0, 0, 0))
    drawing.words(30, 15, "a<b")
    return drawing


def test_the_svg_has_every_shape():
    root = ET.fromstring(drawn().svg())
    kinds = [part.tag.split("}")[1] for part in root.iter()]
    assert [kinds.count(kind) for kind in ("polyline", "circle", "text")] == [1, 2, 1]
    assert "".join(root.itertext()).strip() == "a<b"


def test_the_png_has_them_in_their_colours():
    png = drawn().png()
    assert struct.unpack(">II", png[16:24]) == (60, 40)
    start = png.index(b"IDAT")
    rows = np.frombuffer(zlib.decompress(png[start + 4 :]), np.uint8).reshape(40, 181)[:, 1:].reshape(40, 60, 3)
    assert rows[5, 5:51].tolist() == [[255, 0, 0]] * 46 and rows[5, 4].tolist() == rows[5, 51].tolist() == [255] * 3
    blue = np.argwhere((rows == [0, 0, 255]).all(2)).tolist()
    assert blue == [[20, 10], [30, 30]]

"""Letters of dots that a reader tells apart."""

from rnnlab.inspection import glyphs


def test_every_character_from_blank_to_tilde_has_a_shape_of_its_own():
    shapes = {chr(code): glyphs.dots(chr(code)).tobytes() for code in range(32, 127)}
    assert len(set(shapes.values())) == len(shapes) == len(glyphs.ROWS) == 95
    assert not glyphs.dots(" ").any()


def test_an_l_is_a_stroke_down_and_one_to_the_right_and_what_is_unknown_a_block():
    drawn = ["".join("#" if dot else "." for dot in row) for row in glyphs.dots("L")]
    assert drawn == ["#..", "#..", "#..", "#..", "###"]
    assert glyphs.dots("é").all() and glyphs.dots("\n").all()

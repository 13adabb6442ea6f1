from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from mailer.settings.reading import check
from mailer.toml import parse_toml, read_text
from subscribers.errors import BadConfig, Problem, Problems


class Wheel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int = Field(ge=1)
    colour: str = "black"

    @field_validator("colour")
    @classmethod
    def _known(cls, value: str) -> str:
        if value == "beige":
            raise ValueError("nobody wants beige")
        return value


class Cart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    wheels: list[Wheel] = []
    parts: dict[str, Wheel] = {}
    spare: Wheel | None = None


GOOD = """# eins
name = "Karren"  # zwei

[[wheels]]
size = 1

[[wheels]]
size = 2

[parts."vorn links"]
size = 3
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(Problems) as caught:
        check(parse_toml(text, "cart.toml"), Cart)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_is_one_value(tmp_path: Path) -> None:
    (tmp_path / "cart.toml").write_text("\ufeff" + GOOD, "utf-8")

    cart = check(parse_toml(read_text(tmp_path / "cart.toml", place="cart.toml"), "cart.toml"), Cart)

    assert cart.name == "Karren"
    assert [wheel.size for wheel in cart.wheels] == [1, 2]
    assert cart.parts["vorn links"].size == 3


def test_every_complaint_comes_at_once_in_the_order_of_the_lines() -> None:
    text = (
        "[spare]\n"
        "size = 2\n"
        "colour = 5\n"
        "xyzzy = 1\n"
        "[[wheels]]\n"
        "size = 1\n"
        "[[wheels]]\n"
        "size = 0\n"
        'colour = "beige"\n'
        '[parts."vorn links"]\n'
        "sise = 3\n"
    )

    assert complaints(text) == [
        "cart.toml:1: name: this key is missing.",
        "cart.toml:3: spare.colour: input should be a valid string, not 5.",
        "cart.toml:4: spare.xyzzy: this key is unknown; known are colour, size.",
        "cart.toml:8: wheels.1.size: input should be greater than or equal to 1, not 0.",
        "cart.toml:9: wheels.1.colour: Nobody wants beige.",
        "cart.toml:10: parts.vorn links.size: this key is missing.",
        "cart.toml:11: parts.vorn links.sise: this key is unknown; did you mean size?",
    ]


def test_a_fragment_counts_from_its_first_line() -> None:
    text = "name = 5"

    with pytest.raises(Problems) as caught:
        check(parse_toml(text, "a.md", above=2), Cart)

    assert caught.value.problems[0].place == "a.md:3"
    with pytest.raises(Problem) as broken:
        parse_toml("a = 1\nb =", "a.md", above=2)
    assert broken.value.place == "a.md:4"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name = Karren", "cart.toml:1"),
        ('a = 1\nname = "offen', "cart.toml:2"),
        ("[a]\n[a]\n", "cart.toml:2"),
        ("a = 1\na = 2\n", "cart.toml:2"),
        ('a = """\n\n', "cart.toml:1"),  # the last line with text in it
        ("a = " + "[" * 5_000, "cart.toml:1"),
        ("a = " + "9" * 5_000, "cart.toml:1"),
        ("a = \0", "cart.toml:1"),
    ],
    ids=lambda value: value[:20].replace("\0", "NUL"),
)
def test_what_is_no_toml_names_its_line(text: str, place: str) -> None:
    with pytest.raises(Problem, match="This is not valid TOML") as caught:
        parse_toml(text, "cart.toml")

    assert caught.value.place == place
    assert "line" not in caught.value.message.replace("newline", "").replace("multiline", "")


def test_a_file_in_another_encoding_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "cart.toml").write_bytes('# eins\nname = "Größe"'.encode("latin-1"))

    with pytest.raises(BadConfig) as caught:
        read_text(tmp_path / "cart.toml", place="cart.toml", error=BadConfig)

    assert str(caught.value) == "cart.toml:2: The file is not UTF-8. Save it as UTF-8 in your editor."


def test_a_file_that_is_none_is_a_problem(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "missing.toml", "is missing"), (tmp_path, "cannot be read")):
        with pytest.raises(Problem, match=sentence):
            read_text(path, place="cart.toml")


@pytest.mark.parametrize(
    ("text", "where", "line"),
    [
        (GOOD, ("name",), 2),
        (GOOD, ("wheels", 0, "size"), 5),
        (GOOD, ("wheels", 1, "size"), 8),
        (GOOD, ("wheels", 1, "colour"), 7),
        (GOOD, ("parts", "vorn links", "size"), 11),
        (GOOD, ("parts", "hinten", "size"), 1),
        ("a.b = 1\na . 'c d' = 2\n", ("a", "c d"), 2),
        ("[a]\nb = { c = 1 }\n", ("a", "b", "c"), 2),
        ("[a]\nx = 1\n[a.b]\nx = 1\n[c]\nx = 1\n", ("c", "x"), 6),
    ],
)
def test_the_line_of_a_key(text: str, where: tuple[str | int, ...], line: int) -> None:
    assert parse_toml(text, "cart.toml").line(where) == line

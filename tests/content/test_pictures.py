"""Pictures are measured from their bytes; what mail programs do not show is refused."""

from pathlib import Path

import pytest
from paper import png

from mailer.content.pictures import read_picture
from subscribers.errors import Problem

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc2\x00\x0b\x08\x00\x40\x00\x80\x01\x01\x11\x00\xff\xda\x00\x02data\xff\xd9"
)
GIF = b"GIF89a\x20\x00\x10\x00\x00\x00\x00\x2c\x00\x3b"


@pytest.mark.parametrize(
    ("data", "media_type", "size"),
    [(png(192, 100), "image/png", (192, 100)), (JPEG, "image/jpeg", (128, 64)), (GIF, "image/gif", (32, 16))],
)
def test_type_and_size_come_from_the_bytes(
    tmp_path: Path, data: bytes, media_type: str, size: tuple[int, int]
) -> None:
    (tmp_path / "bild.dat").write_bytes(data)

    picture = read_picture(tmp_path / "bild.dat", tmp_path, "Wort", "Foto: Muster")

    assert (picture.media_type, (picture.width, picture.height)) == (media_type, size)
    assert (picture.data, picture.alt, picture.credit) == (data, "Wort", "Foto: Muster")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "neither PNG nor JPEG nor GIF"),
        (b"<svg/>", "neither PNG nor JPEG nor GIF"),
        (b"", "neither PNG nor JPEG nor GIF"),
        (png(8, 8)[:-20], "broken"),
        (png(8, 8)[:20], "broken"),
        (JPEG[:-2], "broken"),
        (JPEG[:8], "broken"),
        (b"\xff\xd8\xff\xd9", "broken"),
        (GIF[:-1], "broken"),
    ],
)
def test_a_picture_nobody_could_see_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "bild.png").write_bytes(data)

    with pytest.raises(Problem, match=sentence):
        read_picture(tmp_path / "bild.png", tmp_path, "", "")

"""Advertisements in an issue; a letter shows each one under the word that names it as paid."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.content.pictures import Picture, picture_at
from mailer.toml import Document
from subscribers.errors import Problem

if TYPE_CHECKING:
    from mailer.content.fields import AdvertisementFields


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a business pays for; `advertiser` is named because a reader has to know who speaks."""

    advertiser: str
    title: str
    text: str
    label: str
    url: str
    picture: Picture | None


def read_advertisements(
    fields: "list[AdvertisementFields]", document: Document, folder: Path, root: Path, problems: list[Problem]
) -> tuple[Advertisement, ...]:
    """The advertisements in their order, with their pictures; a link without words is a problem."""
    read = []
    for index, each in enumerate(fields):
        where = ("advertisements", index)
        picture = picture_at(document, where, "picture", folder, root, problems)
        if each.url and not each.label:
            problems.append(
                Problem(
                    "`label` is missing: a link needs words that make sense alone.",
                    place=document.place((*where, "url")),
                    hint='For example label = "Angebote der Druckerei ansehen".',
                )
            )
        read.append(Advertisement(each.advertiser, each.title, each.text, each.label, each.url, picture))
    return tuple(read)

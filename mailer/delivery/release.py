"""A release: what a mailing says as planned (number 0) and at each approval (1, 2, …), kept for good."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from mailer.compose.rendering import Edition, Embedded, Variant
from mailer.delivery.message import Envelope
from mailer.delivery.readers import CARRIED
from mailer.delivery.schema import delivery, picture, release, variant

# What stands in a kept text where each reader has something of their own.
_READER = {"greeting": "[greeting]", "unsubscribe": "https://unsubscribe.invalid/"}
_STYLE = re.compile(r'<style.*?</style>|style="[^"]*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """What one variant says; of its HTML and its web version the sha256, of its look that of all styles."""

    key: str
    subject: str
    preheader: str
    text: str
    cards: tuple[str, ...]
    pictures: Mapping[str, str]  # those it shows: name -> sha256
    html: str
    look: str
    web: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that an approval binds, as far as people can compare it."""

    variants: Mapping[str, Words]
    selection: Mapping[str, Any]
    envelope: Mapping[str, str]
    segment: str
    rule: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Release:
    """One row, as read."""

    mailing_id: int
    number: int
    sha256: str
    made_at: datetime
    made_by: str
    keyboard: str
    four_eyes: bool
    content: Content
    recipients: Mapping[str, int]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """What is kept of an approval beside its content.

    Args:
        keyboard: the user of this machine, where the approver gave another name.
        four_eyes: the planner was not allowed to approve.
        recipients: how many people would have got each variant at that moment.
        warnings: what the checks said and the approver let pass.
    """

    keyboard: str = ""
    four_eyes: bool = False
    recipients: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody saw and let go out, or planned to."""

    edition: Edition
    envelope: Envelope
    segment: str
    rule: Mapping[str, Any]
    sha256: str  # of all of it
    by: str
    at: datetime
    notes: Notes = field(default=Notes())


def content_of(edition: Edition, envelope: Envelope, segment: str, rule: Mapping[str, Any]) -> Content:
    """What would go out, in a form that can be compared with what went out before."""
    return Content(
        variants=words_of(edition.variants, edition.pictures),
        selection=_stored(edition.selection),
        envelope=envelope.as_json(),
        segment=segment,
        rule=_stored(rule),
    )


def words_of(variants: Iterable[Variant], pictures: Iterable[Embedded]) -> dict[str, Words]:
    """What each variant says, by its key."""
    shown = {each.name: _sha256(each.data) for each in pictures}
    return {each.key: _words(each, shown) for each in variants}


def _words(one: Variant, pictures: Mapping[str, str]) -> Words:
    return Words(
        key=one.key,
        subject=one.subject,
        preheader=one.preheader,
        text=one.fill_text(_READER),
        cards=tuple(one.cards),
        pictures={name: sha256 for name, sha256 in pictures.items() if f"cid:{name}" in one.html},
        html=_sha256(one.html.encode()),
        look=_sha256("\n".join(sorted(set(_STYLE.findall(one.html)))).encode()),
        web=_sha256(one.web.encode()),
    )


def keep(connection: Connection, mailing_id: int, number: int, approved: Approval) -> None:
    """Write a release down; it is never changed again."""
    content = content_of(approved.edition, approved.envelope, approved.segment, approved.rule)
    notes = approved.notes
    connection.execute(
        insert(release).values(
            mailing_id=mailing_id,
            number=number,
            sha256=approved.sha256,
            made_at=approved.at,
            made_by=approved.by,
            keyboard=notes.keyboard or approved.by,
            four_eyes=notes.four_eyes,
            content=asdict(content),
            recipients=dict(notes.recipients),
            warnings=list(notes.warnings),
        )
    )


def releases(connection: Connection, mailing_id: int) -> list[Release]:
    """All releases of a mailing that were kept, the plan first.

    An approval by a version of this program that kept none is missing.
    """
    rows = connection.execute(
        select(release).where(release.c.mailing_id == mailing_id).order_by(release.c.number)
    )
    return [_release(row) for row in rows]


def store(connection: Connection, mailing_id: int, number: int, edition: Edition) -> None:
    """Keep the rendering of a release: what the sender reads, and nothing else."""
    own = {"mailing_id": mailing_id, "release": number}
    for each in edition.variants:
        values = {name: getattr(each, name) for name in Variant.__dataclass_fields__}
        connection.execute(insert(variant).values(**own, **values))
    for shown in edition.pictures:
        values = {"name": shown.name, "media_type": shown.media_type, "data": shown.data}
        connection.execute(insert(picture).values(**own, **values))


def rendering(
    connection: Connection, mailing_id: int, number: int
) -> tuple[dict[str, Variant], tuple[Embedded, ...]]:
    """The variants and the pictures of a release, as they were approved."""
    names = [name for name in Variant.__dataclass_fields__ if name != "web"]  # read from the archive only
    variants = connection.execute(
        select(*(variant.c[name] for name in names)).where(
            variant.c.mailing_id == mailing_id, variant.c.release == number
        )
    )
    pictures = connection.execute(
        select(picture)
        .where(picture.c.mailing_id == mailing_id, picture.c.release == number)
        .order_by(picture.c.id)
    )
    return (
        {row.key: Variant(**row._asdict() | {"cards": tuple(row.cards)}) for row in variants},
        tuple(Embedded(row.name, row.media_type, row.data) for row in pictures),
    )


def envelope(connection: Connection, mailing_id: int, number: int) -> dict[str, str] | None:
    """The sender's side of a release, as it was approved; None where it was not kept."""
    kept = (release.c.mailing_id == mailing_id) & (release.c.number == number)
    content = connection.scalar(select(release.c.content).where(kept))
    return None if content is None else dict(content["envelope"])


def drop_before(connection: Connection, mailing_id: int, number: int) -> None:
    """Forget the renderings of earlier releases, which nobody has got; what they said stays."""
    for table in (variant, picture):
        earlier = (table.c.mailing_id == mailing_id) & (table.c.release < number)
        connection.execute(delete(table).where(earlier))


def said(connection: Connection, mailing_id: int, number: int) -> dict[str, Words]:
    """What the variants of a release said, by their keys."""
    kept = (release.c.mailing_id == mailing_id) & (release.c.number == number)
    content = connection.scalar(select(release.c.content).where(kept))
    if content is not None:
        return dict(_content(content).variants)
    variants, pictures = rendering(connection, mailing_id, number)  # approved when only this was kept
    return words_of(variants.values(), pictures)


def letters_by_release(connection: Connection, mailing_id: int) -> dict[int, int]:
    """How many letters of a mailing left with each release, those in doubt with them."""
    left = (delivery.c.mailing_id == mailing_id) & delivery.c.state.in_(CARRIED)
    counted = select(delivery.c.release, func.count()).where(left).group_by(delivery.c.release)
    return {row[0]: row[1] for row in connection.execute(counted)}


def _release(row: Row[Any]) -> Release:
    values = {name: row._mapping[name] for name in Release.__dataclass_fields__}
    return Release(
        **values | {"content": _content(row.content), "warnings": tuple(row.warnings)},
    )


def _content(stored: Mapping[str, Any]) -> Content:
    variants = {
        key: Words(**each | {"cards": tuple(each["cards"])}) for key, each in stored["variants"].items()
    }
    return Content(**{**stored, "variants": variants})


def _stored(value: Mapping[str, Any]) -> dict[str, Any]:
    """As it reads after a way through the database, which knows no tuples."""
    read: dict[str, Any] = json.loads(json.dumps(value))
    return read


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

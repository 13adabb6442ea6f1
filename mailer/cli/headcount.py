"""The people of a segment as the preflight sees them: counted, the doubtful ones by their ids."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

    from mailer.checks.people import People
    from mailer.compose.rendering import Edition

_NAMED = 10  # ids of doubtful people
_INITIALS = 3  # letters of a name that may well stand in capitals
# What a name never is: a firm, several people, nobody. The names are folded, blanks stand around them.
_FIRMS = (" gmbh ", " mbh ", " ohg ", " kg ", " ug ", " e. k. ", " e.k. ", " e. v. ", " e.v. ", " & co")
_NOBODY = ("test", "n.n.", "n. n.", "nn", "unbekannt", "k.a.", "k. a.", "xxx", "null", "none", "nan")


def count_people(
    connection: "Connection", ids: "Select[int]", edition: "Edition", *, segment: str, by_name: bool
) -> "People":
    """Those of `ids`, who would get an issue now.

    Args:
        segment: whose people they are, for the finding.
        by_name: whether the newsletter greets people by their names.
    """
    from sqlalchemy import func, select

    from mailer.checks.people import People
    from mailer.cli.greetings import count_forms
    from subscribers.rules import EVERYBODY
    from subscribers.schema import subscriber
    from subscribers.segments import count

    people = ids.subquery()
    recipients = connection.scalar(select(func.count()).select_from(people)) or 0
    if not recipients:
        return People(edition.newsletter, segment, 0, listed=count(connection, EVERYBODY, edition.newsletter))
    formal, du = _wishes(connection, ids, edition)
    if not by_name:
        return People(edition.newsletter, segment, recipients, formal_by_wish=formal, du_by_wish=du)
    c = subscriber.c
    nameless = ids.where(c.vorname == "", c.nachname == "", c.firma != "").subquery()
    doubtful = connection.scalars(ids.where(_doubtful(connection.dialect.name)).order_by(c.id)).all()
    return People(
        newsletter=edition.newsletter,
        segment=segment,
        recipients=recipients,
        forms=count_forms(connection, ids, edition),
        offices=connection.scalar(select(func.count()).select_from(nameless)) or 0,
        doubtful=len(doubtful),
        named=tuple(doubtful[:_NAMED]),
        formal_by_wish=formal,
        du_by_wish=du,
    )


def _wishes(connection: "Connection", ids: "Select[int]", edition: "Edition") -> tuple[int, int]:
    """How many asked for Sie and get du, and the other way round; English knows no such wish."""
    from sqlalchemy import func, select

    from mailer.delivery.audience import variant_of
    from subscribers.schema import subscriber

    tones = {each.key: each.tone for each in edition.variants if each.language == "de"}
    wish, variant = subscriber.c.tone, variant_of(edition.selection).label("variant")
    groups = ids.with_only_columns(variant, wish.label("wish")).where(wish.in_(("formal", "du"))).subquery()
    counted = select(groups.c.variant, groups.c.wish, func.count()).group_by(groups.c.variant, groups.c.wish)
    missed = {"formal": 0, "du": 0}
    for key, wanted, count in connection.execute(counted):
        if key in tones and (tones[key] == "du") != (wanted == "du"):
            missed[wanted] += count
    return missed["formal"], missed["du"]


def _doubtful(dialect: str) -> "ColumnElement[bool]":
    """A name in capitals or in small letters, with a figure or an @ in it, that is a firm's or nobody's; one
    form of address for two people."""
    from sqlalchemy import and_, func, literal, or_

    from subscribers.schema import subscriber

    c = subscriber.c
    sqlite = dialect == "sqlite"
    matches, signs, begins = ("GLOB", "*[0-9@]*", "[a-z]*") if sqlite else ("~", "[0-9@]", "^[a-z]")
    lettered = func.upper(c.nachname) != func.lower(c.nachname)
    capitals = and_(c.nachname == func.upper(c.nachname), func.length(c.nachname) > _INITIALS, lettered)
    several_words = c.nachname_key.contains(" ")  # few names have: the firms are looked for in these alone
    # SQLite knows the case of a to z alone: „Çelik“ is the same in small letters, and „de Özal“
    small = and_(
        c.nachname.op(matches, is_comparison=True)(begins),
        c.nachname == func.lower(c.nachname),
        ~several_words,
    )
    padded = literal(" ") + c.nachname_key + literal(" ")
    return or_(
        capitals,
        small,
        *(name.op(matches, is_comparison=True)(signs) for name in (c.vorname, c.nachname)),
        and_(several_words, or_(*(padded.contains(firm) for firm in _FIRMS))),
        c.nachname_key.in_(_NOBODY),
        and_(c.vorname_key == c.nachname_key, c.nachname != ""),
        and_(c.anrede_key.contains("frau"), c.anrede_key.contains("herr")),
    )

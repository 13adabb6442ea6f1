"""Looking people up: by address, by a part of the name, by the token in a link, page by page."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, exists, func, or_, select

from subscribers.address import Address, needles
from subscribers.asking import asking
from subscribers.card import Card, Subscription, card_of
from subscribers.person import Person, person_from
from subscribers.schema import subscriber, subscription, suppression

_SHORT = 2  # letters, which stand in nearly every domain


def find(connection: Connection, address: Address) -> Person | None:
    """The person behind any spelling of an address."""
    row = person_row_of(connection, address)
    return None if row is None else person_from(row)


def person_row_of(connection: Connection, address: Address) -> Row[Any] | None:
    """The row of the person behind an address."""
    return connection.execute(select(subscriber).where(subscriber.c.email_key == address.key)).one_or_none()


def person_by_id(connection: Connection, subscriber_id: int) -> Person | None:
    """The person of a subscription or a delivery."""
    row = connection.execute(select(subscriber).where(subscriber.c.id == subscriber_id)).one_or_none()
    return None if row is None else person_from(row)


def candidates(connection: Connection, text: str, limit: int | None = None) -> list[Person]:
    """The people whose address, name or firm holds every word of the text; in a domain only longer ones."""
    query = select(subscriber).order_by(subscriber.c.nachname_key, subscriber.c.id).limit(limit)
    for word in text.split():
        query = query.where(or_(*(_holds(form) for form in needles(word))))
    return [person_from(row) for row in connection.execute(query)]


def _holds(word: str) -> ColumnElement[bool]:
    names = (subscriber.c[f"{name}_key"] for name in ("vorname", "nachname", "firma"))
    addresses = subscriber.c.email_key, func.lower(subscriber.c.email)  # the latter as people read the domain
    inside = or_(*(each.contains(word, autoescape=True) for each in names))
    if len(word) > _SHORT:
        return or_(inside, *(each.contains(word, autoescape=True) for each in addresses))
    plain = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return or_(inside, subscriber.c.email_key.like(f"%{plain}%@%", escape="/"))


def list_people(
    connection: Connection,
    newsletter: str | None = None,
    condition: ColumnElement[bool] | None = None,
    *,
    state: str | None = None,
    after_id: int = 0,
    limit: int | None = None,
) -> Iterator[tuple[Person, Subscription]]:
    """Subscriptions with their people in the order of the subscriptions' ids (the key of the next page)."""
    query = _with_people().where(subscription.c.id > after_id).order_by(subscription.c.id).limit(limit)
    if newsletter is not None:
        query = query.where(subscription.c.newsletter == newsletter)
    if condition is not None:
        query = query.where(condition)
    if state is not None:
        query = query.where(effective_state() == state)
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield person_from(row), _subscription(row)


def without_newsletter(connection: Connection, limit: int | None = None) -> Iterator[Person]:
    """Those who are on no newsletter, in no state: what an import left that was taken back."""
    nowhere = ~exists().where(subscription.c.subscriber_id == subscriber.c.id)
    query = select(subscriber).where(nowhere).order_by(subscriber.c.id).limit(limit)
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            yield person_from(row)


def show(connection: Connection, address: Address) -> Card | None:
    """Everything about one person; None when nobody has this address."""
    return card_of(asking(connection), address.key)


def subscription_by_token(connection: Connection, token: str) -> Subscription | None:
    """The subscription that a link names, also when the mail program on the way bent the token a little.

    Known bends: upper case, `=3D` left over from quoted-printable, a closing bracket or full stop that was
    taken for a part of the link.
    """
    bare = token.strip().lower().rstrip(">.),;:!\"'”“«»*_&")
    if len(bare) > 32:
        bare = bare.removeprefix("=").removeprefix("3d")
    if not re.fullmatch(r"[0-9a-f]{32}", bare):
        return None
    row = connection.execute(_with_people().where(subscription.c.token == bare)).one_or_none()
    return None if row is None else _subscription(row)


def _with_people() -> Select[Any]:
    """Subscriptions with their people, `state` as it is in force."""
    mine = [
        column.label(f"subscription_{column.name}") for column in subscription.c if column.name != "state"
    ]
    people = subscriber.join(subscription, subscription.c.subscriber_id == subscriber.c.id)
    on_list = select(suppression.c.since).where(suppression.c.key_hash == subscriber.c.suppression_key)
    since = func.coalesce(on_list.scalar_subquery(), subscription.c.changed_at).label("state_since")
    return select(*subscriber.c, *mine, effective_state().label("state"), since).select_from(people)


def effective_state() -> ColumnElement[str]:
    """The state that is in force: the suppression list stands above the subscription."""
    on_list = exists().where(suppression.c.key_hash == subscriber.c.suppression_key)
    return case((on_list, "suppressed"), else_=subscription.c.state)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.subscription_id,
        subscriber_id=row.id,
        newsletter=row.subscription_newsletter,
        state=row.state,
        basis=row.subscription_basis,
        token=row.subscription_token,
        since=row.subscription_since,
        state_since=row.state_since,
        reason=row.subscription_reason,
    )

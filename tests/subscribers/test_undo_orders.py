"""Imports taken back in any order: afterwards the address book is what it was before the first of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import SECRET
from sqlalchemy import Engine, delete, select

from subscribers import undo
from subscribers.address import parse_address
from subscribers.attributes import set_attributes
from subscribers.cells import Terms
from subscribers.chain import verify
from subscribers.consent import Consent
from subscribers.fields import Field
from subscribers.importing import Meaning, apply_import
from subscribers.labels import add_labels
from subscribers.listfile import read_list
from subscribers.roster import add
from subscribers.schema import (
    attribute,
    import_batch,
    import_change,
    label,
    subscriber,
    subscription,
    suppression,
)

BEGAN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
FIELDS = {"betriebsnr": Field("betriebsnr", "text")}
HEADER = "E-Mail;Ort;Firma;Tags;Betriebsnr;Quelle;Einwilligung am;Rundbrief-Status"
KNOWN = ("kim", "eva", "ida")
TABLES = (subscriber, subscription, label, attribute, suppression, import_change)


class List(NamedTuple):
    """A list that is brought: for whom, and its rows."""

    newsletter: str
    rows: tuple[tuple[str, ...], ...]


def rows() -> st.SearchStrategy[tuple[str, ...]]:
    """Of few people, with few values, so that lists contradict and repeat each other."""
    proof = st.sampled_from(
        [("", ""), ("Messe", "01.03.2025"), ("Formular", "02.04.2026"), ("Messe", "01.05.2026")]
    )
    state = st.sampled_from(["", "", "", "pending", "paused", "unsubscribed"])
    return st.builds(
        lambda who, ort, firma, tags, number, said, own: (
            *(who, ort, firma, tags, number, *said),
            "" if own == "unsubscribed" and who.split("@")[0] in KNOWN else own,  # their no stays
        ),
        st.sampled_from([*KNOWN, "neu", "noch"]).map(lambda name: f"{name}@example.org"),
        st.sampled_from(["", "Hamm", "Soest"]),
        st.sampled_from(["", "Holz", "Stein"]),
        st.sampled_from(["", "Alt", "Neu", "Alt, Neu"]),
        st.sampled_from(["", "0001", "0002"]),
        proof,
        state,
    )


def lists() -> st.SearchStrategy[tuple[List, ...]]:
    one = st.builds(
        List,
        st.sampled_from(["report", "report", "presse"]),
        st.lists(rows(), min_size=1, max_size=4, unique_by=lambda row: row[0]).map(tuple),
    )
    return st.lists(one, min_size=1, max_size=4).map(tuple)


def begin_anew(engine: Engine) -> None:
    """Kim agreed, Eva only asked, Ida is on another newsletter, with a tag and a number."""
    with engine.begin() as connection:
        for table in (subscriber, suppression, import_batch):
            connection.execute(delete(table))
        said = Consent("confirmed", BEGAN, "Anmeldung", "Ja.")
        asked = Consent("asked", BEGAN, "Anmeldung", "Ja.")
        for name, newsletter, consent in (
            ("kim", "report", said),
            ("eva", "report", asked),
            ("ida", "presse", said),
        ):
            address = parse_address(f"{name}@example.org")
            given = {"secret": SECRET, "now": BEGAN, "consent": consent}
            added = add(connection, address, {"ort": "Unna"}, newsletter, **given)
        add_labels(connection, added.subscriber_id, "tag", ["Alt"], BEGAN)
        set_attributes(connection, added.subscriber_id, {"betriebsnr": "0001"}, FIELDS, BEGAN)


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything but the numbers of rows, and the words of the chains."""
    with engine.connect() as connection:
        assert verify(connection) == []
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(select(*(c for c in table.c if c.name != "id")))),
                key=repr,
            )
            for table in TABLES
        }


def bring(engine: Engine, path: Path, one: List, number: int) -> int:
    path.write_text("\n".join((HEADER, *map(";".join, one.rows))), encoding="utf-8")
    with engine.begin() as connection:
        report = apply_import(
            connection,
            read_list(path),
            one.newsletter,
            secret=SECRET,
            now=BEGAN + timedelta(days=number),
            terms=Terms(),
            meaning=Meaning(fields=FIELDS),
        )
    return report.batch or 0


def take_back(engine: Engine, batches: Sequence[int]) -> None:
    for number, batch in enumerate(batches):
        undo.undo_import(engine, batch, FIELDS, BEGAN + timedelta(days=20, hours=number))
        with engine.connect() as connection:
            assert verify(connection) == []


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists(), st.data())
@pytest.mark.usefixtures("quick")
def test_all_is_as_before(
    engine: Engine, tmp_path: Path, brought: tuple[List, ...], data: st.DataObject
) -> None:
    begin_anew(engine)
    before = contents(engine)

    batches = [bring(engine, tmp_path / "liste.csv", one, number) for number, one in enumerate(brought, 1)]
    take_back(engine, data.draw(st.permutations([batch for batch in batches if batch])))

    assert contents(engine) == before

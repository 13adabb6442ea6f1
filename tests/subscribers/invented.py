"""Invented people, random rules over them, and the key of their suppression list."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from subscribers.rules import MAX_DEPTH, Either, Every, Leaf, Node, Not, Rule, depth_of

SECRET = b"a key that only the tests know"
WORDS = [
    "",
    "Tischler",
    "tischler",
    "Maler",
    "Kreis Gütersloh",
    "KREIS GÜTERSLOH",
    "Köln",
    "Straße",
    "STRASSE",
]
WORDS += [
    "100 %",
    "a_b",
    "a%b",
    "O'Neill",
    'sagt "ja"',
    "Tisch",
    "ß",
    "Gu\u0308tersloh",
    "/",
    "\\",
    "ort",
    "and",
]
EMAILS = ["Kim@example.org", "info@bäckerei-großmann.example", "jörg@example.org", "eva@xn--fa-hia.example"]
PARTS = ["example.org", "großmann", "bäckerei-großmann", "@example", "KIM", "jörg", "faß.example", "_", "%"]
DAYS = ["2024-02-29", "2026-11-23", "2026-11-24", "2026-11-25", "1999-12-31"]
FIELDS = ["kreis", "gewerk", "ort", "firma"]


def leaves() -> st.SearchStrategy[Leaf]:
    """Comparisons of every kind of field and operator."""

    def texts(fields: list[str], whole: list[str], part: list[str]) -> st.SearchStrategy[Leaf]:
        field, one, some = st.sampled_from(fields), st.sampled_from(whole), st.sampled_from(part)
        many = st.lists(one, min_size=1, max_size=3).map(tuple)
        return st.one_of(
            st.builds(Leaf, field, st.sampled_from(["=", "!="]), one),
            st.builds(Leaf, field, st.sampled_from(["contains", "starts with"]), some),
            st.builds(Leaf, field, st.sampled_from(["in", "not in"]), many),
            st.builds(Leaf, field, st.sampled_from(["is set", "is not set"])),
        )

    dates = st.builds(
        Leaf, st.just("since"), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.sampled_from(DAYS)
    )
    nfc = [word for word in WORDS if "\u0308" not in word]
    return st.one_of(texts(FIELDS, nfc, nfc), texts(["email"], EMAILS, PARTS), dates)


def nodes() -> st.SearchStrategy[Node]:
    """Trees as `parse` and `from_tree` make them: a connective has no single part."""
    return st.recursive(
        st.one_of(leaves(), st.just(Every(()))),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=4).map(lambda parts: Every(tuple(parts))),
            st.lists(inner, min_size=2, max_size=4).map(lambda parts: Either(tuple(parts))),
            inner.map(Not),
        ),
        max_leaves=12,
    )


def rules() -> st.SearchStrategy[Rule]:
    """Rules within the limits."""
    return nodes().filter(lambda node: depth_of(node) <= MAX_DEPTH).map(Rule)


def people() -> st.SearchStrategy[dict[str, object]]:
    """People as `match` takes them."""
    since = st.sampled_from(
        [
            datetime(2026, 11, 23, 23, 59, 59, 999_999, tzinfo=UTC),
            datetime(2026, 11, 24, tzinfo=UTC),
            datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
            datetime(2026, 11, 25, tzinfo=UTC),
            datetime(2024, 2, 29, 12, tzinfo=UTC),
        ]
    )
    texts = {name: st.sampled_from(WORDS) for name in FIELDS}
    return st.fixed_dictionaries({**texts, "email": st.sampled_from(EMAILS), "since": since})

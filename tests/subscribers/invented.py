"""Invented people, random rules over them, and the key of their suppression list."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from subscribers.fields import declare, number_of
from subscribers.leaves import OPERATORS, Leaf
from subscribers.rules import MAX_DEPTH, Either, Every, Node, Not, Rule, depth_of

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
CODES = ["", "33330", "33331", "4020", "01067", "99999", "a1010", "A1010"]
LABELS = ["Ausbildung", "AUSBILDUNG", "Presse", "Tisch", "Tischler", "Straße", "100 %", "a_b", "axb"]
EDITIONS = ["report/2025-10", "report/2025-11", "presse/2025-10"]
DECLARED = declare(
    {
        "innung": "text",
        "mitarbeiter": "number",
        "mitglied_seit": "date",
        "betrieb": "yes_no",
        "rolle": ["Inhaber", "Geselle", "Gast"],
    }
)
KEPT = {
    "innung": WORDS,
    "mitarbeiter": ["", "0", "-1", "12,5", "12", "200", "1000000"],
    "mitglied_seit": ["", "0001-01-01", "1999-12-31", "2000-01-01", "2026-11-24"],
    "betrieb": ["", "ja", "nein"],
    "rolle": ["", "Inhaber", "Geselle", "Gast"],
}


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

    nfc = [word for word in WORDS if "\u0308" not in word]
    return st.one_of(
        texts(FIELDS, nfc, nfc),
        texts(["email"], EMAILS, PARTS),
        texts(["topic", "tag"], LABELS, [*LABELS, "i", ""]),
        texts(["innung"], nfc, nfc),
        texts(["rolle"], KEPT["rolle"], ["inh", "GAST", ""]).map(declared),
        compared("plz", [code for code in CODES if code.isdigit() and len(code) == 5]),
        compared("since", DAYS),
        compared("mitarbeiter", KEPT["mitarbeiter"][1:]),
        compared("mitglied_seit", KEPT["mitglied_seit"][1:]),
        compared("betrieb", ["ja", "nein"]),
        compared("issue", ["2025-10", "2025-11", "report/2025-11", "presse/2025-10"]),
    ).map(declared)


def declared(leaf: Leaf) -> Leaf:
    """The comparison with the type of its field."""
    kind = DECLARED[leaf.field].kind if leaf.field in DECLARED else ""
    return Leaf(leaf.field, leaf.operator, leaf.value, kind)


def compared(field: str, values: list[str]) -> st.SearchStrategy[Leaf]:
    """Comparisons of a field that has an order, or few values."""
    kind = declared(Leaf(field, "is set")).kind
    one = st.sampled_from(values)

    def of(operator: str) -> st.SearchStrategy[Leaf]:
        if operator in ("is set", "is not set"):
            return st.just(Leaf(field, operator))
        if operator in ("in", "not in"):
            return st.lists(one, min_size=1, max_size=3).map(lambda many: Leaf(field, operator, tuple(many)))
        if operator == "between":
            order = number_of if kind == "number" else str
            pair = st.tuples(one, one).map(lambda two: tuple(sorted(two, key=order)))
            return pair.map(lambda two: Leaf(field, operator, two))
        return one.map(lambda value: Leaf(field, operator, value))

    return st.sampled_from(OPERATORS[kind]).flatmap(of)


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
    texts |= {name: st.sampled_from(values) for name, values in KEPT.items()}
    several = {name: st.lists(st.sampled_from(LABELS), max_size=3) for name in ("topic", "tag")}
    issues = st.lists(st.sampled_from(EDITIONS), unique=True)
    return st.fixed_dictionaries(
        {
            **texts,
            **several,
            "plz": st.sampled_from(CODES),
            "email": st.sampled_from(EMAILS),
            "since": since,
            "issue": issues,
            "newsletter": st.just("report"),
        }
    )

"""Awkward and hostile text in every field of an issue and of config.toml comes out as it was typed."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mailer.cli.muster import sample_recipient
from mailer.cli.office import Office
from mailer.compose.edition import Variant
from mailer.content.typography import typeset
from mailer.delivery.message import Message
from mailer.toml import toml_string
from subscribers.errors import Problem
from tests.content.paper import png

PARTS = {
    "jinja": "{{7*7}} {% raw %} {# Notiz #}",
    "markup": "</mj-text> <script>alert(1)</script> &amp; a < b > c <!-- x -->",
    "slots": "%%abmelden%% slot0123456789ab.unsubscribe.",
    "blanks": "6\u00a0Prozent z.\u202fB. und Fach\u00adkräfte",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467 ❤\ufe0f q\u0301",
    "quotes": 'C:\\neu\\u{a0} \\" "ja" \'nein\' »so« “yes”',
}
FILLED = {"unsubscribe": "https://example.org/u", "greeting": "", "web": "https://example.org/w"}
MOMENT = datetime(2025, 10, 7, 9, 30, tzinfo=UTC)
CONFIG = """
[workspace]
public_url = "https://rundbrief.example.org"
[smtp]
host = "127.0.0.1"
port = 1
security = "none"
[newsletters.rundbrief]
from_address = "rundbrief@example.org"
list_id = "rundbrief.example.org"
greeting = "collective"
"""
NEWSLETTER = ("name", "organisation", "from_name")
IMPRINT = (
    *("organisation", "street", "place", "phone", "responsible", "legal_form", "representative"),
    *("register_entry", "vat_id", "authority"),
)
EDITORIAL = (
    *("kicker", "title", "subject", "preheader", "lead", "author", "role", "portrait_alt", "portrait_credit"),
    *("closing", "label", "number"),
)
CARD = ("title", "teaser", "audience", "region", "contact", "label", "picture_alt", "picture_credit")
TABLES = {
    "figures": ("value", "label", "as_of"),
    "contacts": ("name", "role"),
    "events": ("time", "title", "place", "label"),
    "advertisements": ("advertiser", "title", "text", "label"),
}
REST = {
    "events": "day = 2025-11-04\nurl = 'https://example.org/abend'\n",
    "advertisements": "url = 'https://example.org/d'\n",
}
OF_PICTURES = ("_alt", "_credit")
IN_HEADERS = ("subject", "preheader", "from_name")


class Reader(HTMLParser):
    """What a reader gets of a letter: its text, and the alternative texts."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.text.append(dict(attrs).get("alt") or "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


class Written:
    """The values that a workspace was given, by field."""

    def __init__(self, part: str) -> None:
        self.part, self.values = part, dict[str, str]()

    def line(self, table: str, field: str) -> str:
        """One line of TOML; its value is remembered."""
        value = self.value(table, field)
        return f"{field} = {toml_string(value)}\n"

    def value(self, table: str, field: str) -> str:
        value = f"[{table} {field}] {PARTS[self.part]} (Ende)"
        return self.values.setdefault(f"{table}.{field}", value)


def workspace(folder: Path, part: str) -> tuple[Office, dict[str, str]]:
    """A workspace that has this text in each of its fields; and the values by field."""
    written = Written(part)
    issue = folder / "issues" / "2025-10"
    issue.mkdir(parents=True)
    for name in ("portrait.png", "karte.png"):
        (issue / name).write_bytes(png(1100, 500))
    imprint = "".join(written.line("imprint", field) for field in IMPRINT)
    (folder / "config.toml").write_text(
        CONFIG
        + "".join(written.line("newsletter", field) for field in NEWSLETTER)
        + f'[newsletters.rundbrief.imprint]\nemail = "rundbrief@example.org"\n{imprint}',
        "utf-8",
    )
    (issue / "editorial.md").write_text(
        "+++\nportrait = 'portrait.png'\nmonths = ['2025-10']\n"
        + "".join(written.line("editorial", field) for field in EDITORIAL)
        + f"salutation = [{toml_string(written.value('salutation', 'line'))}]\n"
        + f"signature = [{toml_string(written.value('signature', 'line'))}]\n"
        + "".join(_table(written, name, fields) for name, fields in TABLES.items())
        + f"+++\n{written.value('body', 'text') if part not in ('quotes', 'markup') else 'Text'}\n",
        "utf-8",
    )
    (issue / "highlights.toml").write_text(
        "[[highlights]]\nurl = 'https://example.org/karte'\npicture = 'karte.png'\n"
        + "".join(written.line("card", field) for field in CARD)
        + "[highlights.figure]\n"
        + "".join(written.line("card figure", field) for field in ("value", "label", "as_of")),
        "utf-8",
    )
    return Office(str(folder / "config.toml")), written.values


def _table(written: Written, name: str, fields: tuple[str, ...]) -> str:
    lines = "".join(written.line(name, field) for field in fields)
    return f"[[{name}]]\n{REST.get(name, '')}{lines}"


def lacking(values: dict[str, str], shown: str, without: tuple[str, ...]) -> list[str]:
    """The fields whose value is not there, neither as typed nor as the compositor sets it."""
    return [
        field
        for field, value in values.items()
        if not field.endswith(without) and value not in shown and typeset(value, "de") not in shown
    ]


def compiled(office: Office) -> Variant:
    return office.compile(office.read_issue("2025-10")).variants[0]


def shown_in(html: str) -> str:
    """What a reader gets of the HTML; line breaks and rows of blanks are one blank."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert "script" not in reader.tags
    return re.sub(r"[ \n]+", " ", "".join(reader.text))


@pytest.mark.parametrize("part", PARTS)
def test_every_field_comes_out_in_the_html_as_it_was_typed(tmp_path: Path, part: str) -> None:
    office, values = workspace(tmp_path, part)

    html = compiled(office).fill_html(FILLED)

    assert lacking(values, shown_in(html), OF_PICTURES + IN_HEADERS) == []


@pytest.mark.parametrize("part", PARTS)
def test_the_words_of_pictures_come_out_as_they_were_typed(tmp_path: Path, part: str) -> None:
    office, values = workspace(tmp_path, part)
    words = {field: value for field, value in values.items() if field.endswith(OF_PICTURES)}

    html = compiled(office).fill_html(FILLED)

    assert len(words) == 4
    assert lacking(words, shown_in(html), ()) == []


@pytest.mark.parametrize("part", PARTS)
def test_every_field_comes_out_in_the_text_as_it_was_typed(tmp_path: Path, part: str) -> None:
    office, values = workspace(tmp_path, part)

    text = compiled(office).fill_text(FILLED)

    plain = {field: value.replace("\u00ad", "") for field, value in values.items()}
    assert lacking(plain, re.sub(r"[ \n]+", " ", text), OF_PICTURES + IN_HEADERS) == []
    assert "\u00ad" not in text


@pytest.mark.parametrize("part", PARTS)
def test_subject_preheader_and_sender_come_out_as_they_were_typed(tmp_path: Path, part: str) -> None:
    """Without soft hyphens, and with wide blanks for narrow ones: inbox lists show both as boxes."""
    office, values = workspace(tmp_path, part)
    issue = office.read_issue("2025-10")
    edition, envelope = office.compile(issue), office.envelope(issue.newsletter)
    variant = edition.variants[0]
    whole = Message(variant, edition.pictures, envelope)
    wanted = {
        field: values[f"editorial.{field}"].replace("\u00ad", "").replace("\u202f", "\u00a0")
        for field in ("subject", "preheader")
    }

    raw = whole.fill(sample_recipient(envelope, variant), message_id="<a@example.org>", date=MOMENT)

    message = message_from_bytes(raw)
    assert decoded(message["Subject"]) == wanted["subject"]
    assert decoded(parseaddr(unfolded(message["From"]))[0]) == values["newsletter.from_name"]
    assert wanted["preheader"] in shown_in(variant.html)


def unfolded(header: str) -> str:
    return re.sub(r"\r?\n", "", header)


def decoded(header: str) -> str:
    """As RFC 2047 says; the parser of email.policy.default puts blanks between the words of a name."""
    return str(make_header(decode_header(unfolded(header))))


@pytest.mark.parametrize("typed", ["C:\\neu, \\u{a0} und ein \\ allein", "5 < 6 und 7 > 3 & 8 &amp 9"])
def test_the_body_keeps_what_is_no_markdown(tmp_path: Path, typed: str) -> None:
    office, _ = workspace(tmp_path, "quotes")
    file = tmp_path / "issues" / "2025-10" / "editorial.md"
    file.write_text(file.read_text("utf-8").removesuffix("Text\n") + f"{typed}\n", "utf-8")

    variant = compiled(office)

    assert typed in shown_in(variant.html)
    assert typed in variant.text


def test_markup_in_the_body_is_refused_with_its_line(tmp_path: Path) -> None:
    office, _ = workspace(tmp_path, "quotes")
    file = tmp_path / "issues" / "2025-10" / "editorial.md"
    file.write_text(file.read_text("utf-8").removesuffix("Text\n") + "<script>x</script>\n", "utf-8")

    with pytest.raises(Problem, match=r"editorial\.md:\d+: The text contains raw HTML \(<script>"):
        office.read_issue("2025-10")

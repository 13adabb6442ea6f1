"""The sample issue as a relay gets it, letter by letter, before verifiers and readers that are not ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer.cli import rundbrief
from mailer.cli.office import Office, clock
from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.roster import add, show
from tests.delivery import verifiers
from tests.delivery.scripted import Scripted
from tests.delivery.test_dkim import BOTH, NAMES, NO_PERL
from tests.delivery.test_message import assert_fit_for_smtp, assert_says, parsed
from tests.delivery.test_one_click import unsubscribe_url
from tests.delivery.test_spamassassin import NEEDS_SPAMASSASSIN, judged, structural
from tests.small_workspace import plan_and_approve

SIGNED = """
[newsletters.rundbrief.dkim]
domain = "example.org"
selector = "rb2027"
key = { file = "rb2027.pem" }
ed25519_selector = "rb2027-ed25519"
ed25519_key = { file = "rb2027-ed25519.pem" }
"""
PEOPLE = {
    "kim@example.org": {"vorname": "Kim", "nachname": "Muster", "anrede": "Frau"},
    "o'neill+brief@example.net": {"nachname": "O'Neill", "anrede": "Herr", "titel": "Prof. Dr."},
    "jörg@example.com": {"vorname": "Jörg „Jo“", "nachname": "Größe, Dr."},
    "info@müller-handwerk.example": {"firma": "Müller & Söhne <GmbH>"},
    "sehr.langer.name@example.org": {"vorname": "Maximiliane-Friederike " * 4, "nachname": "Ährenfeld"},
    "wort@example.org": {"vorname": "=?utf-8?q?a=0D=0ABcc:x?=", "nachname": "{{7*7}}"},
}


@dataclass(frozen=True)
class Post:
    """What came: recipient and message, the proof last."""

    office: Office
    letters: list[tuple[str, bytes]]
    proof: bytes

    @property
    def all(self) -> list[bytes]:
        return [*(raw for _, raw in self.letters), self.proof]


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    folder = tmp_path_factory.mktemp("post") / "w"
    with Scripted() as server:
        _make_workspace(folder, server.port)
        office = Office(str(folder / "config.toml"))
        yes = Consent("confirmed", clock(), "Formular", "Ja, gern.")
        with office.engine.begin() as connection:
            for text, fields in PEOPLE.items():
                one = parse_address(text)
                add(connection, one, fields, "rundbrief", secret=office.secret, now=clock(), consent=yes)
        plan_and_approve(office, clock(), clock())
        _run(folder, "run", "--only", "scheduler,sender", "--until-done")
        letters = list(server.accepted)
        _run(folder, "send", "2025-10", "--to", "kollegin@example.org")
        proof = server.accepted[-1][1]
    yield Post(office, letters, proof)
    office.engine.dispose()


def _make_workspace(folder: Path, port: int) -> None:
    _run(None, "init", str(folder))
    config = folder / "config.toml"
    text = config.read_text("utf-8").replace("port = 1025", f"port = {port}", 1)
    text = text.replace('"http://127.0.0.1:8024"', '"https://brief.example.org"', 1)
    config.write_text(text + SIGNED, "utf-8")
    for selector, pem in verifiers.pems().items():
        file = folder / f"{selector}.pem"
        file.touch(mode=0o600)
        file.write_bytes(pem)


def _run(folder: Path | None, *arguments: str) -> None:
    config = ["--config", str(folder / "config.toml")] if folder else []
    done = CliRunner().invoke(rundbrief, [*config, *arguments], standalone_mode=False, catch_exceptions=False)
    assert not done.return_value, done.output


def test_everybody_got_a_letter_with_pictures(post: Post) -> None:
    domain_of = {"info@müller-handwerk.example": "info@xn--mller-handwerk-gsb.example"}

    assert sorted(to for to, _ in post.letters) == sorted(domain_of.get(each, each) for each in PEOPLE)
    assert all(b"Content-ID:" in raw for raw in post.all)


def test_dkimpy_and_authheaders_pass_each(post: Post) -> None:
    for raw in post.all:
        assert verifiers.by_dkimpy(raw) == BOTH
        verdict = verifiers.by_authheaders(raw)
        assert "dkim=pass header.d=example.org" in verdict
        assert "dmarc=pass" in verdict


@pytest.mark.skipif(bool(NO_PERL), reason=NO_PERL)
def test_the_verifier_of_spamassassin_passes_each_and_sees_each_added_field(
    post: Post, tmp_path: Path
) -> None:
    attacked = [one for name in NAMES for one in verifiers.attacks(post.letters[0][1], name)]

    verdicts = verifiers.by_perl(tmp_path, *post.all, *attacked)

    assert {each.split()[0] for each in verdicts[: len(post.all)]} == {"rsa-sha256=pass"}
    assert {each.split()[0] for each in verdicts[len(post.all) :]} == {"rsa-sha256=fail"}
    assert len(verdicts) == len(post.all) + len(attacked)


@pytest.mark.parametrize("name", ["List-Unsubscribe", "From", "Subject", "Content-Type", "Cc"])
def test_a_field_added_to_any_of_them_breaks_both_signatures(post: Post, name: str) -> None:
    for raw in post.all:
        for attacked in verifiers.attacks(raw, name):
            assert verifiers.by_dkimpy(attacked) == [False, False]


def test_a_strict_reader_of_rfc_8058_finds_the_link_of_this_person(post: Post) -> None:
    for to, raw in post.letters:
        link = unsubscribe_url(raw)

        with post.office.engine.connect() as connection:
            tokens = {each.token for each in show(connection, parse_address(to)).subscriptions}
        assert re.fullmatch(r"https://brief\.example\.org/u/(\w+)", link)
        assert link.rpartition("/")[2] in tokens
    assert unsubscribe_url(post.proof).endswith("/u/" + "0" * 32)


def test_parsed_back_each_is_what_was_approved(post: Post) -> None:
    edition = post.office.compile(post.office.read_issue("2025-10"))
    (variant,) = edition.variants
    greetings = set()
    for _, raw in post.letters:
        message = parsed(raw)
        plain = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        greeting = next(line for line in plain.splitlines() if line.startswith(("Sehr geehrte", "Guten Tag")))
        values = {"greeting": greeting, "unsubscribe": unsubscribe_url(raw)}
        greetings.add(greeting)

        assert_fit_for_smtp(raw)
        assert_says(raw, variant.fill_text(values), variant.fill_html(values))
        assert message["Subject"] == variant.subject
        assert len(message["To"].addresses) == 1
        sent = {part["Content-ID"]: part.get_content() for part in message.walk() if part["Content-ID"]}
        assert list(sent.values()) == [each.data for each in edition.pictures]
    assert {"Sehr geehrte Frau Muster,", "Sehr geehrter Herr Professor O'Neill,"} <= greetings


@pytest.mark.slow
@NEEDS_SPAMASSASSIN
def test_spamassassin_has_nothing_against_the_sample_issue(post: Post, tmp_path: Path) -> None:
    score, rules = judged(post.letters[0][1], tmp_path)

    assert score <= 0.1
    assert structural(rules) == set()

"""A proof is the letter itself, marked, in nobody's name and in no books."""

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from mailer.cli.office import Office
from mailer.cli.send import send
from mailer.delivery.schema import attempt, delivery, mailing
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from subscribers.errors import BadUsage, Problem, TryLater
from tests.small_workspace import add_people, make_office


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "mails") as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, box: Sandbox) -> Iterator[Office]:
    made = make_office(tmp_path / "w", port=box.port)
    yield made
    if made.has_database:
        made.engine.dispose()


def run(office: Office, *arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(send, list(arguments), obj=office, standalone_mode=False)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert (done.return_value or 0) == code, done.output
    return done


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


def test_a_colleague_gets_the_letter_marked_as_a_proof(office: Office, box: Sandbox) -> None:
    run(office, "2025-10", "--to", "Kim@Example.org")

    (caught,) = box.received()
    raw = caught.file.read_bytes()
    mail = parsed(raw)
    assert caught.recipients == ("Kim@example.org",) or list(caught.recipients) == ["Kim@example.org"]
    assert mail["Subject"].startswith("[Probe] ")
    assert mail["To"] == "Kim@example.org"
    assert mail["X-Rundbrief-Proof"] == "variant=standard"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "/u/" + "0" * 32 in mail["List-Unsubscribe"]
    assert (
        "Gesa" in mail.get_body(("plain",)).get_content()
        or "Lührs" in mail.get_body(("plain",)).get_content()
    )


def test_two_proofs_are_two_messages(office: Office, box: Sandbox) -> None:
    run(office, "2025-10", "--to", "kim@example.org", "--to", "jo@example.org")
    run(office, "2025-10", "--to", "kim@example.org")

    ids = [parsed(each.file.read_bytes())["Message-ID"] for each in box.received()]
    assert len(set(ids)) == 3


def test_it_stands_in_no_books(office: Office, now: datetime) -> None:
    add_people(office, ["ada@example.org"], now)

    run(office, "2025-10", "--to", "ada@example.org")

    with reading(office.engine) as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(t)) for t in (mailing, delivery, attempt)
        ]
    assert counts == [0, 0, 0]


def test_as_a_subscriber_it_greets_them_and_gives_away_no_link(
    office: Office, box: Sandbox, now: datetime
) -> None:
    add_people(office, ["ada@example.org"], now)

    run(office, "2025-10", "--to", "kim@example.org", "--as", "ADA@example.org")

    raw = box.received()[0].file.read_bytes()
    text = parsed(raw).get_body(("plain",)).get_content()
    assert "Muster0" in text
    assert "ada@example.org" not in raw.decode()
    assert "/u/" + "0" * 32 in text


def test_a_dry_run_writes_the_same_letter_and_sends_nothing(office: Office, box: Sandbox) -> None:
    done = run(office, "2025-10", "--to", "kim@example.org", "--dry-run", "--json")
    run(office, "2025-10", "--to", "kim@example.org")

    (row,) = json.loads(done.stdout)
    (caught,) = box.received()
    written, sent = Path(row["file"]).read_bytes(), caught.file.read_bytes()
    assert row["outcome"] == "written"
    assert parsed(written)["Subject"] == parsed(sent)["Subject"]
    assert parsed(written).get_body(("html",)).get_content() == parsed(sent).get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("address", "outcome"),
    [("550@example.org", "failed"), ("451@example.org", "deferred"), ("drop-dot@example.org", "in_doubt")],
)
def test_a_refusal_is_told_with_its_words(office: Office, address: str, outcome: str) -> None:
    done = run(office, "2025-10", "--to", address, "--to", "kim@example.org", "--json", code=4)

    assert [row["outcome"] for row in json.loads(done.stdout)] == [outcome, "sent"]


def test_what_cannot_be_is_said(office: Office, now: datetime) -> None:
    with pytest.raises(Problem, match="Nobody has the address"):
        run(office, "2025-10", "--to", "kim@example.org", "--as", "nobody@example.org")
    with pytest.raises(BadUsage, match="no variant 'blau'"):
        run(office, "2025-10", "--to", "kim@example.org", "--variant", "blau")
    with pytest.raises(Problem):
        run(office, "2025-10", "--to", "kim example.org")


def test_without_a_relay_it_is_for_later(tmp_path: Path) -> None:
    office = make_office(tmp_path / "x", port=1)

    with pytest.raises(TryLater, match="takes no mail now"):
        run(office, "2025-10", "--to", "kim@example.org")

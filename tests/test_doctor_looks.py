"""`rundbrief doctor` goes as far as a letter would, and as far as a date."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from mailer.cli.office import clock
from tests.delivery.certificates import make_certificate
from tests.delivery.scripted import EXTENSIONS, Act, Scripted
from tests.frontdoor import rundbrief
from tests.small_workspace import CONFIG, add_people, make_office, plan_and_approve

PASSWORD = 'user = "brief"\npassword = { env = "RUNDBRIEF_SMTP_PASSWORD" }'
LOGIN = [*EXTENSIONS, "AUTH PLAIN LOGIN"]
REFUSED = {"AUTH": "535 5.7.8 Authentication credentials invalid"}


def workspace(folder: Path, port: int, *, more: str = "", **changed: str) -> Path:
    """A workspace whose relay is at this port, with other lines in place of some of config.toml."""
    office = make_office(folder / "w", port=port)
    text = CONFIG.format(port=port, database="sqlite:///var/rundbrief.db", timeout=5)
    for name, value in changed.items():
        old = next(line for line in text.splitlines() if line.startswith(f"{name} = "))
        text = text.replace(old, f'{name} = "{value}"', 1)
    text = text.replace("timeout_seconds = 5", f"timeout_seconds = 5\n{more}")
    office.settings.file.write_text(text, "utf-8")
    return folder / "w"


def looked(folder: Path, code: int = 0) -> dict[str, dict[str, Any]]:
    done = rundbrief("doctor", "--json", cwd=folder, env={"RUNDBRIEF_SMTP_PASSWORD": "geheim"})
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return {row["check"]: row for row in json.loads(done.stdout)}


def test_with_the_right_password_it_logs_in_and_offers_no_letter(tmp_path: Path) -> None:
    with Scripted({}, LOGIN) as server:
        row = looked(workspace(tmp_path, server.port, more=PASSWORD))["smtp"]

    assert row["ok"]
    assert row["message"] == f"127.0.0.1:{server.port} answers and lets us in, in clear text, logged in."
    assert [command.split()[0] for command in server.said] == ["EHLO", "AUTH", "QUIT"]


def test_under_tls_it_goes_on_as_a_letter_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    changed = {"security": "starttls", "host": "localhost"}

    with Scripted({}, [*LOGIN, "STARTTLS"], certificate.server()) as server:
        row = looked(workspace(tmp_path, server.port, more=PASSWORD, **changed))["smtp"]

    assert row["ok"]
    assert "secured by STARTTLS, logged in" in row["message"]
    assert [each.split()[0] for each in server.said] == ["EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"]


@pytest.mark.parametrize(
    ("script", "offer", "changed", "sentence", "hint"),
    [
        (REFUSED, LOGIN, {}, "log-in refused: 535 5.7.8 Authentication credentials invalid.", "password"),
        ({}, EXTENSIONS, {}, "the relay offers no log-in that we know", "password"),
        ({}, LOGIN, {"security": "starttls"}, "the relay offers no STARTTLS", "now starttls"),
        ({"EHLO": "554 5.7.1 no service"}, LOGIN, {}, "554 5.7.1 no service", "host, port"),
        ({"EHLO": b"\x1b[31mHTTP\xff\r\n"}, LOGIN, {}, "not a reply:", "host, port"),
        ({"EHLO": b"4" * 5000}, LOGIN, {}, "a line without an end", "host, port"),
    ],
)
def test_what_no_letter_would_get_past_is_one_sentence(
    tmp_path: Path,
    script: Mapping[str, Act],
    offer: Sequence[str],
    changed: dict[str, str],
    sentence: str,
    hint: str,
) -> None:
    with Scripted(script, offer) as server:
        row = looked(workspace(tmp_path, server.port, more=PASSWORD, **changed), code=1)["smtp"]

    assert not row["ok"]
    assert row["message"].startswith(f"127.0.0.1:{server.port} does not let us in: ")
    assert sentence in row["message"]
    assert hint in row["hint"]
    assert row["message"].isprintable()
    assert len(row["message"]) < 300
    assert "geheim" not in json.dumps(row)


def test_two_newsletters_that_meet_are_said(tmp_path: Path) -> None:
    with Scripted() as server:
        folder = workspace(tmp_path, server.port)
        text = (folder / "config.toml").read_text("utf-8")
        second = text[text.index("[newsletters.rundbrief]") :].replace(
            "newsletters.rundbrief", "newsletters.ausbildung"
        )
        (folder / "config.toml").write_text(
            text + second.replace('list_id = "', 'list_id = "ausbildung.'), "utf-8"
        )

        rows = looked(folder, code=1)

    assert [name for name, row in rows.items() if not row["ok"]] == [
        "newsletters.rundbrief.send",
        "newsletters.ausbildung.send",
    ]
    assert (
        "rundbrief and ausbildung would go out in the same minute"
        in rows["newsletters.rundbrief.send"]["message"]
    )


def test_a_rule_that_gives_no_dates_is_said_with_its_line(tmp_path: Path) -> None:
    with Scripted() as server:
        folder = workspace(tmp_path, server.port)
        closed = [f"{month:02}-{day:02}" for month in (3, 4) for day in range(1, 31)]
        with (folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(f"[newsletters.rundbrief.calendar]\nfree_days = {json.dumps(closed)}\n")

        rows = looked(folder, code=1)

    assert [name for name, row in rows.items() if not row["ok"]] == ["newsletters.rundbrief.send"]
    assert re.match(r"config\.toml:27: .*no working day", rows["newsletters.rundbrief.send"]["message"])


def test_a_copy_that_must_not_send_is_said(tmp_path: Path) -> None:
    with Scripted() as server:
        office = make_office(tmp_path / "first", port=server.port)
        add_people(office, ["ada@example.org"], clock())
        plan_and_approve(office, clock(), clock())
        office.engine.dispose()
        shutil.copytree(tmp_path / "first", tmp_path / "copy")

        well, row = looked(tmp_path / "first")["instance"], looked(tmp_path / "copy", code=1)["instance"]

    assert well["ok"]
    assert (row["ok"], "copied or moved" in row["message"]) == (False, True)
    assert "rundbrief adopt" in row["hint"]

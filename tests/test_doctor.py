import json
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mailer.cli import rundbrief
from mailer.cli.office import Office
from mailer.delivery.dkim import read_key
from mailer.web.sandbox import Sandbox
from subscribers.errors import BadConfig, Problem
from tests.small_workspace import make_office

SIGNED = """[newsletters.rundbrief.dkim]
domain = "example.org"
selector = "rb2027"
key = {{ file = "var/dkim/rb2027.example.org.pem" }}
{more}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    make_office(tmp_path / "workspace")
    return tmp_path / "workspace"


def doctor(workspace: Path, *arguments: str) -> Result:
    config = str(workspace / "config.toml")
    return CliRunner().invoke(rundbrief, ["--config", config, "doctor", *arguments], catch_exceptions=True)


def refusal(result: Result) -> Problem:
    assert isinstance(result.exception, Problem), result.output
    return result.exception


def test_a_new_key_is_for_its_owner_alone_and_comes_with_its_record(workspace: Path) -> None:
    result = doctor(workspace, "--new-key", "example.org", "--selector", "rb2027")

    path = workspace / "var" / "dkim" / "rb2027.example.org.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    first, *strings = result.stdout.splitlines()
    assert first == "rb2027._domainkey.example.org. IN TXT ("
    assert strings[-1].endswith(" )")
    texts = re.findall(r'"([^"]*)"', result.stdout)
    assert "".join(texts) == read_key("rb2027", path.read_bytes(), "").record
    assert max(map(len, texts)) <= 255
    assert "PRIVATE" not in result.output
    assert 'key = { file = "var/dkim/rb2027.example.org.pem" }' in result.stderr


def test_both_keys_are_made_and_told_as_json(workspace: Path) -> None:
    result = doctor(workspace, "--new-key", "Müller.Example.", "--selector", "rb2027", "--ed25519", "--json")

    rows = json.loads(result.stdout)["keys"]
    assert [(each["selector"], each["algorithm"], each["name"]) for each in rows] == [
        ("rb2027", "rsa-sha256", "rb2027._domainkey.xn--mller-kva.example"),
        ("rb2027-ed25519", "ed25519-sha256", "rb2027-ed25519._domainkey.xn--mller-kva.example"),
    ]
    for row in rows:
        assert "".join(row["strings"]) == row["record"]
        assert read_key("", Path(row["file"]).read_bytes(), "").record == row["record"]


def test_a_key_is_never_written_over(workspace: Path) -> None:
    doctor(workspace, "--new-key", "example.org", "--selector", "rb2027")
    path = workspace / "var" / "dkim" / "rb2027.example.org.pem"
    before = path.read_bytes()

    problem = refusal(doctor(workspace, "--new-key", "example.org", "--selector", "rb2027", "--ed25519"))

    assert "is there already" in str(problem)
    assert problem.exit_code == 5
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--new-key", "example.org"], "A key needs a name in the DNS."),
        (["--new-key", "example.org", "--selector", "../rb"], "is no selector"),
        (["--new-key", "example.org", "--selector", "rb" * 30, "--ed25519"], "is no selector"),
        (["--new-key", "example", "--selector", "rb"], "'example' is no domain"),
        (["--new-key", "a/../b.org", "--selector", "rb"], "is no domain"),
        (["--new-key", "", "--selector", "rb"], "is no domain"),
        (["--selector", "rb"], "belong to --new-key"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(workspace: Path, arguments: list[str], sentence: str) -> None:
    problem = refusal(doctor(workspace, *arguments))

    assert sentence in str(problem)
    assert problem.exit_code == 2
    assert not (workspace / "var" / "dkim").exists()


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(workspace: Path) -> None:
    (workspace / "taken").write_text("", "utf-8")

    problem = refusal(
        doctor(workspace, "--new-key", "example.org", "--selector", "rb", "--out", str(workspace / "taken"))
    )

    assert "cannot be written" in str(problem)


def sign_with(workspace: Path, *, ed25519: bool = False, more: str = "") -> Office:
    doctor(workspace, "--new-key", "example.org", "--selector", "rb2027", *(["--ed25519"] if ed25519 else []))
    with (workspace / "config.toml").open("a", encoding="utf-8") as file:
        file.write(SIGNED.format(more=more))
    return Office(str(workspace / "config.toml"))


SECOND = """ed25519_selector = "rb2027-ed25519"
ed25519_key = { file = "var/dkim/rb2027-ed25519.example.org.pem" }"""


def test_a_workspace_signs_with_the_keys_that_it_names(workspace: Path) -> None:
    assert Office(str(workspace / "config.toml")).signer(None) is None

    signer = sign_with(workspace, ed25519=True, more=SECOND).signer(None)

    assert signer is not None
    assert signer.domain == "example.org"
    assert [(each.selector, each.algorithm) for each in signer.keys] == [
        ("rb2027", "rsa-sha256"),
        ("rb2027-ed25519", "ed25519-sha256"),
    ]


def test_a_key_that_others_can_read_signs_nothing(workspace: Path) -> None:
    office = sign_with(workspace)
    (workspace / "var" / "dkim" / "rb2027.example.org.pem").chmod(0o640)

    with pytest.raises(BadConfig, match="can be read by others"):
        office.signer(None)


def test_a_key_of_the_wrong_kind_is_named(workspace: Path) -> None:
    office = sign_with(workspace, ed25519=True, more=SECOND.replace("rb2027-ed25519.", "rb2027."))

    with pytest.raises(BadConfig, match="is for rsa-sha256, and ed25519-sha256 belongs there"):
        office.signer(None)


def rows_of(result: Result) -> dict[str, dict[str, Any]]:
    return {row["check"]: row for row in json.loads(result.stdout)}


def test_a_workspace_that_is_fit_to_send(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "mails") as box:
        make_office(tmp_path / "workspace", port=box.port)
        shutil.rmtree(tmp_path / "workspace" / "var")

        result = doctor(tmp_path / "workspace", "--json")

    assert result.exit_code == 0, result.output
    rows = rows_of(result)
    dates, keys = "newsletters.rundbrief.send", "newsletters.rundbrief.dkim"
    assert list(rows) == ["config.toml", "database", "instance", "smtp", dates, keys]
    assert all(row["ok"] for row in rows.values())
    assert f"127.0.0.1:{box.port} answers and lets us in" in rows["smtp"]["message"]
    assert rows[dates]["message"].startswith("The next date is Tuesday, ")
    assert not (tmp_path / "workspace" / "var").exists()  # a look makes nothing


def test_everything_that_is_not_fit_is_said_at_once(workspace: Path) -> None:
    sign_with(workspace)
    (workspace / "var" / "dkim" / "rb2027.example.org.pem").write_text("kein Schlüssel", "utf-8")

    result = doctor(workspace, "--json")

    rows = rows_of(result)
    assert [name for name, row in rows.items() if not row["ok"]] == ["smtp", "newsletters.rundbrief.dkim"]
    assert "127.0.0.1:1 does not let us in: nobody listens there" in rows["smtp"]["message"]
    assert all(row["hint"] for row in rows.values() if not row["ok"])
    assert "2 of 6 checks failed: smtp, newsletters.rundbrief.dkim." in str(refusal(result))


def test_the_help_does_not_load_the_cryptography() -> None:
    code = "import sys, mailer.cli, mailer.delivery.dkim; sys.exit('cryptography' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

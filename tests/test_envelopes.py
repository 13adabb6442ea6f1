from pathlib import Path

import pytest

from mailer.cli.office import Office
from subscribers.errors import Problems
from tests.small_workspace import make_office

CONFIGURED = """sender_id = "kammer2027"
unsubscribe_mailto = "abmelden@example.org"
cfbl_address = "beschwerden@example.org"
csa_complaints = "csa@example.net"
web_version = true
[newsletters.rundbrief.imprint]
"""


def configured(folder: Path, text: str) -> Office:
    make_office(folder)
    file = folder / "config.toml"
    file.write_text(file.read_text("utf-8").replace("[newsletters.rundbrief.imprint]\n", text), "utf-8")
    return Office(str(file))


def test_the_list_headers_come_from_the_configuration(tmp_path: Path) -> None:
    office = configured(tmp_path / "workspace", CONFIGURED)

    envelope = office.envelope("rundbrief", "2025-10")

    assert (envelope.newsletter, envelope.issue, envelope.sender_id) == ("rundbrief", "2025-10", "kammer2027")
    assert envelope.unsubscribe_mailto == "abmelden@example.org"
    assert envelope.cfbl_address == "beschwerden@example.org"
    assert envelope.csa_complaints == "csa@example.net"
    assert envelope.web_base == "https://rundbrief.example.org/w/rundbrief"


def test_what_is_not_configured_is_left_out(tmp_path: Path) -> None:
    office = configured(tmp_path / "workspace", "web_version = false\n[newsletters.rundbrief.imprint]\n")

    envelope = office.envelope("rundbrief", "2025-10")

    assert envelope.sender_id == "exampleorg"  # from the domain: it never changes by itself
    assert envelope.web_base == envelope.unsubscribe_mailto == envelope.cfbl_address == ""
    assert envelope.csa_complaints == envelope.auto_submitted == ""


@pytest.mark.parametrize(
    "line",
    [
        'sender_id = "abc"',
        'sender_id = "a:b:c"',
        'cfbl_address = "kein Postfach"',
        'unsubscribe_mailto = "x"',
    ],
)
def test_what_would_break_a_header_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    office = configured(tmp_path / "workspace", f"{line}\n[newsletters.rundbrief.imprint]\n")

    with pytest.raises(Problems, match=rf"config\.toml:\d+: newsletters\.rundbrief\.{line.split()[0]}"):
        office.envelope("rundbrief")

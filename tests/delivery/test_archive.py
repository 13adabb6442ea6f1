"""A web version is public from the first letter on, and never before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.cli.pages import public_app
from tests.delivery.conftest import PostOffice
from tests.web.serving import Site, running

ADDRESS = "/w/rundbrief/2025-10/standard"


@pytest.fixture
def site(post_office: PostOffice) -> Iterator[Site]:
    with running(public_app(post_office.office)) as site:
        yield site


def test_the_web_version_is_there_once_the_letter_goes_out(post_office: PostOffice, site: Site) -> None:
    post_office.approve("kim@example.org")

    before = site.ask("GET", ADDRESS)
    post_office.work()
    after = site.ask("GET", ADDRESS)

    assert (before.status, after.status) == (404, 200)
    assert "<h1>" in after.text
    assert "kim@example.org" not in after.text
    assert "img-src data: https:" in after.headers["content-security-policy"]


def test_what_was_approved_is_shown_and_not_what_the_files_say_now(
    post_office: PostOffice, site: Site
) -> None:
    post_office.approve("kim@example.org")
    post_office.work()
    file = Path(post_office.office.settings.issues) / "2025-10" / "editorial.md"
    file.write_text(file.read_text("utf-8").replace("title = ", 'title = "Ganz anders"  # ', 1), "utf-8")

    page = site.ask("GET", ADDRESS)

    assert (page.status, "Ganz anders" in page.text) == (200, False)


@pytest.mark.parametrize("path", [ADDRESS, "/w/anderer/2025-10/standard", "/w/rundbrief/x/y"])
def test_whatever_did_not_go_out_is_unknown(site: Site, path: str) -> None:
    assert site.ask("GET", path).status == 404

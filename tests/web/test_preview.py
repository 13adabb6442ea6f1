"""The studio over a real connection: letters, complaints, findings, views, guards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studiosite import KEY, TOKEN, StudioSite, open_studio

from mailer.web.view_wording import VIEWS


@pytest.fixture
def studio(serve: Callable, tmp_path: Path) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "w", database=False) as made:
        yield made


def test_the_list_speaks_the_teams_language(studio: StudioSite) -> None:
    (german,), (english,) = studio.json("issues"), studio.json("issues", Accept_Language="en-GB,de")

    assert (german["key"], german["label"], german["title"]) == (KEY, "Oktober 2025", "Ein kurzer Brief")
    assert (german["state"], german["tone"], german["sent"]) == ("Entwurf", "rest", "")
    assert (english["state"], english["tone"]) == ("draft", "rest")


def test_the_list_says_what_is_marked_and_what_cannot_be_read(studio: StudioSite) -> None:
    studio.write('author = "Katharina Bergmann"', 'author = "Katharina Bergmann"  # bitte prüfen')
    marked = studio.json("issues")[0]
    studio.write("title =", "titel =")

    broken = studio.json("issues")[0]

    assert (marked["state"], marked["tone"]) == ("noch zu prüfen: 1", "doubt")
    assert (broken["state"], broken["tone"]) == ("nicht lesbar", "stop")


def test_an_issue_brings_all_that_the_page_shows_around_the_letter(studio: StudioSite) -> None:
    answer = studio.json()

    letter = answer["letter"]
    assert answer["problems"] == []
    assert (letter["sender"], letter["address"]) == ("Kammer Musterland", "rundbrief@example.org")
    assert (letter["initials"], letter["subject"]) == ("KM", "Ein kurzer Brief")
    assert letter["person"]["id"] == "muster"
    assert letter["greeting"] == "Sehr geehrte Frau Dr. Lührs,"
    assert answer["newsletter"] == "Kammer Musterland"
    assert answer["size"]["bytes"] > 5000
    assert answer["size"]["words"].endswith(" von 102\u00a0KB")
    assert answer["counts"]["passed"] > 10
    assert answer["greetings"] == []
    assert answer["compare"] == {"since": "", "changed": 0}


def test_each_save_is_drawn_and_an_unchanged_issue_is_not(studio: StudioSite) -> None:
    first, again = studio.json()["letter"]["revision"], studio.json()["letter"]["revision"]

    revisions = []
    for number in range(5):  # faster than a file's time may tick
        studio.write("dies ist der", f"Nummer {number}: dies ist der")
        revisions.append(studio.json()["letter"]["revision"])
        assert f"Nummer {number}: dies" in studio.ask(f"issues/{KEY}/text").text
        studio.write(f"Nummer {number}: dies ist der", "dies ist der")

    assert first == again
    assert revisions == sorted({*revisions})
    assert revisions[0] > first


def test_a_broken_issue_names_every_place_and_keeps_the_last_good_letter(studio: StudioSite) -> None:
    good = studio.json()["letter"]
    studio.write('title = "Ein kurzer Brief"', 'titel = "Ein kurzer Brief"\nbild = "x.png"')

    answer = studio.json()

    assert {each["place"] for each in answer["problems"]} >= {f"issues/{KEY}/editorial.md:2"}
    assert len(answer["problems"]) > 1
    assert answer["letter"] == good
    assert answer["approval"]["possible"] is False
    assert answer["approval"]["why"].startswith("Die Ausgabe ist nicht lesbar.")
    assert "Ein kurzer Brief" in studio.ask(f"issues/{KEY}/letter").text


def test_an_issue_that_never_was_good_has_no_letter(studio: StudioSite) -> None:
    studio.write("title =", "titel =")

    assert studio.json()["letter"] is None
    for part in ("letter", "text", "source", "headers", "compare", "inbox"):
        answer = studio.ask(f"issues/{KEY}/{part}")
        assert (answer.status, answer.text) == (404, "Von dieser Ausgabe gibt es noch keinen Brief.")


def test_a_changed_config_is_followed_and_a_broken_one_is_said(studio: StudioSite) -> None:
    studio.json()
    config = studio.folder / "config.toml"
    right = config.read_text("utf-8")

    config.write_text(right.replace('from_name = "Kammer Musterland"', 'from_name = "Die Kammer"'), "utf-8")
    renamed = studio.json()["letter"]["sender"]
    config.write_text(right.replace("[smtp]", "[smpt]"), "utf-8")
    broken = studio.json()

    assert renamed == "Die Kammer"
    assert broken["problems"][0]["place"].startswith("config.toml")
    assert broken["letter"]["sender"] == "Die Kammer"


def test_a_bug_in_the_templates_is_told_with_its_place(studio: StudioSite) -> None:
    (studio.folder / "templates").mkdir()
    (studio.folder / "templates" / "letter.txt").write_text("{{ nichts }}", "utf-8")

    (problem,) = studio.json()["problems"]

    assert problem["place"] == "templates/letter.txt:1"


def test_a_finding_points_to_its_line_and_its_words(studio: StudioSite) -> None:
    studio.write("Und dies ist der zweite,", "Und dies ist der zweite [Zahl noch prüfen],")
    config = studio.folder / "config.toml"
    editor = '[preview]\neditor = "vscode://file/{path}:{line}"\n'
    config.write_text(editor + config.read_text("utf-8"), "utf-8")

    answer = studio.json()

    (found,) = [each for each in answer["findings"] if each["rule"] == "content.note"]
    assert (found["severity"], found["file"], found["line"]) == ("error", f"issues/{KEY}/editorial.md", 9)
    assert found["open"] == f"vscode://file/{studio.editorial.resolve()}:9"
    assert found["mark"]
    assert found["mark"] in " ".join(studio.ask(f"issues/{KEY}/text").text.split())
    assert found["title"]
    assert found["remedy"]
    assert answer["counts"]["errors"] == sum(each["severity"] == "error" for each in answer["findings"]) > 0
    english = studio.json(Accept_Language="en")["findings"]
    assert found["message"] not in {each["message"] for each in english}


def test_a_finding_of_a_card_names_the_card(studio: StudioSite) -> None:
    studio.add_cards()
    cards = studio.folder / "issues" / KEY / "highlights.toml"
    cards.write_text(cards.read_text("utf-8").replace("Eine Stunde", "[Uhrzeit folgt] Eine Stunde"), "utf-8")

    found = [each for each in studio.json()["findings"] if each["rule"] == "content.note"]

    assert [each["card"] for each in found] == ["Sprechstunde im November"]


def test_the_findings_are_those_of_issue_check(studio: StudioSite) -> None:
    studio.add_cards()
    studio.write("Und dies ist der zweite,", "Und dies ist der zweite [Zahl noch prüfen],")

    shown = {(each["rule"], each["place"]) for each in studio.json()["findings"]}

    issue = studio.office.read_issue(KEY)
    said = studio.office.check(issue, studio.office.compile(issue))
    assert shown == {(each.rule, each.place) for each in said}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_shut_in_alike(studio: StudioSite, view: str, scheme: str) -> None:
    answer = studio.ask(f"issues/{KEY}/letter?view={view}&scheme={scheme}&etwas=anderes")

    policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    assert policy.startswith("sandbox allow-same-origin allow-popups")
    assert "allow-scripts" not in policy
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in policy
    assert "dies ist der erste Absatz" in answer.text
    assert "prefers-color-scheme" not in answer.text


def test_every_view_says_what_it_simulates(studio: StudioSite) -> None:
    german, english = studio.json("views"), studio.json("views", Accept_Language="en")

    assert [each["id"] for each in german] == [*VIEWS]
    for here, there in zip(german, english, strict=True):
        assert len(here["says"]) > 20
        assert here["says"] != there["says"]
        assert here["says_dark"] != there["says_dark"]


def test_the_parts_of_the_message_are_plain_text(studio: StudioSite) -> None:
    text, source, headers = (studio.ask(f"issues/{KEY}/{part}") for part in ("text", "source", "headers"))

    assert {each.headers["Content-Type"] for each in (text, source, headers)} == {"text/plain; charset=utf-8"}
    assert "dies ist der erste Absatz." in text.text
    assert source.text.count("Content-Type: text/") == 2
    assert "List-Unsubscribe: <https://rundbrief.example.org/u/" in headers.text
    assert "\nSubject: Ein kurzer Brief\n" in headers.text


def test_the_link_in_the_letter_is_nobodys(studio: StudioSite) -> None:
    for part in ("letter", "text", "source"):
        assert "/u/" + "0" * 32 in studio.ask(f"issues/{KEY}/{part}?person=muster-du").text


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("issues/2031-01", "Diese Ausgabe gibt es nicht."),
        ("issues/2031-01/letter", "Diese Ausgabe gibt es nicht."),
        (f"issues/{KEY}?variant=x", "Diese Fassung gibt es in der Ausgabe nicht."),
        (f"issues/{KEY}/text?variant=x", "Diese Fassung gibt es in der Ausgabe nicht."),
        (f"issues/{KEY}?person=17", "Diese Person gibt es nicht."),
        (f"issues/{KEY}/letter?person=-1", "Diese Person gibt es nicht."),
        (f"issues/{KEY}/letter?person=" + "9" * 400, "Diese Person gibt es nicht."),
        (f"issues/{KEY}/letter?person=%C2%B2", "Diese Person gibt es nicht."),
        (f"issues/{KEY}/letter?view=netscape", "Diese Ansicht gibt es nicht."),
        (f"issues/{KEY}/letter?scheme=bunt", "Diese Ansicht gibt es nicht."),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(studio: StudioSite, path: str, sentence: str) -> None:
    answer = studio.ask(path)

    assert (answer.status, answer.text) == (404, sentence)


@pytest.mark.parametrize("path", ["", "issues", f"issues/{KEY}", "events", "preview.js", "people", "views"])
@pytest.mark.parametrize("token", ["", "falsch/", "geheim2/", "gehei/"])
def test_nothing_is_there_without_the_token(studio: StudioSite, token: str, path: str) -> None:
    assert studio.site.ask("GET", f"/{token}{path}").status == 404


ODD = st.lists(
    st.sampled_from(
        ["..", ".", "%2e%2e", "%2f", "/", "\\", "%5c", "%00", "etc", "passwd", "w", "config.toml"]
    )
    | st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=6),
    min_size=1,
    max_size=8,
).map("/".join)


@given(odd=ODD, end=st.sampled_from(["", "/letter", "/text", "/source", "/compare"]))
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_leads_out(studio: StudioSite, odd: str, end: str) -> None:
    answer = studio.ask(f"issues/{odd}{end}")

    assert answer.status == 404


@pytest.mark.parametrize(
    "path", ["preview.html", "tokens.css", "..%2fpyproject.toml", "public.html", f"issues/{KEY}/editorial.md"]
)
def test_no_other_file_is_served(studio: StudioSite, path: str) -> None:
    assert studio.ask(path).status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8025", "127.0.0.1.evil.example", ""])
def test_a_foreign_host_is_refused(studio: StudioSite, host: str) -> None:
    assert studio.ask("issues", Host=host).status == 400
    assert studio.site.ask("POST", f"/{TOKEN}/issues/{KEY}/approve", b"{}", Host=host).status == 400


@pytest.mark.parametrize("host", ["localhost:8025", "127.0.0.1"])
def test_this_machine_may_ask_by_both_names(studio: StudioSite, host: str) -> None:
    assert studio.ask("issues", Host=host).status == 200


def test_the_page_and_its_parts_load_nothing_from_elsewhere(studio: StudioSite) -> None:
    page = studio.ask("")
    parts = [
        name
        for name in page.text.replace('"', " ").replace("./", "").split()
        if name.startswith("preview") and name.endswith((".css", ".js"))
    ]

    assert len(parts) >= 2
    for name in ["", *parts]:
        answer = studio.ask(name)
        assert answer.status == 200, name
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]
        assert "http://" not in answer.text
        assert "https://" not in answer.text

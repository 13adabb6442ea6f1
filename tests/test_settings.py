import logging
import multiprocessing
from pathlib import Path

import pytest

from mailer.settings import Settings, find_config, read_settings
from mailer.settings.secret import read_key
from subscribers.errors import BadConfig, Problem, Problems
from tests.conftest import ROOT

CONFIG = """[workspace]
public_url = "https://brief.example.org"
[smtp]
host = "mail.example.org"
port = 587
[newsletters.rundbrief]
name = "Rundbrief"
organisation = "Kammer Musterland"
from_name = "Kammer Musterland"
from_address = "brief@example.org"
list_id = "rundbrief.example.org"
[newsletters.rundbrief.imprint]
organisation = "Kammer Musterland"
street = "Werkstraße 1"
place = "40000 Musterstadt"
phone = "02000 123-0"
email = "brief@example.org"
responsible = "Wiebke Tannert"
"""
SECOND = CONFIG[CONFIG.index("[newsletters") :].replace("newsletters.rundbrief", "newsletters.presse")
PASSWORD = "geheim-wie-nie"


def write(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text, "utf-8")
    return folder / "config.toml"


def settings(folder: Path, text: str = CONFIG) -> Settings:
    return read_settings(write(folder, text))


def complaints(folder: Path, text: str) -> list[str]:
    with pytest.raises(Problems) as caught:
        settings(folder, text)
    assert caught.value.exit_code == 3
    assert all(isinstance(problem, BadConfig) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def key_of(read: Settings) -> bytes:
    return read_key(read.config.database.secret, read.file, make=True).encode()


def changed(old: str, new: str) -> str:
    assert CONFIG.count(old) == 1
    return CONFIG.replace(old, new)


def test_the_shipped_config_is_good() -> None:
    shipped = read_settings(ROOT / "config.toml")

    assert shipped.zone.key == "Europe/Berlin"
    assert shipped.newsletter(None)[0] == "rundbrief"


BROKEN = [
    (
        "https://brief",
        "http://brief",
        2,
        "workspace.public_url",
        "Links in mails must be https (http only on this machine).",
    ),
    (
        "[smtp]",
        'time_zone = "Europe/Köln"\n[smtp]',
        3,
        "workspace.time_zone",
        "There is no time zone 'Europe/Köln'; an example is Europe/Berlin.",
    ),
    (
        "[smtp]",
        "grace_hours = 200\n[smtp]",
        3,
        "workspace.grace_hours",
        "input should be less than or equal to 168, not 200.",
    ),
    ("port = 587", "port = 70000", 5, "smtp.port", "input should be less than or equal to 65535, not 70000."),
    ("port = 587", "", 3, "smtp.port", "this key is missing."),
    (
        "port = 587",
        'port = 587\nsecurity = "none"',
        3,
        "smtp",
        'Security = "none" is for this machine only; use "starttls" or "tls".',
    ),
    (
        "port = 587",
        'port = 587\nsecurity = "ssl"',
        6,
        "smtp.security",
        "input should be 'none', 'starttls' or 'tls', not 'ssl'.",
    ),
    ("port = 587", 'port = 587\nuser = "kim"', 3, "smtp", "User and password go together."),
    ("port = 587", 'port = 587\nusre = "kim"', 6, "smtp.usre", "this key is unknown; did you mean user?"),
    (
        "port = 587",
        f'port = 587\nuser = "kim"\npassword = "{PASSWORD}"',
        7,
        "smtp.password",
        'A secret never stands here; write { file = "…" }, { env = "…" } or { credential = "…" }.',
    ),
    (
        "port = 587",
        'port = 587\nuser = "kim"\npassword = { file = "a", env = "B" }',
        7,
        "smtp.password",
        "Name one source of the secret: file, env or credential.",
    ),
    (
        "[smtp]",
        f'[database]\nurl = "postgresql+psycopg://kim:{PASSWORD}@db/x"\n[smtp]',
        4,
        "database.url",
        "A password never stands here; give the whole URL as RUNDBRIEF_DATABASE_URL.",
    ),
    (
        "[smtp]",
        '[database]\nurl = "rundbrief.db"\n[smtp]',
        4,
        "database.url",
        "This is no database URL; write it like sqlite:///var/rundbrief.db.",
    ),
    (
        "[smtp]",
        '[database]\nurl = "mysql://db/x"\n[smtp]',
        4,
        "database.url",
        "The database is sqlite:///… or postgresql+psycopg://….",
    ),
    ('name = "Rundbrief"', 'name = ""', 7, "newsletters.rundbrief.name", "This is empty."),
    (
        'from_name = "Kammer Musterland"',
        'from_name = "Kammer\\r\\nBcc: x@example.org"',
        9,
        "newsletters.rundbrief.from_name",
        "This must be one line of text.",
    ),
    (
        'from_address = "brief@example.org"',
        'from_address = "jörg@example.org"',
        10,
        "newsletters.rundbrief.from_address",
        "Many servers refuse a sender with umlauts before the @.",
    ),
    (
        'from_address = "brief@example.org"',
        'from_address = "Kammer <brief@example.org>"',
        10,
        "newsletters.rundbrief.from_address",
        "The address carries a display name or angle brackets.",
    ),
    (
        'list_id = "rundbrief.example.org"',
        'list_id = "rundbrief.example.org"\ngreeting = "laut"',
        12,
        "newsletters.rundbrief.greeting",
        "input should be 'personal', 'collective' or 'none', not 'laut'.",
    ),
    ("phone", "telephone", 12, "newsletters.rundbrief.imprint.phone", "this key is missing."),
]


@pytest.mark.parametrize(("old", "new", "line", "key", "sentence"), BROKEN)
def test_a_mistake_is_said_in_one_sentence_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, key: str, sentence: str
) -> None:
    found = complaints(tmp_path, changed(old, new))

    assert f"config.toml:{line}: {key}: {sentence}" in found
    assert PASSWORD not in "\n".join(found)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:80@example.org",
        "https://",
        "https://bücher.example",
        "https://[half",
        "https://brief.example.org/?a",
    ],
)
def test_what_is_no_web_address_is_refused(tmp_path: Path, url: str) -> None:
    sentence = "This is no web address; write it like https://brief.example.org."

    assert complaints(tmp_path, changed("https://brief.example.org", url)) == [
        f"config.toml:2: workspace.public_url: {sentence}"
    ]


def test_every_complaint_comes_at_once_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNDBRIEF_SMTP_PASWORD", PASSWORD)
    text = CONFIG.replace("https", "http").replace("587", "0").replace("from_name", "form_name")

    *in_file, variable = complaints(tmp_path, text)

    assert [each.split(": ")[0] for each in in_file] == [f"config.toml:{line}" for line in (2, 5, 6, 9)]
    assert variable == (
        "The environment variable RUNDBRIEF_SMTP_PASWORD is unknown. "
        "Known are RUNDBRIEF_CONFIG, RUNDBRIEF_SMTP_PASSWORD, RUNDBRIEF_DATABASE_URL."
    )


def test_no_toml_and_an_unknown_variable_come_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNDBRIEF_X", "1")

    found = complaints(tmp_path, "a = \n")

    assert len(found) == 2
    assert found[0].startswith("config.toml:1: This is not valid TOML")


def test_an_empty_file_names_what_is_missing(tmp_path: Path) -> None:
    assert complaints(tmp_path, "") == [
        f"config.toml:1: {name}: this key is missing." for name in ("workspace", "smtp", "newsletters")
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
@pytest.mark.parametrize("port", ["", ":8024"])
def test_http_is_enough_on_this_machine(tmp_path: Path, host: str, port: str) -> None:
    read = settings(tmp_path, changed("https://brief.example.org", f"http://{host}{port}/"))

    assert read.config.workspace.public_url == f"http://{host}{port}"


def test_security_none_is_enough_on_this_machine(tmp_path: Path) -> None:
    text = changed("mail.example.org", "127.0.0.1").replace("port = 587", 'port = 1025\nsecurity = "none"')

    assert settings(tmp_path, text).config.smtp.security == "none"


def test_a_sender_is_written_with_the_domain_that_servers_know(tmp_path: Path) -> None:
    text = changed('from_address = "brief@example.org"', 'from_address = "brief@müller-handwerk.example"')

    _, table = settings(tmp_path, text).newsletter(None)

    assert table.from_address == "brief@xn--mller-handwerk-gsb.example"


def test_without_a_name_the_only_newsletter_is_meant(tmp_path: Path) -> None:
    one, two = settings(tmp_path), settings(tmp_path, CONFIG + SECOND)

    assert one.newsletter(None)[0] == "rundbrief"
    assert two.newsletter("presse")[1].name == "Rundbrief"
    with pytest.raises(BadConfig, match=r"There are several newsletters\. Name one of: rundbrief, presse"):
        two.newsletter(None)
    with pytest.raises(BadConfig, match=r"There is no newsletter 'presse'"):
        one.newsletter("presse")


@pytest.mark.parametrize("name", ["plain", "mit Blank", "Größe", "100%", "a#b", "a?b"])
def test_the_database_lies_beside_the_config_whatever_the_folder_is_called(tmp_path: Path, name: str) -> None:
    from subscribers.database import open_database

    folder = tmp_path / name
    folder.mkdir()

    engine = open_database(settings(folder).database_url)
    with engine.connect():
        pass
    engine.dispose()

    assert (folder / "var" / "rundbrief.db").is_file()


def test_an_absolute_path_and_a_server_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absolute = settings(tmp_path, changed("[smtp]", '[database]\nurl = "sqlite:////srv/x.db"\n[smtp]'))
    assert absolute.database_url == "sqlite:////srv/x.db"

    monkeypatch.setenv("RUNDBRIEF_DATABASE_URL", f"postgresql+psycopg://kim:{PASSWORD}@db/x")
    assert settings(tmp_path).database_url == f"postgresql+psycopg://kim:{PASSWORD}@db/x"

    monkeypatch.setenv("RUNDBRIEF_DATABASE_URL", PASSWORD)
    with pytest.raises(BadConfig, match="RUNDBRIEF_DATABASE_URL: this is no database URL") as caught:
        _ = settings(tmp_path).database_url
    assert PASSWORD not in str(caught.value)


def test_the_secret_is_made_once_and_belongs_to_its_owner(tmp_path: Path) -> None:
    first = key_of(settings(tmp_path))

    assert key_of(settings(tmp_path)) == first
    assert len(first) == 64
    assert (tmp_path / "var" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in (tmp_path / "var").iterdir()] == ["secret.key"]


def test_a_secret_that_points_nowhere_is_refused_and_not_replaced(tmp_path: Path) -> None:
    read = settings(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret.key").symlink_to("weg")

    with pytest.raises(BadConfig, match="cannot be read: No such file or directory"):
        key_of(read)
    assert [each.name for each in (tmp_path / "var").iterdir()] == ["secret.key"]


def _secret_of(path: Path) -> bytes:
    return key_of(read_settings(path))


def test_two_processes_that_start_together_have_one_secret(tmp_path: Path) -> None:
    path = write(tmp_path, CONFIG)

    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = set(pool.map(_secret_of, [path] * 2, chunksize=1))

    assert len(found) == 1
    assert len(found.pop()) == 64


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    read = settings(tmp_path)
    key_of(read)
    (tmp_path / "var" / "secret.key").chmod(0o640)

    with pytest.raises(BadConfig, match=r"can be read by others\. Run: chmod 600 "):
        key_of(read)


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "is empty"), (b"\n", "is empty"), (b"\xff\xfe", "is not UTF-8 text")]
)
def test_a_secret_that_is_none_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    read = settings(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret.key").write_bytes(content)
    (tmp_path / "var" / "secret.key").chmod(0o600)

    with pytest.raises(BadConfig, match=sentence):
        key_of(read)


def with_password(place: str) -> str:
    return changed("port = 587", f'port = 587\nuser = "kim"\npassword = {{ {place} }}')


def test_the_password_comes_from_each_place_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "smtp.txt").write_text(PASSWORD + "\n", "utf-8")
    (tmp_path / "smtp.txt").chmod(0o600)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("RUNDBRIEF_SMTP_PASSWORD", PASSWORD)
    monkeypatch.setenv("RUNDBRIEF_OWN", PASSWORD)
    places = (
        'file = "smtp.txt"',
        'credential = "smtp.txt"',
        'env = "RUNDBRIEF_SMTP_PASSWORD"',
        'env = "RUNDBRIEF_OWN"',
    )

    for place in places:
        monkeypatch.setenv("RUNDBRIEF_OWN", PASSWORD) if "OWN" in place else monkeypatch.delenv(
            "RUNDBRIEF_OWN", raising=False
        )
        read = settings(tmp_path, with_password(place))
        password = read.smtp_password()
        logging.getLogger("rundbrief").warning("%s %r %s", password, password, read.config)

        assert password is not None
        assert password.get_secret_value() == PASSWORD
        shown = f"{password!r} {password} {read!r} {vars(read)} {read.config.model_dump_json()}"
        assert PASSWORD not in shown
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ('file = "smtp.txt"', r"The secret in .*smtp\.txt cannot be read: No such file or directory"),
        ('file = "var"', r"The secret in .*var cannot be read: Is a directory"),
        ('env = "RUNDBRIEF_SMTP_PASSWORD"', "The environment variable RUNDBRIEF_SMTP_PASSWORD is not set"),
        (
            'credential = "smtp.txt"',
            r"systemd gave no credential smtp\.txt: CREDENTIALS_DIRECTORY is not set",
        ),
    ],
)
def test_a_password_that_cannot_be_had_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, sentence: str
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (tmp_path / "var").mkdir()

    with pytest.raises(BadConfig, match=sentence):
        settings(tmp_path, with_password(place)).smtp_password()


def test_without_a_password_there_is_none(tmp_path: Path) -> None:
    assert settings(tmp_path).smtp_password() is None


def test_the_config_is_found_by_option_then_variable_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, CONFIG)
    monkeypatch.chdir(tmp_path / "c")
    variable = {"RUNDBRIEF_CONFIG": str(tmp_path / "b" / "config.toml")}

    assert find_config(str(tmp_path / "a" / "config.toml"), variable) == tmp_path / "a" / "config.toml"
    assert find_config(None, variable) == tmp_path / "b" / "config.toml"
    assert find_config(None, {}) == tmp_path / "c" / "config.toml"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        Problem, match=r"There is no config\.toml\. Make a workspace with `rundbrief init DIR`"
    ):
        find_config(None, {})


def test_a_config_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(CONFIG.encode("latin-1"))

    with pytest.raises(BadConfig, match=r"config\.toml:14: The file is not UTF-8"):
        read_settings(tmp_path / "config.toml")


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file:x?mode=memory"]
)
def test_a_database_that_is_no_file_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(Problem, match=r"config\.toml:\d+: database\.url: This names no file"):
        settings(tmp_path, changed("[smtp]", f'[database]\nurl = "{url}"\n[smtp]'))

    monkeypatch.setenv("RUNDBRIEF_DATABASE_URL", url)
    with pytest.raises(BadConfig, match="RUNDBRIEF_DATABASE_URL: this names no file"):
        _ = settings(tmp_path).database_url


def test_only_the_folder_of_the_workspace_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings(tmp_path).database_url.endswith("/var/rundbrief.db")

    monkeypatch.setenv("RUNDBRIEF_DATABASE_URL", "sqlite:///daten/x.db")
    with pytest.raises(
        BadConfig, match=r"RUNDBRIEF_DATABASE_URL: The folder .*/daten of the database does not"
    ):
        _ = settings(tmp_path).database_url
    (tmp_path / "daten").mkdir()
    assert settings(tmp_path).database_url.endswith("/daten/x.db")

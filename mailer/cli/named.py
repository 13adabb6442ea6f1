"""What config.toml names and other rooms know: rules of the calendar, themes, regions."""

from pathlib import Path

from mailer.cli.calendars import check_calendar, line_of
from mailer.cli.checking import check_weights
from mailer.compose.themes import read_theme
from mailer.settings import Settings, read_settings
from mailer.settings.tables import NewsletterTable
from subscribers.errors import BadConfig, Problem


def read_checked(file: Path) -> Settings:
    """config.toml with all that it names. Raises BadConfig with every complaint and its line."""
    read = read_settings(file)
    check_weights(read)
    for key, table in read.config.newsletters.items():
        check_names(read, key, table)
    return read


def check_names(read: Settings, key: str, table: NewsletterTable) -> None:
    """Whether a newsletter names what there is.

    Raises:
        BadConfig, Problems: with the place.
    """
    overrides = read.templates if read.templates.is_dir() else None
    check_calendar(read, key, table)
    try:
        if table.theme:
            read_theme(table.theme, overrides)
    except Problem as problem:
        if problem.place and "templates" in problem.place:
            raise BadConfig(problem.message, place=problem.place, hint=problem.hint) from None
        message = f"newsletters.{key}.theme: {problem.message}"
        where = line_of(read, "newsletters", key, "theme")
        raise BadConfig(message, place=where, hint=problem.hint) from None

"""What config.toml names and other rooms know: rules of the calendar, themes, regions."""

from mailer.cli.calendars import check_calendar
from mailer.compose.themes import read_theme
from mailer.schedule.calendar import parse_rule
from mailer.settings import Settings
from mailer.settings.tables import NewsletterTable
from subscribers.errors import BadConfig, Problem


def check_names(read: Settings, key: str, table: NewsletterTable) -> None:
    """Whether a newsletter names what there is.

    Raises:
        BadConfig, Problems: with the place.
    """
    overrides = read.templates if read.templates.is_dir() else None
    for name, check in (("send", parse_rule), ("theme", lambda value: read_theme(value, overrides))):
        try:
            if value := getattr(table, name):
                check(value)
        except Problem as problem:
            place = problem.place if problem.place and "templates" in problem.place else None
            where = place or f"{read.file.name}: newsletters.{key}.{name}"
            raise BadConfig(problem.message, place=where, hint=problem.hint) from None
    check_calendar(read, key, table)

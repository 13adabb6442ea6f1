"""What the preflight knows beside an issue and its letters: plain values that the command line finds out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from mailer.checks.hunspell import is_there
from mailer.checks.people import People
from mailer.compose.letterhead import Imprint
from mailer.content.issue import Issue


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the last status (0: nothing), the last address, and why nothing came.

    `problem` is `host` where there is no such server, `robots` where robots.txt asks programs to stay away,
    else a few words.
    """

    status: int
    final: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who a newsletter's letters come from.

    Args:
        dkim_domain: of the newsletter's own signature; empty where the relay signs.
        public_url: where people leave the list.
        relay_here: the relay is on this machine, so that nothing leaves it.
    """

    address: str
    list_id: str
    public_url: str
    dkim_domain: str = ""
    relay_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The day, the newsletter, and how heavy config.toml wants the rules to be.

    Args:
        today: the day in the workspace's time zone.
        programme_check_days: a card checked longer ago is stale.
        image_base_url: pictures may be loaded from here alone.
        theme, overrides: the theme's name and the workspace's own templates, if any.
        imprint, sender: those of the newsletter; None where only the letter is to be looked at.
        answers: what servers said to the pages behind links; None where nobody asked.
        unclear: how many people of the newsletter's segment have no proven consent; None without an address
            book.
        previous: the issue before this one, if there is one.
        sends_on: the day on which the letter goes out; None before that is planned.
        spelling: whether to ask the spelling program; `words` are those that the house knows.
        people: those who would get the issue now; None without an address book.
        weights: `error`, `warning` or `off` by the id of a rule.
    """

    today: date
    programme_check_days: int = 120
    image_base_url: str = ""
    theme: str = ""
    overrides: Path | None = None
    imprint: Imprint | None = None
    sender: Sender | None = None
    unclear: int | None = None
    answers: Mapping[str, Answer] | None = None
    previous: Issue | None = None
    sends_on: date | None = None
    spelling: bool = False
    words: tuple[str, ...] = ()
    people: People | None = None
    weights: Mapping[str, str] = field(default_factory=dict)

    @property
    def there(self) -> frozenset[str]:
        """What rules may need, of what is there."""
        named = {
            "theme": self.theme,
            "newsletter": self.sender,
            "people": self.unclear is not None or self.people is not None,
            "spelling": self.spelling and is_there("de"),
            "online": self.answers is not None,
        }
        return frozenset(name for name, given in named.items() if given)

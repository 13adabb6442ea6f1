"""Which issue a date is for: the one whose months fit, and a sentence when there is not exactly one."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.schedule.newsroom import Found

MISSING, SEVERAL, MONTHLESS, UNREADABLE = "missing", "several", "monthless", "unreadable"
TROUBLES = (MISSING, SEVERAL, MONTHLESS, UNREADABLE)


@dataclass(frozen=True, slots=True)
class Choice:
    """An issue's key, or what is in the way (one of TROUBLES) and the issues that it concerns."""

    months: str
    issue: str = ""
    trouble: str = ""
    keys: tuple[str, ...] = ()
    problem: str = ""  # of an issue that cannot be read

    def sentence(self) -> str:
        """Why nothing is planned, in one sentence; empty when there is an issue."""
        named = ", ".join(self.keys)
        if self.trouble == SEVERAL:
            return f"{len(self.keys)} issues are for {self.months}: {named}; plan the right one by hand"
        if self.trouble == MONTHLESS:
            return f"there is no issue for {self.months}, and {named} has no month: give it one with `months`"
        if self.trouble == UNREADABLE:
            return f"issue {named} cannot be read: {self.problem}"
        return f"there is no issue for {self.months}" if self.trouble else ""


def key_of(months: Sequence[str]) -> str:
    """Months as one word for the database."""
    return "+".join(months)


def months_in(key: str) -> set[str]:
    """The months that `key_of` joined."""
    return set(key.split("+")) - {""}


def choose(issues: Sequence[Found], months: str) -> Choice:
    """The one issue for these months; an issue for one of two months is for both."""
    wanted = months_in(months)
    fitting = [each for each in issues if wanted & set(each.months)]
    keys = tuple(sorted(each.key for each in fitting))
    if len(fitting) > 1:
        return Choice(months, trouble=SEVERAL, keys=keys)
    if fitting and fitting[0].problem:
        return Choice(months, trouble=UNREADABLE, keys=keys, problem=fitting[0].problem)
    if fitting:
        return Choice(months, issue=keys[0])
    without = tuple(sorted(each.key for each in issues if not each.months))
    return Choice(months, trouble=MONTHLESS if without else MISSING, keys=without)

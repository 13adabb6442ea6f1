"""What can go wrong, in one tree; every message says what, where and the next step.

    Problem                 1  something failed
    ├── Problems            -  several at once; the exit code of the first
    ├── BadUsage            2  the call cannot be understood (a rule, an option)
    ├── BadConfig           3  config.toml or the environment
    ├── Refused             5  not approved, a check failed, nobody to send to
    └── TryLater           75  somebody else holds what is needed

The number is the exit code of the command (shared by both packages, so that scripts see one set).
The command line catches `Problem` only; anything else is a bug and keeps its traceback.
"""

from collections.abc import Iterable


class Problem(Exception):
    """One sentence for a person: `place: message Hint: next step`.

    Args:
        message: what is wrong, a whole sentence.
        place: where, as `file:line` or the name of the thing.
        hint: the next step, a whole sentence.
    """

    exit_code = 1

    def __init__(self, message: str, *, place: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.place, self.hint = message, place, hint

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        step = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{step}"


class Problems(Problem):
    """Several problems found in one pass, so that a person mends them all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
        self.exit_code = self.problems[0].exit_code

    def __str__(self) -> str:
        return self.message


class BadUsage(Problem):
    """The call itself cannot be understood."""

    exit_code = 2


class BadConfig(Problem):
    """config.toml or an environment variable is wrong."""

    exit_code = 3


class Refused(Problem):
    """The program could, but must not: not approved, a check failed, nobody to send to."""

    exit_code = 5


class TryLater(Problem):
    """Something is in use now and will be free again."""

    exit_code = 75

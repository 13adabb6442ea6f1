"""docs/checks.md lists every rule, and says of it what the registry says."""

import re

from mailer.checks.registry import RULES
from tests.checks.checks_page import PAGE, page


def test_the_page_is_as_the_registry_has_it() -> None:
    assert PAGE.read_text("utf-8") == page(), (
        "python -m tests.checks.checks_page > page; mv page docs/checks.md"
    )


def test_the_page_names_every_rule_and_no_other() -> None:
    named = re.findall(r"^\| `([a-z]+\.\w+)`", PAGE.read_text("utf-8"), re.MULTILINE)

    assert sorted(named) == sorted(RULES)


def test_the_commands_of_the_page_have_the_options_that_there_are() -> None:
    from mailer.cli.check import check

    known = {option for parameter in check.params for option in parameter.opts if option.startswith("--")}

    assert set(re.findall(r"issue check .*?(--[a-z]+)", PAGE.read_text("utf-8"))) <= known

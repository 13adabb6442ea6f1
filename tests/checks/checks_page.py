"""The page docs/checks.md as the registry would have it: run as a module, it prints the page."""

from mailer.checks.clients import CLIENTS, support
from mailer.checks.registry import RULES
from mailer.checks.rule import ERROR, Rule
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "checks.md"
BEGIN, END = "<!-- rules: begin -->\n", "<!-- rules: end -->\n"
FAMILIES = {
    "content": "Content: what people wrote",
    "card": "Cards",
    "voice": "Voices",
    "language": "Language",
    "link": "Links",
    "letter": "The compiled letter",
    "access": "Readers with aids",
    "client": "Mail programs",
    "picture": "Pictures",
    "legal": "Law",
    "fidelity": "Fidelity to the original",
    "people": "People",
    "theme": "Themes",
}
HEAD = "| rule | weight | what it looks at | auf Deutsch |\n|---|---|---|---|\n"
NEEDS = {
    "": "",
    "newsletter": "",
    "theme": "",
    "people": " Needs the address book.",
    "online": " Only with `--online`.",
    "spelling": " Only where hunspell and its dictionary are installed.",
}


def rules_part() -> str:
    """The tables of all rules, and of the mail programs."""
    parts = []
    for family in dict.fromkeys(rule.family for rule in RULES.values()):
        rows = [_row(rule) for rule in RULES.values() if rule.family == family]
        parts.append(f"### {FAMILIES[family]}\n\n{HEAD}{''.join(rows)}")
    clients = "".join(f"| {each.name} | {each.weight} |\n" for each in CLIENTS)
    parts.append(f"### Weights of mail programs\n\n| program | readers in 100 |\n|---|---|\n{clients}")
    features = ", ".join(each.title.replace("<", "`<").replace(">", ">`") for each in support().values())
    parts.append(f"### Features that are looked for\n\n{features}.\n")
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    weights = sorted({rule.weight(case) for case in rule.cases}, key=lambda each: each != ERROR)
    protects = " \\*" if rule.protects else ""
    what = f"{rule.title[1]}. {rule.why[1]}{NEEDS.get(rule.needs, f' Needs {rule.needs}.')}".replace(
        "|", "\\|"
    )
    return f"| `{rule.id}`{protects} | {' or '.join(weights)} | {what} | {rule.title[0]} |\n".replace(
        "<", "&lt;"
    )


def page() -> str:
    """The page with its tables as the registry has them now."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    return before + BEGIN + rules_part() + END + rest.split(END)[1]


if __name__ == "__main__":
    print(page(), end="")

"""The rules of docs/architecture.md, held against every import of every file."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

# room -> floor; the longest prefix of a module's name decides
FLOORS = {
    "subscribers.errors": 0,
    "subscribers.output": 0,
    "mailer.toml": 0.5,
    "mailer.shipped": 0,
    "mailer": 0,
    "subscribers": 1,
    "mailer.content": 1,
    "mailer.settings": 1.5,  # checks addresses with the address book's own rule
    "mailer.compose": 2,
    "mailer.checks": 3,
    "mailer.delivery": 4,
    "mailer.web": 5,
    "mailer.schedule": 5,
    "mailer.report": 5,
    "mailer.migrations": 5,
    "mailer.cli": 6,
    "mailer.__main__": 7,
}
HOMES = {
    "jinja2": {"mailer.compose"},
    "markupsafe": {"mailer.compose"},
    "mjml": {"mailer.compose.mjml"},
    "css_inline": {"mailer.compose.inline"},
    "markdown_it": {"mailer.compose", "mailer.content"},
    "mammoth": {"mailer.content.word"},
    "nh3": {"mailer.content.word"},
    "openpyxl": {"subscribers.excel", "subscribers.exporting"},
    "cryptography": {"mailer.delivery.dkim"},
    "uvloop": {"mailer.delivery.sender"},
    "apscheduler": {"mailer.schedule.ticker"},
    "holidays": {"mailer.schedule.holidays"},
    "alembic": {"mailer.migrations"},
    "pydantic": {"mailer.settings", "mailer.content.fields"},
    "pydantic_core": {"mailer.settings", "mailer.content.fields"},
    "sqlalchemy": {
        "subscribers",
        "mailer.delivery",
        "mailer.report",
        "mailer.schedule",
        "mailer.migrations",
        "mailer.settings",
        "mailer.cli",
    },
    "starlette": {"mailer.web", "mailer.cli.pages"},
    "uvicorn": {"mailer.web"},
    "watchfiles": {"mailer.web"},
    "email_validator": {"subscribers.address"},
    "idna": {"subscribers.address"},
    "rich": {"subscribers.output", "mailer.cli"},
    "click": {"subscribers", "mailer.cli", "mailer.__main__"},
}
LONGEST_FILE, LONGEST_FUNCTION = 330, 45


def modules() -> dict[str, Path]:
    found = {}
    for package in ("mailer", "subscribers"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def imports(name: str) -> tuple[str, ...]:
    """All that a module imports; of `from room import part` the part, if it is a module itself."""
    return tuple(_imports(name))


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else str(node.module)


def floor(name: str) -> float:
    return FLOORS[room(name)]


def room(name: str) -> str:
    while name not in FLOORS:
        name = name.rpartition(".")[0]
    return name


def test_a_room_imports_only_from_floors_below_it() -> None:
    wrong = [
        f"{name} -> {target}"
        for name in MODULES
        for target in imports(name)
        if target in MODULES and room(target) != room(name) and floor(target) >= floor(name)
    ]

    assert wrong == []


def test_subscribers_knows_nothing_of_mailer() -> None:
    assert [
        n for n in MODULES if n.startswith("subscribers") and any(t.startswith("mailer") for t in imports(n))
    ] == []


def test_only_the_command_line_reads_the_settings() -> None:
    readers = {name for name in MODULES if "mailer.settings" in imports(name)}

    assert {room(name) for name in readers} <= {"mailer.cli"}


def test_inside_a_room_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        name: {target for target in imports(name) if target in MODULES and target != name} for name in MODULES
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"circle: {' -> '.join([*path[path.index(name) :], name])}"
        if name not in done:
            for target in graph[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in MODULES:
        visit(name, ())


def test_outside_libraries_have_one_home() -> None:
    wrong = [
        f"{name} -> {target}"
        for name in MODULES
        for target in imports(name)
        if (homes := HOMES.get(target.split(".")[0]))
        and not any(f"{name}.".startswith(f"{home}.") for home in homes)
    ]

    assert wrong == []


def test_every_library_of_the_project_has_a_reason_in_the_architecture_page() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = [line.replace("~", ">").split(">")[0].split("[")[0] for line in project["dependencies"]]

    assert [name for name in named if name not in page] == []


def test_files_and_functions_stay_readable() -> None:
    long = []
    for name, path in MODULES.items():
        text = path.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > LONGEST_FILE:
            long.append(f"{name}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{name}.{node.name}: {length} lines")

    assert long == []


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        n for n, p in MODULES.items() if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))
    ]

    assert silent == []

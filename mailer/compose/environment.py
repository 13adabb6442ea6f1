"""The one Jinja environment: every value escaped, every unknown name an error, templates overridable.

`templates/` of a workspace overrides the shipped folder file by file. Templates are editable by the people
who write letters, hence the sandbox.
"""

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.ext import Extension
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from mailer import shipped
from mailer.compose import elements, text
from mailer.compose.names import MissingName, Unknown, describe, did_you_mean
from subscribers.errors import Problem
from subscribers.words import TEXT_FIELDS

_MOST_COMPILED = 512  # a studio that runs for weeks while templates are edited keeps no more
_PERSONAL = {*TEXT_FIELDS, *("person", "subscriber", "recipient", "reader", "name", "email", "since")}


class TemplateProblem(Problem):
    """A template cannot be found, read or filled."""


def page(name: str, **values: Any) -> str:
    """A web page from templates/web, shipped with the program.

    Raises:
        TemplateProblem: the template is missing or names a value that is not given.
    """
    return render(f"web/{name}", None, values)


def render(name: str, overrides: Path | None, values: dict[str, Any], *, marked: bool = False) -> str:
    """Fill a template, from `overrides` if it stands there, else from the shipped folder.

    With `marked` each tag carries its place in the template, for `mistakes.require_valid`.

    Raises:
        TemplateProblem: with the file and line in the template.
    """
    environment = _environment(overrides, marked)
    try:
        return environment.get_template(name).render(values)
    except Problem:
        raise
    except TemplateSyntaxError as error:
        message = _syntax(error.message or "bad syntax", environment)
        raise TemplateProblem(_sentence(message), place=f"templates/{error.name}:{error.lineno}") from None
    except TemplateNotFound as error:
        near = did_you_mean(str(error.name), environment.list_templates(), 0.75) or "."
        raise TemplateProblem(f"There is no template {error.name}{near}", place=_place(error, name)) from None
    except MissingName as error:
        message = describe(error, values)
        raise TemplateProblem(_sentence(message), place=_place(error, name), hint=_hint(error)) from None
    except Exception as error:
        # A template is a small program of its own: `{{ 1 / 0 }}` or `{{ title + 1 }}` is its author's slip.
        message = _syntax(str(error) or type(error).__name__, environment)
        raise TemplateProblem(_sentence(message), place=_place(error, name)) from None


def forget() -> None:
    """Read every template anew: Jinja sees neither a new file nor a change within one tick of the clock."""
    _environment.cache_clear()


class _Compiled(BytecodeCache):
    """What the text of a template was compiled to: to read all of them anew costs little."""

    def __init__(self) -> None:
        self._codes = dict[tuple[str, str], CodeType | None]()

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if len(self._codes) >= _MOST_COMPILED:
            self._codes.clear()
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED, _COMPILED_MARKED = _Compiled(), _Compiled()


class _Marks(Extension):
    """Writes its place into each tag of a template when the template is read."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return elements.mark(source, name or "")


class _Folders(FileSystemLoader):
    """The template folders; a stylesheet is filled once for the variants that give it the same values."""

    def load(
        self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        template = super().load(environment, name, globals)
        if name.endswith(".css"):
            named = _named(self.get_source(environment, name)[0])
            if named is not None:
                template.root_render_func = _once(template.root_render_func, named)
        return template


@lru_cache(maxsize=32)
def _named(sheet: str) -> tuple[str, ...] | None:
    """The values that a stylesheet asks for; None when another file may ask for more."""
    tree = _environment(None).parse(sheet)
    if any(tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))):
        return None
    return tuple(sorted(find_undeclared_variables(tree)))


def _once(
    fill: Callable[[Context], Iterator[str]], named: Sequence[str]
) -> Callable[[Context], Iterator[str]]:
    kept: tuple[list[Any], str] | None = None

    def filled(context: Context) -> Iterator[str]:
        nonlocal kept
        values = [context.resolve_or_missing(name) for name in named]
        if kept is None or kept[0] != values:
            kept = (values, "".join(fill(context)))
        yield kept[1]

    return filled


@lru_cache(maxsize=8)
def _environment(overrides: Path | None, marked: bool = False) -> SandboxedEnvironment:
    folders = [folder for folder in (overrides, shipped.templates()) if folder is not None]
    made = SandboxedEnvironment(
        loader=_Folders(folders),
        undefined=Unknown,
        # select_autoescape() knows html and xml only: .mjml would go out unescaped.
        autoescape=lambda name: not (name or "").endswith((".txt", ".css")),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=[_Marks] if marked else [],
        bytecode_cache=_COMPILED_MARKED if marked else _COMPILED,
    )
    made.filters |= {"wrap": text.wrap, "underline": text.underline}
    return made


def _place(error: BaseException, name: str) -> str:
    """The deepest template line of the traceback; Jinja rewrites its frames to name the template's file."""
    found, trace = f"templates/{name}", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.suffix in {".mjml", ".txt", ".html", ".css"}:
            parts = file.parts
            start = (
                len(parts) - 1 - parts[::-1].index("templates") if "templates" in parts else len(parts) - 1
            )
            found = f"{'/'.join(parts[start:])}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _syntax(message: str, environment: SandboxedEnvironment) -> str:
    """What Jinja says of a template that it cannot read, with the filter or test that was probably meant."""
    if found := re.match(r"No (filter|test) named '(\w+)'", message):
        known = environment.filters if found[1] == "filter" else environment.tests
        return f"there is no {found[1]} {found[2]}{did_you_mean(found[2], known)}"
    return message


def _hint(missed: MissingName) -> str:
    """Where the names stand, or what to do instead of asking for a person, whom no template knows."""
    name = str(missed.name).casefold()
    if name not in (_PERSONAL if missed.alone else TEXT_FIELDS):
        return "docs/templates.md lists what a template may name."
    return (
        "A letter is compiled once for many people and knows none of them: `greeting` greets them, "
        "`only_for` in highlights.toml gives a card to some of them, a segment decides who gets the issue."
    )


def _sentence(message: str) -> str:
    return f"The template cannot be filled: {message.rstrip('.')}{'' if message.endswith('?') else '.'}"

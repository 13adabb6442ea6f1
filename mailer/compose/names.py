"""Names that a template asks for in vain: what has no such name, and which one was probably meant."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from types import SimpleNamespace
from typing import Any

from jinja2 import StrictUndefined
from jinja2.environment import TemplateModule
from jinja2.exceptions import UndefinedError
from jinja2.utils import missing

_DEPTH = 4  # figure_rows: a row, a figure, its label


class MissingName(UndefinedError):
    """A template asks `owner` for a `name` that it does not have; without an owner it asks for a value."""

    def __init__(self, message: str, owner: Any, name: Any) -> None:
        super().__init__(message)
        self.owner, self.name = owner, name

    @property
    def alone(self) -> bool:
        """Nothing stands before the name: it should be a value of the letter."""
        return self.owner is missing


class Unknown(StrictUndefined):
    """What a template asks for in vain; using it in any way raises a MissingName."""

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: Any = None, exc: Any = UndefinedError
    ) -> None:
        if exc is UndefinedError and hint is None:  # a hint of Jinja is a sentence of its own

            def exc(message: str) -> MissingName:
                return MissingName(message, obj, name)

        super().__init__(hint, obj, name, exc)


def describe(missed: MissingName, values: Mapping[str, Any]) -> str:
    """The sentence for a name asked for in vain, in the words of docs/templates.md."""
    name = str(missed.name)
    if missed.alone:
        within = [f"{key}.{name}" for key, value in values.items() if name in _fields(value)]
        return f"there is no {name}{did_you_mean(name, values) or did_you_mean(name, within, 0)}"
    if missed.owner is None:
        return f"there is nothing to take {name} from; ask for it with {{% if %}} first"
    if isinstance(missed.owner, TemplateModule):
        known = [each for each in vars(missed.owner) if not each.startswith("_")]
        return f"{missed.owner.__name__} has no {name}{did_you_mean(name, known)}"
    paths = [path for path, value in _walk(values) if value is missed.owner]
    owner = min(paths, key=len, default=_kind(missed.owner))
    return f"{owner} has no {name}{did_you_mean(name, _fields(missed.owner))}"


def did_you_mean(name: str, known: Iterable[str], nearness: float = 0.6) -> str:
    """The end of a sentence with the known name that is nearest; empty where none is near."""
    close = get_close_matches(name, known, n=1, cutoff=nearness)
    return f"; did you mean {close[0]}?" if close else ""


def _walk(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Everything that a template may name, with how the page calls it, the outermost first."""
    level = list(values.items())
    for _ in range(_DEPTH):
        below: list[tuple[str, Any]] = []
        for path, value in level:
            yield path, value
            if isinstance(value, list | tuple):
                entry = path if path.startswith("an entry of ") else f"an entry of {path}"
                below += ((entry, each) for each in value)
            else:
                names = _fields(value)
                below += ((_below(path, name), _value(value, name)) for name in names)
        level = below


def _below(path: str, name: str) -> str:
    return f"the {name} of {path}" if " " in path else f"{path}.{name}"


def _value(owner: Any, name: str) -> Any:
    return owner.get(name) if isinstance(owner, Mapping) else getattr(owner, name, None)


def _fields(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [str(each) for each in value]
    if isinstance(value, SimpleNamespace):
        return list(vars(value))
    return [each.name for each in fields(value)] if is_dataclass(value) else []


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list | tuple) else "a value"

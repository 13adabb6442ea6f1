"""Reads TOML that people wrote: all complaints at once, each with file and line and the next step."""

import re
import tomllib
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from subscribers.errors import Problem, Problems

Model = TypeVar("Model", bound=BaseModel)
MakeProblem = Callable[..., Problem]

_TABLE = re.compile(r"\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"((?:\"[^\"]*\"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+))*)\s*=")


def read(path: Path, model: type[Model], *, place: str, error: MakeProblem = Problem) -> Model:
    """The file as a checked, frozen value.

    Raises:
        Problem: the file cannot be read or is no TOML.
        Problems: what is wrong in it, one problem for each key, made by `error`.
    """
    text = read_text(path, place=place, error=error)
    return check(parse(text, place=place, error=error), text, model, place=place, error=error)


def read_text(path: Path, *, place: str, error: MakeProblem = Problem) -> str:
    """The text of a UTF-8 file.

    Raises:
        Problem: the file cannot be read, or is in another encoding.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as failure:
        raise error(f"The file cannot be read: {failure.strerror}.", place=place) from None
    except UnicodeDecodeError as failure:
        line = path.read_bytes()[: failure.start].count(b"\n") + 1
        raise error("The file is not UTF-8.", place=f"{place}:{line}", hint="Save it as UTF-8.") from None


def parse(text: str, *, place: str, first_line: int = 1, error: MakeProblem = Problem) -> dict[str, Any]:
    """The tables of a TOML text that begins at line `first_line` of its file.

    Raises:
        Problem: the text is no TOML; the place names the line.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as failure:  # also a number of 5,000 digits, and a thousand brackets
        found = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", str(failure))
        line = int(found[2]) if found else text.count("\n") + 1
        what = found[1] if found else re.sub(r" \(at end of document\)$", "", str(failure))
        raise error(f"This is not TOML: {what}.", place=f"{place}:{line + first_line - 1}") from None


def check(
    data: dict[str, Any],
    text: str,
    model: type[Model],
    *,
    place: str,
    first_line: int = 1,
    error: MakeProblem = Problem,
) -> Model:
    """The tables as a value of `model`; `text` is where the lines are looked up.

    Raises:
        Problems: every complaint, in the order of the lines.
    """
    try:
        return model.model_validate(data)
    except ValidationError as failure:
        found = [(line_of(text, each["loc"]), each) for each in failure.errors()]
        found.sort(key=lambda one: one[0])
        raise Problems(
            error(_sentence(each, model), place=f"{place}:{line + first_line - 1}") for line, each in found
        ) from None


def line_of(text: str, where: Sequence[str | int]) -> int:
    """The line of the key `where`, such as ("newsletters", "rundbrief", "imprint").

    A key that is not there gets the line of the table around it; 1 if there is none.
    """
    want = [str(part) for part in where]
    found, length, here = 1, 0, list[str]()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if table := _TABLE.match(stripped):
            here = _parts(table[1])
            if stripped.startswith("[["):
                counts[table[1]] = counts.get(table[1], -1) + 1
                here.append(str(counts[table[1]]))
            named = here
        elif key := _KEY.match(stripped):
            named = here + _parts(key[1])
        else:
            continue
        if named == want[: len(named)] and len(named) > length:
            found, length = number, len(named)
    return found


def _parts(key: str) -> list[str]:
    return [
        part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", key) if part.strip()
    ]


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    name = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            known = _keys(model, error["loc"][:-1])
            close = get_close_matches(str(error["loc"][-1]), known, 1)
            return f"{name}: this key is unknown; " + (
                f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted(known))}."
            )
        case "missing":
            return f"{name}: this key is missing."
        case "value_error":
            message = str(error["ctx"]["error"])
            return (f"{name}: " if name else "") + message[0].upper() + message[1:].rstrip(".") + "."
        case _:
            message = error["msg"][0].lower() + error["msg"][1:]
            return f"{name}: {message}, not {error['input']!r}."


def _keys(model: type[BaseModel], where: Sequence[str | int]) -> list[str]:
    """The keys that a nested table may have; found by walking the annotations."""
    current = model
    for part in where:
        field = current.model_fields.get(str(part))  # an index or the key of a mapping stays at its model
        inner = _models(field.annotation) if field else []
        current = inner[0] if inner else current
    return list(current.model_fields)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _models(part)]

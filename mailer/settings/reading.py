"""Reads config.toml into its tables: all complaints at once, each with its line and the next step."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailer.toml import Document
from subscribers.errors import BadConfig, Problems

Model = TypeVar("Model", bound=BaseModel)


def check(document: Document, model: type[Model]) -> Model:
    """The tables as a value of `model`.

    Raises:
        Problems: every complaint, in the order of the lines.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as failure:
        found = [(document.line(each["loc"]), each) for each in failure.errors()]
        found.sort(key=lambda one: one[0])
        raise Problems(
            BadConfig(_sentence(each, model), place=document.place(each["loc"])) for _, each in found
        ) from None


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

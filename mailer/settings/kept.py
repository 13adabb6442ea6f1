"""A checked config.toml as plain values, to be written down and read again without what checks it."""

from collections.abc import Collection, Mapping
from typing import Any


class Kept:
    """A table that was checked before: its keys are attributes, as those of the table that was checked."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, _value: object) -> None:
        raise AttributeError(f"{name} is frozen")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Kept({self.__dict__!r})"

    def model_dump(self, *, mode: str = "python", exclude: Collection[str] = ()) -> dict[str, Any]:
        """All keys with their values, as pydantic gives them; tables in it become dictionaries."""
        return {name: _dumped(value, mode) for name, value in self.__dict__.items() if name not in exclude}


def plain(value: Any) -> Any:
    """A table, or what stands in one, as values that JSON has; what they were is noted beside them."""
    fields = value.__dict__ if isinstance(value, Kept) or hasattr(value, "model_dump") else None
    if fields is not None:
        return {"table": {name: plain(each) for name, each in fields.items()}}
    if isinstance(value, dict):
        return {"dict": {name: plain(each) for name, each in value.items()}}
    if isinstance(value, tuple):
        return {"tuple": [plain(each) for each in value]}
    return [plain(each) for each in value] if isinstance(value, list) else value


def revived(found: Any) -> Any:
    """What `plain` wrote down."""
    if isinstance(found, list):
        return [revived(each) for each in found]
    if not isinstance(found, dict):
        return found
    ((kind, inside),) = found.items()
    if kind == "tuple":
        return tuple(revived(each) for each in inside)
    values = {name: revived(each) for name, each in inside.items()}
    return Kept(values) if kind == "table" else values


def _dumped(value: Any, mode: str) -> Any:
    if isinstance(value, Kept):
        return value.model_dump(mode=mode)
    if isinstance(value, dict):
        return {name: _dumped(each, mode) for name, each in value.items()}
    if isinstance(value, list | tuple):
        inside = [_dumped(each, mode) for each in value]
        return tuple(inside) if isinstance(value, tuple) and mode == "python" else inside
    return value

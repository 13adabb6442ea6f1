"""A finding: which rule, how heavy, where, what, and how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check saw. `severity` is `error` (blocks the approval) or `warning`."""

    rule: str
    severity: str
    place: str
    message: str
    remedy: str

    def as_json(self) -> dict[str, str]:
        """The keys that scripts may rely on."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

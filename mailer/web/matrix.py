"""The whole matrix of an issue as pages that need nothing else: every variant, every view, in German."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailer.checks.finding import Finding
from mailer.checks.letter import CLIPPED
from mailer.compose.environment import page
from mailer.web import studio_wording as wording
from mailer.web.desk import Rendered
from mailer.web.framing import closed, links_outside
from mailer.web.view_wording import views
from mailer.web.views import NO_IMAGES, OUTLOOK, PLAIN, STANDARD, as_seen

INDEX, BELOW, SHEET_PAGE = "index.html", "ansichten", "kontaktbogen.html"
WIDTHS = (375, 640, 800)
_LANGUAGE = "de"
_LOOKS = (
    (STANDARD, "light"),
    (STANDARD, "dark"),
    (PLAIN, "light"),
    (OUTLOOK, "light"),
    (OUTLOOK, "dark"),
    (NO_IMAGES, "light"),
)
_CELL, _ROW, _EDGE, _TOP = 214, 464, 48, 150  # of the contact sheet, see matrix.css


@dataclass(frozen=True, slots=True)
class Look:
    """A view in a scheme: `says` is its honest label."""

    view: str
    scheme: str
    name: str
    says: str

    @property
    def key(self) -> str:
        """As it stands in the names of files."""
        return f"{self.view}-{'dunkel' if self.scheme == 'dark' else 'hell'}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A variant as one row of `mailer.web.variants.table`, and its letter."""

    row: Mapping[str, Any]
    letter: Rendered

    @property
    def key(self) -> str:
        """The key of the variant."""
        return str(self.row["key"])


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything that the pages say.

    Args:
        organisation, label: whose issue, and which.
        sender: as the inbox shows it.
        reader: the invented person whose greeting the letters carry.
        passed: how many rules found nothing.
        at: local time.
    """

    organisation: str
    label: str
    sender: str
    reader: str
    variants: Sequence[Shown]
    findings: Sequence[Finding]
    passed: int
    at: datetime

    @property
    def looks(self) -> tuple[Look, ...]:
        """All views, in their order."""
        said = {each["id"]: each for each in views(_LANGUAGE)}
        return tuple(
            Look(view, scheme, said[view]["name"] + (", dunkel" if dark else ""), said[view][says])
            for view, scheme in _LOOKS
            for dark in (scheme == "dark",)
            for says in ("says_dark" if dark else "says",)
        )

    @property
    def sheet_size(self) -> tuple[int, int]:
        """How large the contact sheet is, in pixels."""
        return 2 * _EDGE + _CELL * len(_LOOKS), _TOP + _EDGE + _ROW * len(self.variants)


def matrix_files(matrix: Matrix, *, sheet: str = "") -> Iterator[tuple[str, str]]:
    """Each file with its name, relative to the folder.

    Args:
        sheet: the file of the contact sheet; empty where no browser could draw one.
    """
    common = {"matrix": matrix, "looks": matrix.looks, "below": BELOW}
    errors = sum(each.severity == "error" for each in matrix.findings)
    counted = [each.row["recipients"] for each in matrix.variants if each.row["recipients"] is not None]
    yield (
        INDEX,
        page(
            "matrix.html",
            **common,
            findings=[(each, each.said(_LANGUAGE)) for each in matrix.findings],
            pills=_pills(errors, len(matrix.findings) - errors, matrix.passed),
            recipients=wording.number(sum(counted), _LANGUAGE) if counted else "",
            number=lambda count: "–" if count is None else wording.number(count, _LANGUAGE),
            limit=wording.kilobytes(CLIPPED, _LANGUAGE),
            made=f"{wording.day(matrix.at, _LANGUAGE)}, {matrix.at.hour}:{matrix.at:%M} Uhr",
            sheet=sheet,
            sheet_page=SHEET_PAGE,
        ),
    )
    yield f"{BELOW}/{SHEET_PAGE}", page("matrix_sheet.html", **common, width=matrix.sheet_size[0])
    for variant in matrix.variants:
        yield from _of_variant(variant, common)


def _of_variant(variant: Shown, common: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    text = page("matrix_view.html", **common, variant=variant, look=None, widths=WIDTHS)
    yield f"{BELOW}/{variant.key}-text.html", text
    for look in common["looks"]:
        shown = closed(links_outside(as_seen(variant.letter.html, look.view, look.scheme)))
        yield f"{BELOW}/{variant.key}-{look.key}-brief.html", shown
        framed = page("matrix_view.html", **common, variant=variant, look=look, widths=WIDTHS)
        yield f"{BELOW}/{variant.key}-{look.key}.html", framed


def _pills(errors: int, warnings: int, passed: int) -> list[tuple[str, str]]:
    return [
        ("stop" if errors else "", f"{errors} {'Hindernis' if errors == 1 else 'Hindernisse'}"),
        ("warn" if warnings else "", f"{warnings} {'Hinweis' if warnings == 1 else 'Hinweise'}"),
        ("good", f"{passed} in Ordnung"),
    ]

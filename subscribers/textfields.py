"""The text fields of a row, clean and with their folded twins; a column's texts are worked out once."""

from collections.abc import Sequence
from functools import lru_cache

from subscribers.address import fold
from subscribers.fullname import split_name
from subscribers.headers import Columns
from subscribers.postcode import is_postcode, mend_postcode, split_place
from subscribers.textcells import clean_text, form_of_address
from subscribers.words import TEXT_FIELDS

Learned = tuple[str, str, tuple[str, ...]]  # a text, its twin, and what is to be said about it

_MANY = len(TEXT_FIELDS)
_EMPTY = ("",) * (2 * _MANY)
_PLACES = {name: place for place, name in enumerate(TEXT_FIELDS)}
_ANREDE, _TITEL, _PLZ, _ORT, _KREIS = (_PLACES[name] for name in ("anrede", "titel", "plz", "ort", "kreis"))
_KEPT, _LONGEST_KEPT = 5_000, 200  # texts of one column that are remembered: lists repeat themselves

_fold = lru_cache(maxsize=20_000)(fold)


class TextFields:
    """Reads the text fields of the rows of one list."""

    def __init__(self, columns: Columns) -> None:
        at = columns.fields
        self._is_own = "own_state" in at  # our own export, which says what it means
        self._columns: list[tuple[int, int, dict[str, Learned]]] = [
            (place, at[name], {})
            for name, place in _PLACES.items()
            if name in at and name not in columns.joined
        ]
        self._joined: list[tuple[int, tuple[int, ...], dict[str, Learned]]] = [
            (_PLACES[name], parts, {}) for name, parts in columns.joined.items() if name in _PLACES
        ]
        self._name_parts = columns.joined.get("name", ())
        self._place = at.get("plz_ort")
        self._private = [
            (_PLACES[name], at[f"private_{name}"]) for name in ("plz", "ort") if f"private_{name}" in at
        ]
        self._name = at.get("name")
        self._countries = [at[name] for name in ("country", "private_country") if name in at]
        self._forms: dict[tuple[str, str], tuple[str, str, list[str]]] = {}

    def read(self, cells: Sequence[str], remarks: list[str]) -> tuple[str, ...]:
        """The texts in the order of TEXT_FIELDS, then their twins.

        Raises:
            BadUsage: a text is longer than 500 characters.
        """
        found = [*_EMPTY]
        for place, at, kept in self._columns:
            if raw := cells[at]:
                text, twin, said = kept.get(raw) or self._learn(place, raw, kept)
                found[place], found[place + _MANY] = text, twin
                if said:
                    remarks.extend(said)
        for place, parts, kept in self._joined:
            if raw := _together(cells, parts):
                text, twin, said = kept.get(raw) or self._learn(place, raw, kept)
                found[place], found[place + _MANY] = text, twin
                remarks.extend(said)
        if not self._is_own:
            self._mend(found, cells, remarks)
        return tuple(found)

    def _learn(self, place: int, raw: str, kept: dict[str, Learned]) -> Learned:
        text, said = clean_text(TEXT_FIELDS[place], raw, own=self._is_own)
        learned = text, _fold(text), said
        if len(raw) <= _LONGEST_KEPT:
            if len(kept) >= _KEPT:
                kept.clear()
            kept[raw] = learned
        return learned

    def _mend(self, found: list[str], cells: Sequence[str], remarks: list[str]) -> None:
        if self._name is not None:
            parts = self._name_parts or (self._name,)
            self._whole_name(_together(cells, parts), found, remarks)
        if found[_ANREDE]:
            anrede, titel, said = self._form(found[_ANREDE], found[_TITEL])
            remarks.extend(said)
            _put(found, _ANREDE, anrede)
            if titel:
                _put(found, _TITEL, titel)
        if self._place is not None or self._private:
            self._put_place(found, cells, remarks)
        plz = found[_PLZ]
        if " " in plz and is_postcode((divided := split_place(plz))[0]) and divided[1]:
            plz = divided[0]
            _put(found, _PLZ, plz)
            _put(found, _ORT, found[_ORT] or divided[1])
        if plz and not (len(plz) == 5 and plz.strip("0").isdigit()):
            land = next((cells[at] for at in self._countries if cells[at].strip()), "")
            mended, remark = mend_postcode(plz, found[_ORT], found[_KREIS], land)
            remark = remark or ("" if mended else f"plz {plz[:40]!r} is none and was left out.")
            _put(found, _PLZ, mended)
            if remark:
                remarks.append(remark)

    def _put_place(self, found: list[str], cells: Sequence[str], remarks: list[str]) -> None:
        """The place of a column that holds both, or else the private one, where no other column says it."""
        if self._place is not None and not found[_ORT] and not found[_PLZ]:
            text, said = clean_text("ort", cells[self._place])
            remarks.extend(said)
            for place, part in zip((_PLZ, _ORT), split_place(text), strict=True):
                _put(found, place, part)
        if not found[_ORT] and not found[_PLZ]:
            for place, at in self._private:
                text, said = clean_text(TEXT_FIELDS[place], cells[at])
                remarks.extend(said)
                _put(found, place, text)

    def _form(self, anrede: str, titel: str) -> tuple[str, str, list[str]]:
        if (form := self._forms.get((anrede, titel))) is None:
            said: list[str] = []
            form = (*form_of_address(anrede, titel, said), said)
            if len(self._forms) >= _KEPT:
                self._forms.clear()
            self._forms[anrede, titel] = form
        return form

    def _whole_name(self, cell: str, found: list[str], remarks: list[str]) -> None:
        """The parts of a name in one cell, where no column of its own says them."""
        text = clean_text("nachname", cell)[0] if cell else ""
        if not text or found[_PLACES["vorname"]] or found[_PLACES["nachname"]]:
            return
        name = split_name(text)
        anrede, titel, _ = self._form(name.form, "")
        parts = {"anrede": anrede, "titel": titel, "vorname": name.vorname}
        parts |= {"nachname": name.nachname, "firma": name.firma}
        for field, part in parts.items():
            if part and not found[_PLACES[field]]:
                _put(found, _PLACES[field], part)
        if name.doubt:
            remarks.append(f"The name {text[:60]!r} {name.doubt}.")


def _together(cells: Sequence[str], parts: Sequence[int]) -> str:
    """The cells of several columns as one text."""
    return " ".join(text for at in parts if (text := cells[at].strip()))


def _put(found: list[str], place: int, text: str) -> None:
    if found[place] != text:
        found[place], found[place + _MANY] = text, _fold(text)

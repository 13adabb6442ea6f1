"""Growth as a picture: bars of plain text for a terminal, and an SVG that needs no eyes and no daylight."""

from collections.abc import Iterator, Sequence
from html import escape

from subscribers.stats import Month

_TALL, _WIDE, _LEFT, _TOP = 150, 44, 56, 76
_STYLE = (
    "text{font:13px/1 Arial,Helvetica,sans-serif;fill:#1b2733}.soft{fill:#52606d}.title{font-weight:700;"
    "font-size:17px}.in{fill:#12436d}.out{fill:#a8381f}.paper{fill:#fff}line{stroke:#8a94a0}"
    "@media(prefers-color-scheme:dark){text{fill:#eceff2}.soft{fill:#b3bec8}.in{fill:#9cc7ec}"
    ".out{fill:#ff9a7f}.paper{fill:#1b2229}}"
)


def bars(months: Sequence[Month], width: int = 80) -> Iterator[str]:
    """A line for each month: who came (#), who went (-), how many are on it; at most `width` columns."""
    numbers = [(f"+{one.joined}", f"-{_went(one)}", str(one.active)) for one in months]
    came, went, active = (max((len(row[at]) for row in numbers), default=1) for at in range(3))
    active = max(active, len("active"))
    room = max(width - len("2026-11") - came - went - active - 5, 2)
    most = max((one.joined + _went(one) for one in months), default=0)
    yield f"{'month':<7} {'in':>{came}} {'out':>{went}} {'active':>{active}}"
    for one, (plus, minus, now) in zip(months, numbers, strict=True):
        bar = "#" * _length(one.joined, most, room) + "-" * _length(_went(one), most, room)
        yield f"{one.month} {plus:>{came}} {minus:>{went}} {now:>{active}}  {bar}".rstrip()


def svg(months: Sequence[Month], name: str) -> str:
    """The same as a picture: bars up for who came, down for who went; every number stands as text, too."""
    most = max((max(one.joined, _went(one)) for one in months), default=0) or 1
    width, middle = _LEFT + _WIDE * max(len(months), 6) + 24, _TOP + 18 + _TALL
    tall = middle + _TALL + 72
    size = f'viewBox="0 0 {width} {tall}" width="{width}" height="{tall}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(name)}: growth by the month</title>',
        f'<desc id="desc">{escape(_in_words(months))}</desc>',
        f"<style>{_STYLE}</style>",
        '<rect class="paper" width="100%" height="100%"/>',
        f'<text class="title" x="20" y="34">{escape(name)}: growth by the month</text>',
        '<rect class="in" x="20" y="48" width="11" height="11"/><text x="37" y="58">came</text>',
        '<rect class="out" x="88" y="48" width="11" height="11"/><text x="105" y="58">went</text>',
        '<text class="soft" x="156" y="58">below: how many are on it</text>',
        f'<line x1="{_LEFT}" x2="{width - 16}" y1="{middle}" y2="{middle}"/>',
    ]
    if not any(one.joined or _went(one) or one.active for one in months):
        nobody = escape(_nobody(months)) + "."
        parts.append(
            f'<text class="soft" x="{width // 2}" y="{middle - 24}" text-anchor="middle">{nobody}</text>'
        )
        return "\n".join([*parts, "</svg>", ""])
    for number, one in enumerate(months):
        parts += _column(one, _LEFT + number * _WIDE, middle, most)
    return "\n".join([*parts, "</svg>", ""])


def _column(one: Month, x: int, middle: int, most: int) -> Iterator[str]:
    up, down = _length(one.joined, most, _TALL), _length(_went(one), most, _TALL)
    at = x + _WIDE // 2
    if up:
        yield f'<rect class="in" x="{x + 8}" y="{middle - up}" width="{_WIDE - 16}" height="{up}"/>'
    if down:
        yield f'<rect class="out" x="{x + 8}" y="{middle}" width="{_WIDE - 16}" height="{down}"/>'
    yield f'<text x="{at}" y="{middle - up - 6}" text-anchor="middle">{one.joined}</text>'
    yield f'<text x="{at}" y="{middle + down + 16}" text-anchor="middle">{_went(one)}</text>'
    year, _, month = one.month.partition("-")
    foot = middle + _TALL + 38
    yield f'<text class="soft" x="{at}" y="{foot}" text-anchor="middle">{month}/{year[2:]}</text>'
    yield f'<text x="{at}" y="{foot + 20}" text-anchor="middle">{one.active}</text>'


def _nobody(months: Sequence[Month]) -> str:
    """What is to be said of months in which nobody was there; to draw zeros says nothing."""
    if not months:
        return "There is no month to draw."
    first, last = months[0].month, months[-1].month
    span = first if first == last else f"{first} to {last}"
    return f"Nobody came, went or was on it in {span}"


def _in_words(months: Sequence[Month]) -> str:
    said = [_nobody(months)] if not any(one.joined or _went(one) or one.active for one in months) else []
    said += [f"{one.month}: {one.joined} came, {_went(one)} went, {one.active} active" for one in months]
    return "; ".join(said) + "."


def _went(one: Month) -> int:
    return one.left + one.stopped


def _length(count: int, most: int, room: int) -> int:
    """What is not nothing can be seen."""
    return max(1, count * room // most) if count else 0

"""A Word file as lines: its text with the styles as evidence, then all that stands beside the text."""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mailer.content.decoding import Source, clean_lines
from mailer.content.margins import Aside, read_margins, read_part
from mailer.content.numbering import Counted, read_numbers
from mailer.content.package import SAVE_AS, main_part, open_package
from mailer.content.styles import BESIDE, Style
from subscribers.errors import Problem

# Word and LibreOffice name their styles in the language of the office.
_STYLES = {
    "h1.title:fresh": ("Title", "Titel"),
    "h2.subtitle:fresh": ("Subtitle", "Untertitel"),
    "h1:fresh": ("Heading 1", "Überschrift 1", "heading 1", "Heading"),
    "h2:fresh": ("Heading 2", "Überschrift 2"),
    "h3:fresh": ("Heading 3", "Überschrift 3"),
    "h4:fresh": ("Heading 4", "Überschrift 4"),
    "blockquote:fresh": (
        *("Quote", "Intense Quote", "Quotations", "Block Text", "Block Quote"),
        *("Zitat", "Intensives Zitat", "Blocktext", "Pull Quote"),
    ),
    "p.salutation:fresh": ("Salutation", "Anrede"),
    "p.closing:fresh": ("Closing", "Grußformel", "Gruß"),
    "p.signature:fresh": ("Signature", "Unterschrift"),
    "ul > li:fresh": ("List Bullet", "Aufzählungszeichen"),
    "ol > li:fresh": ("List Number", "Listennummer"),
}
_MAP = "\n".join(
    [
        *(f"p[style-name='{name}'] => {tag}" for tag, names in _STYLES.items() for name in names),
        "r[style-name='Fett'] => strong",
        "r[style-name='Hervorhebung'] => em",
        "r[style-name='Emphasis'] => em",
    ]
)
_WORD = re.compile(r"\w+")
_HEADINGS = ("title", "subtitle", "heading")
_COUNTED = ("", "bold", "item", *_HEADINGS)


def read_word(data: bytes, name: str) -> Source:
    """The lines of a .docx or .docm: one per paragraph, then what stands beside the text.

    Insertions of tracked changes count, deletions do not; both are said in the remarks.

    Raises:
        Problem: not a Word file, damaged, encrypted, a zip bomb, or without text.
    """
    parts = open_package(data, name)
    document = parts[main_part(parts)]
    inner = read_part(document)
    body = _numbered(_body(data, name, inner), _numbers(parts))
    body = _completed(body, inner)
    lines = [*body, *_struck(body), *_beside(parts, inner)]
    lines += _unread(lines, inner)
    if not any(text.strip() and style.kind not in BESIDE for text, style in lines):
        raise Problem("The Word file has no running text.", place=name, hint=SAVE_AS)
    remarks = list(_remarks(document, lines))
    texts = clean_lines([" ".join(text.split("\n")) for text, _ in lines], name, remarks)
    markups = clean_lines([style.markup for _, style in lines], name, [])
    styles = {
        number: replace(style, markup=markup if markup != text else "")
        for number, ((_, style), text, markup) in enumerate(zip(lines, texts, markups, strict=True), 1)
        if text and style != Style()
    }
    digest = hashlib.sha256(data).hexdigest()
    suffix = ".docm" if name.lower().endswith(".docm") else ".docx"
    return Source(name, data, digest, "docx", texts, tuple(remarks), styles, suffix)


def _body(data: bytes, name: str, inner: Sequence[Aside]) -> list[tuple[str, Style]]:
    """The running text through mammoth and, since mammoth does not sanitise, through nh3."""
    import mammoth
    import nh3

    from mailer.content.html import ATTRIBUTES, TAGS, read_html

    try:
        html = mammoth.convert_to_html(
            io.BytesIO(_struck_once(data)),
            style_map=_MAP,
            include_embedded_style_map=False,
            ignore_empty_paragraphs=False,
            convert_image=lambda _image: [],
            external_file_access=False,
        ).value
    except (Exception, RecursionError) as error:
        raise Problem(
            f"The Word file is damaged and cannot be read ({type(error).__name__}).", place=name, hint=SAVE_AS
        ) from error
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    boxes = {aside.text for aside in inner if aside.kind == "text box"}
    lines = [
        (text, Style("text box", "", style.links)) if " ".join(text.split()) in boxes else (text, style)
        for text, style in read_html(clean)
    ]
    return _each_box_once(lines)


def _struck_once(data: bytes) -> bytes:
    """The file with words that were struck out twice as struck out, since mammoth knows only the latter."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {each: archive.read(each) for each in archive.infolist() if each.filename.endswith(".xml")}
        if not any(b"dstrike" in part for part in parts.values()):
            return data
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as copy:
            for each in archive.infolist():
                content = parts[each] if each in parts else archive.read(each)
                copy.writestr(each.filename, content.replace(b":dstrike", b":strike"))
    return written.getvalue()


def _completed(lines: Sequence[tuple[str, Style]], inner: Sequence[Aside]) -> list[tuple[str, Style]]:
    """The lines, each whole: what mammoth dropped from the midst of a paragraph comes back to its place."""
    whole = list(lines)
    for aside in inner:
        wanted = _WORD.findall(aside.text)
        if aside.kind != "body" or any("".join(_WORD.findall(text)) == "".join(wanted) for text, _ in whole):
            continue
        for index, (text, style) in enumerate(whole):
            here = _WORD.findall(text)
            rest = iter(wanted)
            if 2 * len(here) >= len(wanted) and len(here) > 2 and all(word in rest for word in here):
                whole[index] = (aside.text, replace(style, markup=""))
                break
    return whole


def _struck(body: Sequence[tuple[str, Style]]) -> Iterator[tuple[str, Style]]:
    """The words that were struck out, each with the line from which they are left out."""
    for number, (_, style) in enumerate(body, 1):
        if style.struck:
            yield style.struck, Style("struck", place=number)


def _numbers(parts: Mapping[str, bytes]) -> Sequence[Counted]:
    main = main_part(parts)
    folder = main.rpartition("/")[0]
    others = (parts.get(f"{folder}/{part}.xml".lstrip("/"), b"") for part in ("numbering", "styles"))
    return read_numbers(parts[main], *others)


def _numbered(lines: Sequence[tuple[str, Style]], counted: Sequence[Counted]) -> list[tuple[str, Style]]:
    """The lines with the numbers that Word shows before them; a numbered heading gets it as a word."""
    waiting, numbered = [("".join(_WORD.findall(each.words)), each) for each in counted], []
    for text, style in lines:
        words = "".join(_WORD.findall(text))
        at = next((index for index, (each, _) in enumerate(waiting) if each == words), None)
        if at is not None and style.kind in _COUNTED and words:
            one = waiting[at][1]
            del waiting[: at + 1]
            if style.kind in _HEADINGS:
                text = f"{one.label} {text}"
            else:
                style = replace(style, kind="item", label=one.label, level=one.level)
        numbered.append((text, style))
    return numbered


def _each_box_once(lines: Sequence[tuple[str, Style]]) -> list[tuple[str, Style]]:
    """A text box is in the file twice, once for old programs."""
    seen, kept = set[str](), []
    for text, style in lines:
        if style.kind != "text box" or text not in seen:
            kept.append((text, style))
        if style.kind == "text box":
            seen.add(text)
    return kept


def _beside(parts: Mapping[str, bytes], inner: Sequence[Aside]) -> Iterator[tuple[str, Style]]:
    deleted = [aside for aside in inner if aside.kind == "deleted"]
    for aside in (*deleted, *read_margins(parts)):
        yield aside.text, Style(aside.kind)


def _unread(lines: Sequence[tuple[str, Style]], inner: Sequence[Aside]) -> list[tuple[str, Style]]:
    """Paragraphs whose words came out nowhere, for example from boxes that mammoth does not know."""
    known = Counter(word for text, _ in lines for word in _WORD.findall(text))
    lost = []
    for aside in inner:
        words = Counter(_WORD.findall(aside.text))
        kind = "text box" if aside.kind == "text box" else "unread"
        if aside.kind not in ("deleted", "struck") and words - known:
            lost.append((aside.text, Style(kind)))
            known += words
    return lost


def _remarks(document: bytes, lines: Sequence[tuple[str, Style]]) -> Iterator[str]:
    kinds = Counter(style.kind for _, style in lines)
    if inserted := len(re.findall(rb"<w:(?:ins|moveTo)[ >]", document)):
        yield f"Tracked insertions count as text: {inserted}."
    if kinds["deleted"]:
        yield f"Tracked deletions do not count and are listed as left out: {kinds['deleted']}."
    if kinds["struck"]:
        yield f"Struck-out words do not count and are listed as left out: {kinds['struck']}."
    if hidden := len(re.findall(rb"<w:vanish ?/>", document)):
        yield f"Places formatted as hidden text count as text: {hidden}."
    yield from (
        f"Beside the text, listed as left out: {kind} ({count})."
        for kind, count in kinds.items()
        if kind in BESIDE and kind not in ("deleted", "struck")
    )

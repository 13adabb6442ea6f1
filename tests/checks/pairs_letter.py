"""Letters for the rules of the compiled letter: links, size, readers with aids, mail programs, the law."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mailer.checks.finding import Finding
from mailer.checks.letter import CLIPPED, HEAVY, NEAR, REFUSED
from mailer.checks.surroundings import Answer, Surroundings
from mailer.compose.rendering import Embedded
from tests.checks.pairs import AROUND, OPENING, SENDER, Look, Pair, html, issue, seen, source
from tests.letters import IMPRINT, PORTRAIT, edition_of, make_issue

PAGE = "https://www.example.org/seite"
REAL = replace(AROUND, sender=replace(SENDER, address="brief@kammer.nrw", list_id="brief.kammer.nrw"))
DARK = ":root { color-scheme: light dark } @media (prefers-color-scheme: dark) { p { color: %s } }"


def link(target: str, words: str = "Wörter des Links", around: Surroundings = AROUND) -> Look:
    return html(f'<a href="{target}">{words}</a>', around=around)


def style(declarations: str) -> Look:
    return html(f'<p style="{declarations}">Wörter</p>')


def written(old: str, new: str) -> Look:
    """A good letter of which one thing is otherwise."""
    good = OPENING.format("") + "<h1>T</h1></div></body></html>"
    assert old in good
    return source(good.replace(old, new))


def sized(size: int) -> Look:
    return source("<h1>Titel</h1>" + "x" * (size - len("<h1>Titel</h1>")))


def carrying(size: int) -> Look:
    def look(_: Path) -> list[Finding]:
        edition = edition_of(make_issue())
        picture = Embedded("x.png", "image/png", bytes(size))
        return seen(make_issue(), edition=replace(edition, pictures=(picture,)))

    return look


def answered(answer: Answer) -> Look:
    return issue(replace(AROUND, answers={PAGE: answer}), body=f"Mehr auf der [Seite]({PAGE}).")


def imprint(**fields: str) -> Look:
    return issue(replace(AROUND, imprint=replace(IMPRINT, **fields)))


def sender(**fields: object) -> Look:
    return issue(replace(AROUND, sender=replace(SENDER, **fields)))


def unclear(count: int) -> Look:
    return issue(replace(AROUND, unclear=count))


def without(part: str, old: str = "") -> Look:
    """The letter of a template that leaves something out of one part; nothing is named: the link to leave."""

    def look(_: Path) -> list[Finding]:
        edition = edition_of(make_issue())
        variant = edition.variants[0]
        gone = old or f"https://{variant.mark}.unsubscribe."
        kept = getattr(variant, part)
        assert gone in kept
        poorer = replace(variant, **{part: kept.replace(gone, "")})
        return seen(make_issue(), edition=replace(edition, variants=(poorer,)))

    return look


GOOD = issue()
VML = "<!--[if mso]><v:rect {}>{}</v:rect><![endif]-->"
LINKS: Mapping[str, Pair] = {
    "link.placeholder": Pair(
        {
            "leftover": link("https://www.example.org/TODO"),
            "example": link("https://www.example.com/", around=REAL),
            "sample": link("https://www.example.com/"),
            "stand_in": link("https://www.musterseite.de/"),
            "share": link("https://kammer.sharepoint.com/:b:/s/brief"),
            "inside": link("https://intranet/seite"),
        },
        link(PAGE),
    ),
    "link.syntax": Pair(
        {
            "twice": link("https://https://www.example.org/"),
            "blank": link("https://www.example.org/eine seite"),
            "dots": link("https://www..example.org/"),
            "raw": issue(body="Zur [Anmeldung](javascript:auf), bitte."),
            "raw.blank": issue(body="Zur [Anmeldung](https://www.example.org/eine seite), bitte."),
            "raw.apart": issue(body="Zur [Anmeldung] (https://www.example.org/seite), bitte."),
            "raw.file": issue(body="Der [Plan](file:///C:/Plan.pdf) liegt vor."),
            "raw.field": issue(lead="Zur [Anmeldung](https://www.example.org/seite), bitte."),
            "slashes": link("https://www.example.org//seite"),
            "brackets": link("https://www.example.org/(seite"),
            "tail": link("https://www.example.org/seite."),
        },
        issue(body="Zur [Seite (a)](https://www.example.org/a_(b)/c?d=e&f=%20g#h) und [1](2) `[a](b:c)`."),
    ),
    "link.mailto": Pair(
        {
            "address": link("mailto:kim@@example.org"),
            "blank": link("mailto:kim@example.org?subject=Zwei Wörter"),
            "field": link("mailto:kim@example.org?betreff=Brief"),
        },
        link("mailto:kim@example.org?subject=Zwei%20W%C3%B6rter&amp;body=Text"),
    ),
    "link.tel": Pair({"": link("tel:Zentrale")}, link("tel:+492000123")),
    "link.label": Pair(
        {"": html("<p>Unter xn--meisterprmie-ocb.example steht mehr.</p>")},
        html('<a href="https://xn--meisterprmie-ocb.example/">meisterprämie.example</a>'),
    ),
    "link.same_words": Pair(
        {"": html(f'<a href="{PAGE}">Zur Seite</a> <a href="{PAGE}/zwei">Zur Seite</a>')},
        html(f'<a href="{PAGE}">Zur Seite</a> <a href="{PAGE}/">Zur Seite</a>'),
    ),
    "link.gone": Pair(
        {"": answered(Answer(404, PAGE)), "host": answered(Answer(0, PAGE, "host"))},
        answered(Answer(200, PAGE)),
    ),
    "link.failing": Pair(
        {"status": answered(Answer(503, PAGE)), "silent": answered(Answer(0, PAGE, "time-out"))},
        answered(Answer(403, PAGE)),
    ),
    "link.moved": Pair(
        {"": answered(Answer(200, "https://www.example.net/"))},
        answered(Answer(200, "https://example.org/neu")),
    ),
}
LETTER: Mapping[str, Pair] = {
    "letter.size": Pair({"near": sized(NEAR + 1), "clipped": sized(CLIPPED + 1)}, sized(NEAR)),
    "letter.link": Pair(
        {
            "": link("javascript:alert(1)"),
            "empty": link(""),
            "nothing": link("", ""),
            "http": link("http://www.example.org/"),
            "file": link("file:///S:/Ablage/Brief.pdf"),
        },
        link(PAGE),
    ),
    "letter.link_text": Pair({"none": link(PAGE, ""), "vague": link(PAGE, "hier")}, link(PAGE)),
    "letter.text_links": Pair({"": link(PAGE)}, html(f'<a href="{PAGE}">Zur Seite</a>', text=PAGE)),
    "letter.remote_picture": Pair(
        {"": html('<img src="https://www.example.org/1.gif" alt="" width="1">')},
        html('<img src="cid:a" alt="" width="1">'),
    ),
    "letter.picture_width": Pair(
        {"": html('<img src="cid:a" alt="" width="100%">')}, html('<img src="cid:a" alt="" width="100">')
    ),
    "letter.weight": Pair({"heavy": carrying(HEAVY), "refused": carrying(REFUSED)}, carrying(HEAVY // 2)),
    "letter.h1": Pair({"": html("<h1>Noch eine</h1>")}, html("<h2>Eine zweite</h2>")),
}
ACCESS: Mapping[str, Pair] = {
    "access.language": Pair({"": written('<html lang="de"', "<html")}, GOOD),
    "access.direction": Pair({"": written('<div lang="de" dir="ltr"', '<div lang="de"')}, GOOD),
    "access.title": Pair({"": written("<title>Brief</title>", "")}, GOOD),
    "access.zoom": Pair(
        {"": written("<title>", '<meta name="viewport" content="user-scalable=no"><title>')},
        written("<title>", '<meta name="viewport" content="width=device-width, initial-scale=1"><title>'),
    ),
    "access.table": Pair(
        {
            "layout": html("<table><tr><td>a</td></tr></table>"),
            "heads": html("<table><tr><th>a</th></tr></table>"),
        },
        html('<table><tr><th scope="col">a</th></tr></table><table role="presentation"></table>'),
    ),
    "access.heading_order": Pair(
        {"": html("<h3>a</h3>"), "first": written("<h1>T</h1>", "<h2>T</h2><h1>T</h1>")}, html("<h2>a</h2>")
    ),
    "access.empty_heading": Pair({"": html("<h2> </h2>")}, html('<h2><img src="cid:a" alt="a"></h2>')),
    "access.alt": Pair(
        {
            "": html('<img src="cid:a" width="9">'),
            "file": html('<img src="cid:a" width="9" alt="IMG_2041.jpg">'),
            "own": issue(portrait=replace(PORTRAIT, alt="portrait.gif")),
        },
        html('<img src="cid:a" width="9" alt="Zwei am Werktisch">'),
    ),
    "access.underline": Pair(
        {"": html(f'<p>Text <a href="{PAGE}" style="text-decoration:none">Seite</a></p>')},
        html(f'<p>Text <a href="{PAGE}">Seite</a></p>'),
    ),
    "access.vml": Pair(
        {
            "alt": html(VML.format("", "Text")),
            "link": html(VML.format('alt="a" href="https://www.example.org/"', "Text")),
            "heading": html(VML.format('alt="a"', "<h2>Text</h2>")),
        },
        html(VML.format('alt="a"', "Text")),
    ),
    "access.contrast": Pair(
        {
            "light": style("color:#777777"),
            "dark": html("<p>Wörter</p>", DARK % "#222222"),
            "plain": html('<p style="color:#ffffff">Wörter</p>', "p { background-color: #000000 }"),
        },
        html('<p style="color:#ffffff;background-color:#000000">Wörter</p>', DARK % "#ffffff !important"),
    ),
    "access.colour": Pair(
        {"light": style("color:lab(1 2 3)"), "dark": html("<p>Wörter</p>", DARK % "lab(1 2 3)")},
        style("color:#333"),
    ),
}
CLIENTS: Mapping[str, Pair] = {
    "client.layout": Pair({"": style("display:flex")}, style("display:block")),
    "client.values": Pair({"": style("width:calc(100% - 9px)")}, style("width:90%;width:calc(100% - 9px)")),
    "client.elements": Pair(
        {"": html('<video src="https://www.example.org/a.mp4"></video>')},
        html(f'<video src="https://www.example.org/a.mp4"><a href="{PAGE}">Zum Film</a></video>'),
    ),
    "client.pictures": Pair(
        {"": html('<img src="cid:a.webp" width="9" alt="a">')},
        html('<img src="cid:a.png" width="9" alt="a">'),
    ),
    "client.hidden": Pair(
        {"": html('<p class="a">Wörter</p>', ".a { display: none }")},
        html('<p class="a" style="display:none">Wörter</p>', ".a { display: none }"),
    ),
    "client.style_size": Pair({"": html("", f"/* {'x' * 17_000} */")}, html("", "p { margin: 0 }")),
}
LEGAL: Mapping[str, Pair] = {
    "legal.imprint": Pair(
        {
            "html": without("html", "Werkstraße 1"),
            "text": without("text", "02000 123-0"),
            "postbox": imprint(street="Postfach 12"),
            "representative": imprint(representative=""),
            "register": imprint(legal_form="GmbH"),
            "responsible": imprint(responsible="Redaktion"),
        },
        GOOD,
    ),
    "legal.unsubscribe": Pair(
        {
            "html": without("html"),
            "text": without("text"),
            "header": sender(public_url="http://127.0.0.1:8024"),
        },
        sender(public_url="http://127.0.0.1:8024", relay_here=True),
    ),
    "legal.sender": Pair(
        {
            "mailbox": sender(address="kammer@gmx.de"),
            "list": sender(list_id="brief.example.net"),
            "signature": sender(dkim_domain="example.net"),
        },
        sender(address="brief@post.example.org", dkim_domain="example.org"),
    ),
    "legal.consent": Pair({"": unclear(2), "one": unclear(1)}, unclear(0)),
}
PAIRS = {**LINKS, **LETTER, **ACCESS, **CLIENTS, **LEGAL}

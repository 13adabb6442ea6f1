"""`rundbrief issue build`: the letter as files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailer.cli.matrix import say_written, write_matrix
from mailer.cli.office import Office, clock
from mailer.cli.variants import outline, told_cards
from subscribers.errors import BadUsage
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from mailer.compose.rendering import Edition, Variant
    from mailer.content.issue import Issue

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")


@click.command()
@click.argument("key", metavar="ISSUE")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to [default: var/build/ISSUE].")
@click.option(
    "--matrix",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also write every variant in every view into DIR, as pages that open by a double click.",
)
@click.option("--zip", "archive", is_flag=True, help="With --matrix: also as DIR.zip, to be mailed.")
@click.option("--segment", help="Count the people of this segment, or `all` [default: the newsletter's].")
@as_json_option
@click.pass_obj
def build(
    office: Office,
    key: str,
    out: Path | None,
    matrix: Path | None,
    archive: bool,
    segment: str | None,
    as_json: bool,
) -> None:
    """Write the letter as files, filled for a sample reader: HTML, text, whole message (.eml), web version.

    Each variant has files of its own and is listed with its voice, its cards (against all those of the voice)
    and the people who would get it now.
    """
    if archive and matrix is None:
        raise BadUsage("--zip packs what --matrix writes.", hint="Add --matrix DIR.")
    issue = office.read_issue(key)
    edition = office.compile(issue)
    written = write_matrix(office, key, matrix, archive=archive) if matrix else None
    folder = out or office.settings.var / "build" / key
    folder.mkdir(parents=True, exist_ok=True)
    uploads = _write_pictures(office, issue, folder)
    recipients = _recipients(office, issue, edition, segment)
    voices, rows = outline(office, issue), []
    for variant in edition.variants:
        html, text = _write(office, issue, edition, variant, folder)
        row = {"key": variant.key, "html": str(html), "text": str(text), "bytes": html.stat().st_size}
        count = recipients.get(variant.key, 0) if recipients is not None else None
        rows.append(row | {"recipients": count} | voices[variant.key])
    if as_json:
        emit_json({"variants": rows, "uploads": uploads} | ({"matrix": written.as_json()} if written else {}))
    else:
        table = [row | {"cards": told_cards(row)} for row in rows]
        emit(table, ["key", "voice", "cards", "bytes", "recipients", "html", "text"], as_json=False)
    for upload in uploads:
        say(f"Upload {upload['file']} to {upload['url']}")
    if written:
        say_written(written)


def _write_pictures(office: Office, issue: "Issue", folder: Path) -> list[dict[str, str]]:
    """Write the pictures beside the letter; those that have to be uploaded, and where to."""
    from mailer.compose.pictures import hosted, placed_pictures

    uploads = []
    for each in placed_pictures(issue):
        (folder / each.name).write_bytes(each.picture.data)
        if office.image_base_url:
            url = hosted(issue, each.name, office.image_base_url)
            uploads.append({"file": str(folder / each.name), "url": url})
    return uploads


def _write(
    office: Office, issue: "Issue", edition: "Edition", variant: "Variant", folder: Path
) -> tuple[Path, Path]:
    from mailer.cli.muster import sample_recipient
    from mailer.delivery.message import Message, message_id

    envelope = office.envelope(issue.newsletter, issue.key)
    recipient = sample_recipient(envelope, variant)
    html, text, message = (folder / f"{variant.key}.{kind}" for kind in ("html", "txt", "eml"))
    shown = variant.fill_html(recipient.values)
    for picture in edition.pictures:
        shown = shown.replace(f"cid:{picture.name}", picture.name)  # for a browser
    html.write_text(shown, encoding="utf-8")
    (folder / f"{variant.key}.web.html").write_text(variant.web, encoding="utf-8")
    text.write_text(variant.fill_text(recipient.values), encoding="utf-8")
    identity = message_id(b"build", 0, 0, envelope.from_address.rpartition("@")[2])
    whole = Message(variant, edition.pictures, envelope)
    message.write_bytes(whole.fill(recipient, message_id=identity, date=clock()))
    return html, text


def _recipients(
    office: Office, issue: "Issue", edition: "Edition", segment: str | None
) -> dict[str, int] | None:
    """How many people would get each variant; None where there is no database, and none is made for this."""
    from mailer.delivery.audience import count_variants
    from subscribers.database import reading
    from subscribers.segments import get_segment

    if not office.has_database:
        return None
    key, table = office.settings.newsletter(issue.newsletter)
    with reading(office.engine) as connection:
        rule = get_segment(connection, table.segment if segment is None else segment).rule
        return count_variants(connection, rule, key, edition.selection)

"""`rundbrief doctor`: a look at what the letters need before they leave, and new keys for their signature."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.office import Office, clock
from subscribers.errors import BadUsage, Problem, Refused
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from datetime import datetime

    from mailer.delivery.smtp import Relay

_PATIENCE = 30.0  # seconds at a relay's door at most
_ELSEWHERE = "XDG_STATE_HOME may name another folder."
_SECURED = {"none": "in clear text", "starttls": "secured by STARTTLS", "tls": "secured by TLS"}
_SELECTOR = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = r"(?=.{4,180}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"


@click.command()
@click.option("--new-key", "domain", metavar="DOMAIN", help="Make a DKIM key and print its DNS record.")
@click.option("--selector", help="The name of the new key, such as rb2027; a new one for each key.")
@click.option("--ed25519", is_flag=True, help="Make a second, Ed25519 key beside it: SELECTOR-ed25519.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the key files [default: var/dkim].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def doctor(
    office: Office, domain: str | None, selector: str | None, ed25519: bool, out: Path | None, as_json: bool
) -> None:
    """Look whether the workspace is fit to send: database, relays, dates, signatures. Exit code 1 if not.

    At each relay it goes as far as a letter would: connect, STARTTLS, log-in; then it says goodbye.
    """
    if domain is None:
        if selector or ed25519 or out:
            raise BadUsage("These options belong to --new-key.", hint="Name the domain: --new-key DOMAIN.")
        _examine(office, as_json=as_json)
        return
    if not selector:
        raise BadUsage("A key needs a name in the DNS.", hint="Add one, such as --selector rb2027.")
    rows = _make_keys(out or office.settings.var / "dkim", domain, selector, ed25519=ed25519)
    if as_json:
        emit_json({"keys": rows})
    else:
        for row in rows:
            strings = "\n  ".join(f'"{each}"' for each in row["strings"])
            click.echo(f"{row['name']}. IN TXT (\n  {strings} )")
    _say_how(rows, office.settings.folder if office.config_given else Path())


def _make_keys(folder: Path, domain: str, selector: str, *, ed25519: bool) -> list[dict[str, Any]]:
    """The keys with their records, each written to a file of its own."""
    from mailer.delivery import dkim

    domain = _domain(domain)
    wanted = {selector: dkim.RSA} | ({f"{selector}-ed25519": dkim.ED25519} if ed25519 else {})
    for name in wanted:
        if not re.fullmatch(_SELECTOR, name):
            raise BadUsage(f"{name!r} is no selector: letters a to z, digits and -, at most 63 of them.")
    files = {name: folder / f"{name}.{domain}.pem" for name in wanted}
    if taken := [path for path in files.values() if path.exists()]:
        raise Refused(f"{taken[0]} is there already.", hint="Choose another selector; nothing was written.")
    rows = []
    for name, algorithm in wanted.items():
        pem = dkim.new_key(algorithm)
        _write_key(files[name], pem)
        record = dkim.read_key(name, pem, str(files[name])).record
        where = {"selector": name, "algorithm": algorithm, "file": str(files[name])}
        rows.append(
            where
            | {"name": f"{name}._domainkey.{domain}", "record": record}
            | {"strings": dkim.record_strings(record)}
        )
    return rows


def _domain(typed: str) -> str:
    from subscribers.address import envelope_address

    try:
        domain = envelope_address(f"x@{typed.strip().rstrip('.')}").rpartition("@")[2].lower()
    except Problem:
        domain = ""
    if not re.fullmatch(_DOMAIN, domain):
        raise BadUsage(f"{typed!r} is no domain.", hint="Write it like example.org.")
    return domain


def _write_key(path: Path, pem: bytes) -> None:
    """A file that only its owner can read, from its first byte on."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Problem(f"The key cannot be written to {path}: {error.strerror}.") from None


def _say_how(rows: list[dict[str, Any]], home: Path) -> None:
    """What a person does with a new key, paths as config.toml takes them."""
    paths = [Path(row["file"]).resolve() for row in rows]
    files = [path.relative_to(home) if path.is_relative_to(home) else path for path in paths]
    for row, path in zip(rows, paths, strict=True):
        say(f"Written: {path} ({row['algorithm']}), readable by you alone.")
    say("Put the above into the DNS; once it can be seen everywhere, put this into config.toml:")
    domain = rows[0]["name"].partition("._domainkey.")[2]
    lines = ["[newsletters.KEY.dkim]", f'domain = "{domain}"', f'selector = "{rows[0]["selector"]}"']
    lines.append(f'key = {{ file = "{files[0]}" }}')
    if len(rows) > 1:
        lines.append(f'ed25519_selector = "{rows[1]["selector"]}"')
        lines.append(f'ed25519_key = {{ file = "{files[1]}" }}')
    say("\n".join(lines))


def _examine(office: Office, *, as_json: bool) -> None:
    config = office.settings.config
    looks: dict[str, Callable[[], str]] = {"config.toml": partial(str, office.settings.file)}
    looks["database"] = partial(_database, office)
    looks["instance"] = partial(_instance, office)
    for key in ("", *config.relays):
        looks[f"relays.{key}" if key else "smtp"] = partial(_relay, office, key)
    for key, table in config.newsletters.items():
        if table.send:
            looks[f"newsletters.{key}.send"] = partial(_dates, office, key, clock())
        looks[f"newsletters.{key}.dkim"] = partial(_signature, office, key)
    rows = list(_looked(looks))
    emit(rows, ["check", "ok", "message", "hint"], as_json=as_json)
    if failed := [row["check"] for row in rows if not row["ok"]]:
        raise Problem(f"{len(failed)} of {len(rows)} checks failed: {', '.join(failed)}.")


def _looked(looks: dict[str, Callable[[], str]]) -> Iterator[dict[str, Any]]:
    for name, look in looks.items():
        try:
            yield {"check": name, "ok": True, "message": look(), "hint": ""}
        except Problem as problem:
            place = f"{problem.place}: " if problem.place else ""
            yield {"check": name, "ok": False, "message": place + problem.message, "hint": problem.hint or ""}


def _database(office: Office) -> str:
    if not office.has_database:
        return "There is none yet; it is made when it is first needed."
    office.require_secret()
    return "It is at this program's version, and its key fits."


def _instance(office: Office) -> str:
    """Whether this is the place that sends; that a restored one might not be noticed is a warning."""
    from mailer.cli.instance import blindness, notes_folder

    if not office.has_database:
        return "Nothing was ever sent from here."
    office.instance.require()
    if why := blindness(notes_folder(os.environ)):
        return f"Letters may leave from here. A restored var/ would not be noticed: {why}. {_ELSEWHERE}"
    return "Letters may leave from here, and a restored backup would be noticed."


def _relay(office: Office, name: str) -> str:
    """Whether a letter would get in; none is offered."""
    from mailer.delivery.knock import knock
    from mailer.delivery.smtp import SmtpTransport
    from mailer.delivery.transport import RelayDown

    relay = office.relay(name)
    where = f"{relay.host}:{relay.port}"
    try:
        knock(SmtpTransport(replace(relay, timeout_seconds=min(relay.timeout_seconds, _PATIENCE))))
    except RelayDown as down:
        raise _closed(where, down, relay) from None
    logged_in = "logged in" if relay.user else "without a log-in"
    return f"{where} answers and lets us in, {_SECURED[relay.security]}, {logged_in}."


def _closed(where: str, down: Exception, relay: "Relay") -> Problem:
    words = str(down)
    if "log-in" in words or "token command" in words:
        hint = "Look at user and password in config.toml."
    elif "TLS" in words:
        hint = f"Look at security and port in config.toml: now {relay.security}, {relay.port}."
    else:
        hint = "Look at host, port and security in config.toml, and at the firewall."
    return Problem(f"{where} does not let us in: {words[:200].rstrip('.')}.", hint=hint)


def _dates(office: Office, newsletter: str, now: "datetime") -> str:
    """Whether something can be planned by a newsletter's rule."""
    from mailer.cli.calendars import judge_calendars

    found, refused = judge_calendars(office.settings, now)
    if refusal := refused.get(newsletter):
        raise refusal.problem
    first = next(iter(found[newsletter].dates(now, 1)))
    return f"The next date is {first.at.astimezone(office.settings.zone):%A, %Y-%m-%d at %H:%M}."


def _signature(office: Office, newsletter: str) -> str:
    signer = office.signer(newsletter)
    if signer is None:
        return "No signature of its own; the relay has to sign."
    keys = ", ".join(f"{each.selector} ({each.algorithm})" for each in signer.keys)
    return f"Signed for {signer.domain} with {keys}."

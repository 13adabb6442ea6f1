"""`rundbrief doctor`: a look at what the letters need before they leave, and new keys for their signature."""

import os
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.office import Office
from subscribers.errors import BadUsage, Problem, Refused
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from mailer.settings.tables import Smtp

_PATIENCE = 10.0  # seconds for a greeting
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
    """Look whether the workspace is fit to send: database, relays, signatures. Exit code 1 if not."""
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
    for name, table in {"smtp": config.smtp, **{f"relays.{k}": v for k, v in config.relays.items()}}.items():
        looks[name] = partial(_relay, table)
    for key in config.newsletters:
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
            yield {"check": name, "ok": False, "message": problem.message, "hint": problem.hint or ""}


def _database(office: Office) -> str:
    if not office.has_database:
        return "There is none yet; it is made when it is first needed."
    office.require_secret()
    return "It is at this program's version, and its key fits."


def _relay(table: "Smtp") -> str:
    """Whether somebody greets there; nothing is said but QUIT."""
    where = f"{table.host}:{table.port}"
    try:
        greeting = _greeting(table)
    except OSError as error:
        raise Problem(
            f"{where} does not answer: {getattr(error, 'reason', '') or error.strerror or error}.",
            hint="Look at host, port and security in config.toml, and at the firewall.",
        ) from None
    if not greeting.startswith("220"):
        raise Problem(f"{where} takes no mail now; it says: {greeting[:200] or 'nothing'}")
    return f"{where} answers: {greeting[4:200]}"


def _greeting(table: "Smtp") -> str:
    patience = min(table.timeout_seconds, _PATIENCE)
    with socket.create_connection((table.host, table.port), timeout=patience) as plain:
        context = ssl.create_default_context() if table.security == "tls" else None
        line = context.wrap_socket(plain, server_hostname=table.host) if context else plain
        received = b""
        while b"\n" not in received and len(received) < 1000 and (part := line.recv(1000)):
            received += part
        line.sendall(b"QUIT\r\n")
    first = received.partition(b"\n")[0].decode("ascii", "replace")
    return "".join(character if character.isprintable() else " " for character in first).strip()


def _signature(office: Office, newsletter: str) -> str:
    signer = office.signer(newsletter)
    if signer is None:
        return "No signature of its own; the relay has to sign."
    keys = ", ".join(f"{each.selector} ({each.algorithm})" for each in signer.keys)
    return f"Signed for {signer.domain} with {keys}."

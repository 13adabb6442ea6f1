"""Judges of our signatures that share no code with them: dkimpy, authheaders, Debian's Mail::DKIM."""

import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import dkim as dkimpy
from authheaders import authenticate_message

from mailer.delivery import dkim
from mailer.delivery.dkim import Key, Signer

DOMAIN = "example.org"
SIGNED_AT = datetime(2025, 1, 7, 9, 30, tzinfo=UTC)  # verifiers refuse what comes from the future
# Answers from a list instead of the network; each string as a zone file would hold it.
_PERL = r"""
use strict; use warnings; use Mail::DKIM::Verifier; use Net::DNS::RR;
my ($zone, @letters) = @ARGV; my %known;
open(my $list, '<', $zone) or die;
while (<$list>) { chomp; my ($name, $text) = split /\t/; $known{$name} = $text }
no warnings 'redefine';
*Mail::DKIM::DNS::query = sub {
    my ($name) = @_;
    return $known{$name} ? Net::DNS::RR->new("$name. TXT $known{$name}") : ();
};
for my $letter (@letters) {
    open(my $file, '<:raw', $letter) or die; local $/; my $raw = <$file>;
    my $verifier = Mail::DKIM::Verifier->new; $verifier->PRINT($raw); $verifier->CLOSE;
    print join(' ', map { $_->algorithm . '=' . $_->result } $verifier->signatures), "\n";
}
"""


@cache
def pems() -> dict[str, bytes]:
    """By selector, one RSA and one Ed25519 key for all tests: making them costs more than using them."""
    return {"rb2027": dkim.new_key(dkim.RSA), "rb2027-ed25519": dkim.new_key(dkim.ED25519)}


@cache
def keys() -> tuple[Key, ...]:
    return tuple(dkim.read_key(selector, pem, "test") for selector, pem in pems().items())


def signer(*, both: bool = True) -> Signer:
    return Signer(DOMAIN, keys() if both else keys()[:1], lambda: SIGNED_AT)


def records() -> dict[str, str]:
    """The DNS, name -> TXT record."""
    made = {f"{each.selector}._domainkey.{DOMAIN}": each.record for each in keys()}
    return made | {f"_dmarc.{DOMAIN}": "v=DMARC1; p=reject"}


def _answer(name: bytes | str, timeout: int = 5) -> bytes | str | None:
    found = records().get((name.decode() if isinstance(name, bytes) else name).rstrip("."))
    return found.encode() if found and isinstance(name, bytes) else found


def by_dkimpy(raw: bytes) -> list[bool]:
    """The verdict on each signature of a message, from the top."""
    judge = dkimpy.DKIM(raw)
    verdicts = list[bool]()
    for index in range(raw.count(b"DKIM-Signature:")):
        try:
            verdicts.append(bool(judge.verify(index, dnsfunc=_answer)))
        except dkimpy.DKIMException:
            verdicts.append(False)
    return verdicts


def by_authheaders(raw: bytes) -> str:
    """The Authentication-Results that a receiver would write, DMARC alignment included."""
    return " ".join(authenticate_message(raw, "mx.example.net", dnsfunc=_answer).split())


def by_perl(folder: Path, *letters: bytes) -> list[str]:
    """`algorithm=result` of each signature, one line for each message."""
    zone = folder / "zone"
    quoted = {
        name: " ".join(f'"{each}"' for each in dkim.record_strings(record))
        for name, record in records().items()
    }
    zone.write_text("".join(f"{name}\t{strings}\n" for name, strings in quoted.items()), "utf-8")
    files = [folder / f"{number}.eml" for number in range(len(letters))]
    for file, raw in zip(files, letters, strict=True):
        file.write_bytes(raw)
    done = subprocess.run(
        ["perl", "-e", _PERL, str(zone), *map(str, files)], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@cache
def lacks_perl() -> str:
    """Why Debian's verifier cannot be asked; empty if it can."""
    command = ["perl", "-MMail::DKIM::Verifier", "-e", "1"]
    try:
        found = subprocess.run(command, capture_output=True, env=os.environ, check=False).returncode == 0
    except FileNotFoundError:
        found = False
    return "" if found else "Mail::DKIM is missing (Debian: libmail-dkim-perl)"


def attacks(raw: bytes, name: str) -> Sequence[bytes]:
    """The message with another field of this name above and below all others."""
    head, _, body = raw.partition(b"\r\n\r\n")
    field = name.encode() + b": <https://attacker.example.net/>"
    return (field + b"\r\n" + raw, head + b"\r\n" + field + b"\r\n\r\n" + body)

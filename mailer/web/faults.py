"""The faults of the sandbox: what an address asks the server to do wrong.

The local part is the name of the fault, alone or followed by `-` and anything: `550@example.org`,
`550-nobody@example.org`, `554-dot-spam@example.org`. What fails before a recipient is named (connecting, TLS,
logging in, MAIL FROM) and what a server does not offer cannot be asked for by an address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Moment(Enum):
    """Where in the dialogue a fault strikes."""

    RECIPIENT = "the answer to RCPT"
    DATA = "the answer to DATA"
    BODY = "after 354, before the message is read"
    REFUSE = "the answer to the dot; nothing is kept"
    KEPT = "the answer to the dot; the message is kept"


@dataclass(frozen=True, slots=True)
class Fault:
    """At `moment`: wait, answer `reply`, hang up; `says` tells it in German and in English."""

    moment: Moment
    says: tuple[str, str]
    reply: str = ""
    repeats: int = 1
    pause_seconds: float = 0
    hangs_up: bool = False


_RECIPIENT, _REFUSE, _KEPT = Moment.RECIPIENT, Moment.REFUSE, Moment.KEPT
_FOR_EVER = 24 * 3600.0
FAULTS: Mapping[str, Fault] = {
    "550": Fault(
        _RECIPIENT,
        ("kein solches Postfach (550 5.1.1)", "no such mailbox (550 5.1.1)"),
        "550 5.1.1 No such mailbox here (sandbox)",
    ),
    "552": Fault(
        _RECIPIENT,
        ("Postfach voll (552 5.2.2)", "mailbox full (552 5.2.2)"),
        "552 5.2.2 Mailbox full (sandbox)",
    ),
    "554": Fault(
        _RECIPIENT,
        ("abgewiesen nach Regel (554 5.7.1)", "refused by policy (554 5.7.1)"),
        "554 5.7.1 Refused by policy (sandbox)",
    ),
    "450": Fault(
        _RECIPIENT,
        ("zu viele Briefe auf einmal (450 4.2.1)", "too many letters at once (450 4.2.1)"),
        "450 4.2.1 The mailbox receives mail too fast (sandbox)",
    ),
    "451": Fault(
        _RECIPIENT,
        ("Greylisting: später noch einmal (451 4.7.1)", "greylisted: try again later (451 4.7.1)"),
        "451 4.7.1 Greylisted, try again later (sandbox)",
    ),
    "452": Fault(
        _RECIPIENT,
        ("zu viele Empfänger auf einer Verbindung (452 4.5.3)", "too many recipients (452 4.5.3)"),
        "452 4.5.3 Too many recipients (sandbox)",
    ),
    "421": Fault(
        _RECIPIENT,
        ("Dienst nimmt nichts an (421) und legt auf", "service not available (421), then hangs up"),
        "421 4.3.2 Service not available, closing (sandbox)",
        hangs_up=True,
    ),
    "odd": Fault(
        _RECIPIENT,
        ("Antwort, die keine ist (2200)", "a reply that is none (2200)"),
        "2200 This is no reply (sandbox)",
    ),
    "two-codes": Fault(
        _RECIPIENT,
        ("Antwort mit zwei verschiedenen Codes", "a reply of two different codes"),
        "250-2.1.5 Accepted\r\n550 5.1.1 Or not (sandbox)",
    ),
    "endless": Fault(
        _RECIPIENT,
        ("Antwort von 10 MB ohne Ende", "a reply of 10 MB without an end"),
        "250-Still talking (sandbox)",
        repeats=360_000,
        hangs_up=True,
    ),
    "hang": Fault(
        _RECIPIENT,
        ("keine Antwort mehr", "no answer any more"),
        pause_seconds=_FOR_EVER,
        hangs_up=True,
    ),
    "drop": Fault(Moment.DATA, ("legt vor dem Brief auf", "hangs up before the letter"), hangs_up=True),
    "drop-data": Fault(
        Moment.BODY, ("legt mitten im Brief auf", "hangs up in the middle of the letter"), hangs_up=True
    ),
    "451-dot": Fault(
        _REFUSE,
        ("nach dem Brief: später noch einmal (451 4.3.0)", "after the letter: try again later (451 4.3.0)"),
        "451 4.3.0 Not now, try again later (sandbox)",
    ),
    "421-dot": Fault(
        _REFUSE,
        (
            "nach dem Brief: zu schnell (421 4.7.28), legt auf",
            "after the letter: too fast (421 4.7.28), hangs up",
        ),
        "421 4.7.28 Too much mail, closing (sandbox)",
        hangs_up=True,
    ),
    "552-dot": Fault(
        _REFUSE,
        ("nach dem Brief: Postfach voll (552 5.2.2)", "after the letter: mailbox full (552 5.2.2)"),
        "552 5.2.2 Mailbox full (sandbox)",
    ),
    "554-dot": Fault(
        _REFUSE,
        (
            "nach dem Brief: als unerwünscht abgewiesen (554 5.7.1)",
            "after the letter: refused as unwanted (554 5.7.1)",
        ),
        "554 5.7.1 Message refused as unwanted (sandbox)",
    ),
    "slow": Fault(
        _KEPT,
        ("nimmt den Brief an, zwei Sekunden zu spät", "takes the letter, two seconds late"),
        pause_seconds=2,
    ),
    "drop-dot": Fault(
        _KEPT,
        ("nimmt den Brief an und legt ohne Antwort auf", "takes the letter, hangs up unanswered"),
        hangs_up=True,
    ),
    "hang-dot": Fault(
        _KEPT,
        ("nimmt den Brief an und schweigt", "takes the letter and says nothing"),
        pause_seconds=_FOR_EVER,
        hangs_up=True,
    ),
    "odd-dot": Fault(
        _KEPT,
        ("nimmt den Brief an; die Antwort ist keine (2200)", "takes the letter; its reply is none (2200)"),
        "2200 This is no reply (sandbox)",
    ),
}


def fault_of(recipient: str) -> Fault | None:
    """The fault an address asks for; the longest name wins (`drop-dot-7@` is not `drop`)."""
    local = recipient.rpartition("@")[0].casefold()
    named = [name for name in FAULTS if local == name or local.startswith(f"{name}-")]
    return FAULTS[max(named, key=len)] if named else None

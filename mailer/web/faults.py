"""The faults of the sandbox: what an address asks the server to do wrong.

The local part is the name of the fault, alone or followed by `-` and anything: `550@example.org`,
`550-nobody@example.org`, `554-dot-spam@example.org`.
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
    """At `moment`: wait, then answer `reply`; or hang up without an answer."""

    moment: Moment
    reply: str = ""
    pause_seconds: float = 0
    hangs_up: bool = False


FAULTS: Mapping[str, Fault] = {
    "550": Fault(Moment.RECIPIENT, "550 5.1.1 No such mailbox here (sandbox)"),
    "451": Fault(Moment.RECIPIENT, "451 4.7.1 Greylisted, try again later (sandbox)"),
    "451-dot": Fault(Moment.REFUSE, "451 4.3.0 Not now, try again later (sandbox)"),
    "552-dot": Fault(Moment.REFUSE, "552 5.2.2 Mailbox full (sandbox)"),
    "554-dot": Fault(Moment.REFUSE, "554 5.7.1 Message refused as unwanted (sandbox)"),
    "slow": Fault(Moment.KEPT, pause_seconds=2),
    "drop": Fault(Moment.DATA, hangs_up=True),
    "drop-data": Fault(Moment.BODY, hangs_up=True),
    "drop-dot": Fault(Moment.KEPT, hangs_up=True),
}


def fault_of(recipient: str) -> Fault | None:
    """The fault an address asks for; the longest name wins (`drop-dot-7@` is not `drop`)."""
    local = recipient.rpartition("@")[0].casefold()
    named = [name for name in FAULTS if local == name or local.startswith(f"{name}-")]
    return FAULTS[max(named, key=len)] if named else None

"""How much of the proof is kept, and for how long: what config.toml says in `[subscribers]`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keeping:
    """The periods of retention; the defaults are common practice, no statute names them.

    Args:
        ip: what is kept of a network address: none, truncated, hashed or kept.
        unconfirmed_days: a sign-up that nobody confirmed is erased after so many days (DSGVO Art. 17 (1) a).
        proof_years: the proof of those who left is erased so many years after the year's end (Art. 17 (3) e).
        import_days: so long an import can be taken back.
        silent_months: a consent that nobody used for so long may have lapsed (AG Bonn 104 C 227/15).
    """

    ip: str = "none"
    unconfirmed_days: int = 7
    proof_years: int = 3
    import_days: int = 90
    silent_months: int = 24

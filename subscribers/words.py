"""The fixed words of the address book: its text fields, states and kinds of consent; imports nothing."""

# What is known of a person, in the words of the offices that keep it.
TEXT_FIELDS = (
    "anrede",
    "titel",
    "vorname",
    "nachname",
    "firma",
    "gewerk",
    "kreis",
    "plz",
    "ort",
    "funktion",
    "language",
    "tone",
)
SUBSCRIPTION_STATES = ("pending", "active", "paused", "unsubscribed", "suppressed")
GONE_STATES = ("unsubscribed", "suppressed")
LABEL_KINDS = ("topic", "tag")
CONSENT_KINDS = ("asked", "confirmed", "imported", "changed", "withdrawn")
YES_KINDS = ("confirmed", "imported")
SUPPRESSION_REASONS = ("objected", "complaint", "bounced", "deactivated", "replaced", "left", "forgotten")
IP_MODES = ("none", "truncated", "hashed", "kept")

# Why a subscription may be mailed, or why not: the words of `subscription.basis`.
UNCLEAR = "ungeklärt"  # nobody can say how the address got on the list: never mailed
UNCONFIRMED = "unbestätigt"  # asked for, but the confirmation is missing: never mailed
NEVER_AGREED = (UNCLEAR, UNCONFIRMED)
CONSENTED = "einwilligung"  # a yes with its proof, UWG § 7 (2) Nr. 2
PROOF_ERASED = "nachweis gelöscht"  # left so long ago that only the no is kept: never mailed

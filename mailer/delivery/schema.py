"""The tables of the post office: mailing, release, variant, picture, delivery, attempt, pace, series, …

They point at people by id and hold no address, so that erasing a person erases them here too and leaves the
counts standing.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from subscribers.schema import Moment, metadata, one_of

MAILING_STATES = (
    "draft",
    "checked",
    "approved",
    "due",
    "expanding",
    "sending",
    "done",
    "held",
    "missed",
    "cancelled",
)
DELIVERY_STATES = ("queued", "claimed", "sending", "sent", "deferred", "failed", "in_doubt", "skipped")
LOST = ("skipped", "failed")  # what does not hold its edition: there is no letter
REMINDER_STATES = ("waiting", "claimed", "sent", "failed", "needless")

mailing = Table(
    "mailing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("newsletter", String(64), nullable=False),
    Column("issue", String(64), nullable=False),
    Column("segment", String(64), nullable=False),
    Column("rule", JSON, nullable=False),  # the segment's tree when it was planned
    Column("due_at", Moment, nullable=False),
    Column("state", String(16), one_of("state", *MAILING_STATES), nullable=False),
    Column("reason", Text, nullable=False, default=""),  # why it is held, missed, cancelled, back to draft
    Column("planned_at", Moment, nullable=False),
    Column("planned_by", String(64), nullable=False),
    Column("approved_at", Moment),
    Column("approved_by", String(64)),
    Column(
        "content_sha256", String(64)
    ),  # of everything that will be sent; set by approval, checked when due
    Column("envelope", JSON),  # sender, reply-to, list headers: frozen with the content
    Column("selection", JSON),  # who gets which variant, see compose/selection.py: frozen as well
    Column("done_at", Moment),
    Column("relay", String(64), nullable=False, default=""),  # a name from [relays]; empty: [smtp]
    Column("stale_hours", Float, nullable=False, default=72.0),  # so late a letter is not sent any more
    # Tries up to this one count no more against the relay: a person looked and went on, see breaker.py.
    Column("forgiven", Integer, nullable=False, default=0),
    Column("excluded", JSON),  # how many the rule names and the mailing leaves out, by reason
    Column("kind", String(16), nullable=False, default="issue"),  # issue, late or correction
    Column("release", Integer, nullable=False, default=0),  # the newest approval; 0 before the first
    Column("corrects", JSON),  # of a correction: whose letters were wrong, see correction.py
    Index(None, "state", "due_at"),
    # The series and a person plan the same: the database itself lets one of them through.
    Index(
        "uq_mailing_newsletter_issue_segment",
        "newsletter",
        "issue",
        "segment",
        unique=True,
        sqlite_where=text("kind = 'issue' AND state <> 'cancelled'"),
        postgresql_where=text("kind = 'issue' AND state <> 'cancelled'"),
    ),
)

# What was approved when and by whom, 0 being what was planned: kept as long as the mailing, so that the next
# approval, a correction and a question years later can say what was different.
release = Table(
    "release",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailing.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(64), nullable=False),  # the planner of release 0, the approver of the others
    Column("keyboard", String(64), nullable=False),  # the user of this machine who typed it
    Column("four_eyes", Boolean, nullable=False),  # the planner was not allowed to approve it
    Column("content", JSON, nullable=False),  # what it says, see release.py
    Column("recipients", JSON, nullable=False),  # how many people would have got each variant
    Column("warnings", JSON, nullable=False),  # what the approver was told and let pass
    UniqueConstraint("mailing_id", "number"),
)

# The frozen rendering: written at approval, read by the sender; the files may change, these bytes do not.
variant = Table(
    "variant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailing.id", ondelete="CASCADE"), nullable=False),
    Column("release", Integer, nullable=False, default=1),
    Column("key", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("preheader", Text, nullable=False),
    Column("mark", String(32), nullable=False),  # what stands around a slot's name, see compose/slots.py
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(8), nullable=False, default=""),  # the voice, which the greeting follows
    Column("tone", String(16), nullable=False, default=""),
    Column("cards", JSON, nullable=False, default=list),  # the keys of the cards shown
    Column("web", Text, nullable=False, default=""),  # the web version
    UniqueConstraint("mailing_id", "release", "key"),
)

picture = Table(
    "picture",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailing.id", ondelete="CASCADE"), nullable=False),
    Column("release", Integer, nullable=False, default=1),
    Column("name", String(255), nullable=False),  # the file's name, and the name of its Content-ID
    Column("media_type", String(32), nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("mailing_id", "release", "name"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey("mailing.id", ondelete="CASCADE"), nullable=False),
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="SET NULL")),
    Column("variant", String(64), nullable=False),
    Column("edition", String(140), nullable=False),  # newsletter/issue: one letter per person and edition
    # It is that one letter: true, or nothing once it is skipped or failed. What failed leaves room for
    # another one; whether there may be one is asked by audience.py.
    Column(
        "holds_edition",
        Boolean,
        CheckConstraint(
            "(holds_edition IS NULL) = (state = 'skipped' OR state = 'failed')", name="holds_edition"
        ),
        default=lambda row: None if row.get_current_parameters()["state"] in LOST else True,
    ),
    Column("release", Integer, nullable=False, default=1),  # of its mailing: what the letter says
    Column("state", String(16), one_of("state", *DELIVERY_STATES), nullable=False),
    Column("reason", Text, nullable=False, default=""),  # why it is skipped, failed or in doubt
    Column("not_before", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    # Of the claim, and as long as it is claimed or sending: whoever holds another one was too slow.
    Column("token", String(32)),
    Column("worker", String(128)),  # host, process and its start: tells a dead worker at once
    Column("lease_until", Moment),
    Column("reply", Text, nullable=False, default=""),  # the last answer; of a sent one the receipt
    Column("sent_at", Moment),
    UniqueConstraint("mailing_id", "subscriber_id"),
    # Two mailings of one edition overlap in people: the database itself lets one letter through. It is also
    # how the letters of a person are found.
    UniqueConstraint("subscriber_id", "edition", "holds_edition"),
    # What waits and what somebody holds: the sender asks for these two all the time, so the rest stays out.
    # Where a condition names the state, each change of it writes the entry anew: hence the token, and hence
    # no index by state. Who adds up a mailing reads its letters.
    Index(
        "ix_delivery_waiting",
        "mailing_id",
        "not_before",
        "id",
        sqlite_where=text("state IN ('queued', 'deferred')"),
        postgresql_where=text("state IN ('queued', 'deferred')"),
    ),
    Index(
        "ix_delivery_taken",
        "worker",
        "mailing_id",
        sqlite_where=text("token IS NOT NULL"),
        postgresql_where=text("token IS NOT NULL"),
    ),
)

# Append-only: one row for each try that reached a server (or failed to).
attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("worker", String(128), nullable=False),
    Column("at", Moment, nullable=False),
    Column("phase", String(16), nullable=False),
    Column("code", Integer, nullable=False),
    Column("enhanced", String(16), nullable=False, default=""),
    Column("reply", Text, nullable=False, default=""),
    Index(None, "delivery_id"),
)

# How fast letters may leave: one row for each group of domains, and one for all of them, see pace.py.
pace = Table(
    "pace",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("tat_us", BigInteger, nullable=False, default=0),  # the next free moment, microseconds since 1970
    Column("promised_us", BigInteger, nullable=False, default=0),  # the last moment given to a waiting letter
    Column("rate", Float, nullable=False, default=0.0),  # per second when slowed down; 0: as configured
    Column("slowed_at", Moment),
)

# When each newsletter's next letter is due by its rule; advanced by whoever finds the row as it read it.
series = Table(
    "series",
    metadata,
    Column("newsletter", String(64), primary_key=True),
    Column("rule", Text, nullable=False),  # as configured; who was started with another one leaves it alone
    Column("zone", String(64), nullable=False),
    Column("next_due", Moment),  # nothing: the series rests, its newsletter has no rule
    Column("months", String(64), nullable=False, default=""),  # that next_due is for, "2026-07+2026-08"
    Column("rev", Integer, nullable=False, default=0),
)

# What became of each date of a series: one row for its months, whichever day the rule says.
occurrence = Table(
    "occurrence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("newsletter", String(64), nullable=False),
    Column("months", String(64), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("mailing_id", ForeignKey("mailing.id", ondelete="SET NULL")),
    Column("note", Text, nullable=False, default=""),  # why there is no mailing
    Column("passed_at", Moment),  # when somebody looked after it was due
    UniqueConstraint("newsletter", "months"),
)

# What the team is told by mail, one row for each reader: claimed before it leaves, and never sent again.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("newsletter", String(64), nullable=False),
    Column("occasion", String(140), nullable=False),  # see schedule/occasions.py
    Column("reader", String(32), nullable=False),  # a digest; the address stands in config.toml only
    Column("mailing_id", ForeignKey("mailing.id", ondelete="CASCADE")),
    Column("state", String(16), one_of("state", *REMINDER_STATES), nullable=False),
    Column("reason", Text, nullable=False, default=""),  # what is to be told, or why it failed
    Column("made_at", Moment, nullable=False),
    Column("sent_at", Moment),
    UniqueConstraint("newsletter", "occasion", "reader"),
    Index(None, "state"),
)

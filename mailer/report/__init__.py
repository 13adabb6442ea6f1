"""What came of a mailing: who got what, who did not and why, when, and month over month."""

from mailer.report.books import LISTED, counts, is_hard, people, reasons, summary

# Other rooms ask for sums alone and need no other import.
__all__ = ["LISTED", "counts", "is_hard", "people", "reasons", "summary"]

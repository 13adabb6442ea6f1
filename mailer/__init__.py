"""The editorial desk and the post office: from an issue's folder to mail in a mailbox."""

__version__ = "0.1.0"

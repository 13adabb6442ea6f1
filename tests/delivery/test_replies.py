"""What servers say, in the forms of those that German lists meet, and what it means."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.replies import Verdict, classify

SENT = Verdict("sent", "recipient")
DOUBT = Verdict("in_doubt", "host")
HOST = Verdict("deferred", "host")
HOST_SLOW = Verdict("deferred", "host", slow=True)
LATER = Verdict("deferred", "recipient")
SLOW = Verdict("deferred", "recipient", slow=True)
WAIT_FOR_PERSON = Verdict("deferred", "sender")
DEAD = Verdict("failed", "recipient", hard=True)
NO = Verdict("failed", "recipient")
POLICY = Verdict("failed", "sender")
FORM = Verdict("failed", "message")

REPLIES = [
    # Postfix
    ("dot", "250 2.0.0 Ok: queued as 4F1c2d3e4f", SENT),
    (
        "rcpt",
        "550 5.1.1 <x@example.org>: Recipient address rejected: User unknown in local recipient table",
        DEAD,
    ),
    (
        "rcpt",
        "550 5.1.1 <x@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
        DEAD,
    ),
    (
        "rcpt",
        "450 4.2.0 <x@example.org>: Recipient address rejected: Greylisted, see http://example.org/grey",
        LATER,
    ),
    ("rcpt", "450 4.1.1 <x@example.org>: Recipient address rejected: unverified address", LATER),
    ("rcpt", "451 4.3.0 <x@example.org>: Temporary lookup failure", LATER),
    ("rcpt", "451 4.3.5 Server configuration problem", LATER),
    ("rcpt", "452 4.3.1 Insufficient system storage", HOST),
    ("mail", "452 4.3.1 Insufficient system storage", HOST),
    ("rcpt", "452 4.5.3 Error: too many recipients", HOST),
    ("mail", "451 4.3.0 Error: queue file write error", HOST),
    ("mail", "552 5.3.4 Message size exceeds fixed limit", WAIT_FOR_PERSON),
    ("mail", "530 5.7.0 Must issue a STARTTLS command first", WAIT_FOR_PERSON),
    ("mail", "550 5.1.8 <brief@example.org>: Sender address rejected: Domain not found", WAIT_FOR_PERSON),
    (
        "mail",
        "553 5.7.1 <brief@example.org>: Sender address rejected: not owned by user kim",
        WAIT_FOR_PERSON,
    ),
    ("rcpt", "554 5.7.1 <x@example.org>: Relay access denied", POLICY),
    (
        "rcpt",
        "550 5.7.23 <x@example.org>: Recipient address rejected: Message rejected due to: SPF fail",
        POLICY,
    ),
    ("rcpt", "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org", POLICY),
    ("rcpt", "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]", LATER),
    ("rcpt", "550 5.1.2 <x@nirgends.example>: Recipient address rejected: Domain not found", DEAD),
    ("rcpt", "553 5.1.3 <x@@example.org>: Recipient address rejected: bad address syntax", DEAD),
    ("rcpt", "550 5.1.8 <brief@example.org>: Sender address rejected: Domain not found", POLICY),
    ("dot", "552 5.3.4 Error: message file too big", FORM),
    ("dot", "554 5.6.0 Message contains NUL characters", FORM),
    ("data", "503 5.5.1 Error: need RCPT command", FORM),
    ("rcpt", "552 5.2.2 <x@example.org>: user is over quota", LATER),
    ("dot", "421 4.3.0 Error: timeout exceeded", HOST),
    ("connect", "421 4.7.0 mx.example.org Error: too many connections from 192.0.2.7", HOST_SLOW),
    ("connect", "421 4.3.2 All server ports are busy", HOST),
    ("auth", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", WAIT_FOR_PERSON),
    ("auth", "454 4.7.0 Temporary authentication failure: Connection lost to authentication server", HOST),
    ("auth", "534 5.7.9 Application-specific password required", WAIT_FOR_PERSON),
    ("starttls", "454 4.7.0 TLS not available due to local problem", HOST),
    # Exim
    ("rcpt", "550 Unrouteable address", NO),
    ("rcpt", "550 unknown user", DEAD),
    ("rcpt", "550 No Such User Here", DEAD),
    ("rcpt", "550-Verification failed for <brief@example.org> 550 Sender verify failed", POLICY),
    ("rcpt", "550 relay not permitted", POLICY),
    ("rcpt", "451 Temporary local problem - please try later", LATER),
    ("dot", "550 This message was classified as SPAM and may not be delivered", POLICY),
    ("dot", "550 High probability of spam", POLICY),
    ("rcpt", "451 Greylisted - please try again in a few minutes", LATER),
    ("dot", "552 Message size exceeds maximum permitted", FORM),
    # qmail
    ("rcpt", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", POLICY),
    ("dot", "550 sorry, no mailbox here by that name. (#5.1.1)", DEAD),
    ("rcpt", "550 user does not exist (#5.1.1 - chkuser)", DEAD),
    # Exchange and Exchange Online
    (
        "rcpt",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient x@example.org not found by SMTP address lookup",
        DEAD,
    ),
    ("rcpt", "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found", DEAD),
    ("rcpt", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [AB1.example.com]", DEAD),
    ("rcpt", "550 5.4.1 Recipient address rejected: Access denied", NO),
    ("dot", "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", NO),
    ("dot", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", NO),
    ("dot", "550 5.7.124 the group takes mail from its own organisation only", NO),
    (
        "dot",
        "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy",
        POLICY,
    ),
    ("mail", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", WAIT_FOR_PERSON),
    ("dot", "554 5.6.0 STOREDRV.Deliver; Corrupt message content", FORM),
    ("dot", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", LATER),
    ("rcpt", "452 4.2.2 mailbox full", LATER),
    ("dot", "451 4.7.500 Server busy. Please try again later from [192.0.2.7]. (AS77712)", LATER),
    (
        "rcpt",
        "451 4.7.651 The mail server [192.0.2.7] has been temporarily rate limited due to IP reputation",
        SLOW,
    ),
    ("dot", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", HOST),
    ("rcpt", "550 5.4.14 Hop count exceeded - possible mail loop ATTR34", NO),
    # Outlook.com
    ("rcpt", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)", DEAD),
    (
        "mail",
        "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent; we have a block list (S3150)",
        WAIT_FOR_PERSON,
    ),
    (
        "rcpt",
        "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent; we have a block list (S3150)",
        POLICY,
    ),
    (
        "dot",
        "550 5.7.515 Access denied, sending domain example.org lacks the required authentication",
        POLICY,
    ),
    ("rcpt", "451 4.7.650 The mail server [192.0.2.7] has been temporarily rate limited", SLOW),
    ("dot", "550 SC-001 Mail rejected by Outlook.com for policy reasons", POLICY),
    (
        "connect",
        "421 RP-001 Unfortunately, some messages could not be sent. Exceeded the rate limit",
        HOST_SLOW,
    ),
    # Gmail
    (
        "rcpt",
        "550 5.1.1 The email account that you tried to reach does not exist. Try checking for typos - gsmtp",
        DEAD,
    ),
    ("rcpt", "550 5.2.1 The email account that you tried to reach is inactive. - gsmtp", NO),
    ("rcpt", "452 4.2.2 The recipient's inbox is out of storage space and inactive. - gsmtp", LATER),
    ("rcpt", "552 5.2.2 The email account that you tried to reach is over quota. - gsmtp", LATER),
    (
        "rcpt",
        "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents delivery",
        SLOW,
    ),
    ("rcpt", "450 4.2.1 Peak SMTP relay limit reached for customer. - gsmtp", SLOW),
    (
        "dot",
        "421 4.7.28 Our system has detected an unusual rate of unsolicited mail from your domain - gsmtp",
        HOST_SLOW,
    ),
    ("dot", "421 4.7.0 Temporary System Problem. Try again later - gsmtp", HOST),
    ("dot", "421 4.7.23 The sending IP address has no PTR record set up", HOST),
    ("dot", "550 5.7.27 This email has been blocked because the sender is unauthenticated (SPF)", POLICY),
    (
        "dot",
        "550 5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy",
        POLICY,
    ),
    (
        "dot",
        "552 5.7.0 This message was blocked because its content presents a potential security issue",
        POLICY,
    ),
    ("dot", "552 5.2.3 Your message exceeded size limits", FORM),
    (
        "dot",
        "550 5.7.1 The user or domain that you are sending to has a policy that prohibited the mail",
        POLICY,
    ),
    ("rcpt", "550 5.4.5 Daily user sending limit exceeded", NO),
    # GMX, WEB.DE, IONOS
    ("rcpt", "550 Requested action not taken: mailbox unavailable", DEAD),
    (
        "rcpt",
        "550 Requested action not taken: mailbox unavailable For explanation visit https://example.org/?c=bl",
        NO,
    ),
    ("dot", "550 Requested action not taken: mailbox unavailable", NO),
    ("rcpt", "552 Requested mail action aborted: exceeded storage allocation", LATER),
    (
        "dot",
        "554 Transaction failed Reject due to policy restrictions. See https://example.org/error-messages",
        POLICY,
    ),
    (
        "connect",
        "554 example.net (mxgmx) Nemesis ESMTP Service not available, Bad DNS PTR resource record",
        HOST,
    ),
    ("dot", "554 Transaction failed Duplicate header in message header section", POLICY),
    ("rcpt", "450 Requested mail action not taken: mailbox unavailable Too many mails, try later", SLOW),
    ("rcpt", "421 Requested action aborted: local error in processing", HOST),
    ("rcpt", "550 Requested action not taken: mailbox unavailable Invalid DNS MX or A/AAAA record", POLICY),
    # T-Online
    ("connect", "554 IP=192.0.2.7 - None/bad reputation. Ask the postmaster for help. (NOWL)", HOST),
    ("mail", "554 IP=192.0.2.7 - None/bad reputation. Ask the postmaster for help. (NOWL)", WAIT_FOR_PERSON),
    ("rcpt", "554 IP=192.0.2.7 - A problem occurred. Ask your postmaster, bad reputation. (BL)", POLICY),
    ("rcpt", "550 user unknown", DEAD),
    ("rcpt", "552 5.2.2 mailbox quota exceeded", LATER),
    ("rcpt", "450 too many messages from 192.0.2.7, try again later", SLOW),
    # freenet, mailbox.org, house servers with German words
    ("rcpt", "550 inactive user", NO),
    ("rcpt", "550 Benutzer unbekannt", DEAD),
    ("rcpt", "550 5.0.0 Empfänger unbekannt", DEAD),
    ("rcpt", "550 Unbekannter Empfänger x@example.org", DEAD),
    ("rcpt", "550 Die Adresse x@example.org existiert nicht", DEAD),
    ("rcpt", "550 Kein solches Postfach", DEAD),
    ("rcpt", "550 Postfach voll", LATER),
    ("rcpt", "550 Postfach gesperrt", NO),
    ("dot", "554 Nachricht ist zu groß", FORM),
    ("dot", "554 Die Nachricht wurde als unerwünschte Werbung abgelehnt", POLICY),
    ("rcpt", "550 Absender unbekannt", POLICY),
    ("rcpt", "451 Zu viele Nachrichten, bitte später erneut versuchen", SLOW),
    # Yahoo, AOL
    (
        "dot",
        "554 delivery error: dd This user doesn't have a yahoo.example account (x@yahoo.example) [0]",
        DEAD,
    ),
    ("dot", "554 delivery error: dd Not a valid recipient", DEAD),
    (
        "dot",
        "554 30 Sorry, your message to x@aol.example cannot be delivered. This mailbox is disabled (554.30)",
        NO,
    ),
    ("mail", "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to user complaints", HOST),
    ("dot", "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, listed at Spamhaus", POLICY),
    ("dot", "554 5.7.9 Message not accepted for policy reasons.", POLICY),
    ("dot", "552 1 Requested mail action aborted, mailbox not found", DEAD),
    # relays and services
    ("dot", "454 Throttling failure: Maximum sending rate exceeded.", HOST_SLOW),
    ("dot", "451 4.4.2 Timeout waiting for data from client", LATER),
    ("dot", "554 Message rejected: Email address is not verified", POLICY),
    ("dot", "554 Transaction failed", POLICY),
    ("rcpt", "554 Transaction failed", NO),
    ("rcpt", "552 too many recipients", LATER),
    ("rcpt", "551 User not local; please try <kim@example.org>", NO),
    ("rcpt", "501 Syntax error in parameters", FORM),
    ("rcpt", "550 5.1.6 The mailbox has moved", DEAD),
    ("connect", "554 No SMTP service here", HOST),
    ("ehlo", "550 Access denied", HOST),
    # silence and noise
    ("rcpt", "0 connection lost", HOST),
    ("body", "0 connection lost", HOST),
    ("dot", "0 TimeoutError", DOUBT),
    ("dot", "220 hello again", SENT),
    ("dot", "354 go on", DOUBT),
    ("rcpt", "2200 nonsense", HOST),
]


@pytest.mark.parametrize(
    ("phase", "reply", "expected"), REPLIES, ids=[f"{each[0]}: {each[1][:60]}" for each in REPLIES]
)
def test_a_reply_is_understood(phase: str, reply: str, expected: Verdict) -> None:
    code, _, text = reply.partition(" ")
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)", text)

    assert (
        classify(phase, int(code[:3]) if "-" in code else int(code), enhanced[0] if enhanced else "", text)
        == expected
    )


def test_the_table_knows_enough_forms() -> None:
    assert len({reply for _, reply, _ in REPLIES}) >= 80


@given(
    st.sampled_from(["connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot"]),
    st.integers(-1, 999),
    st.sampled_from(["", "5.1.1", "5.7.1", "4.2.1", "5.2.2", "5.1.10"]),
    st.text(max_size=200),
)
def test_any_reply_has_one_meaning(phase: str, code: int, enhanced: str, text: str) -> None:
    verdict = classify(phase, code, enhanced, text)

    assert verdict.outcome in {"sent", "deferred", "failed", "in_doubt"}
    assert (verdict.outcome == "sent") == (phase == "dot" and 200 <= code < 300)
    assert not verdict.hard or (verdict.outcome == "failed" and verdict.scope == "recipient")
    if verdict.outcome == "in_doubt":
        assert phase == "dot"
        assert not 400 <= code < 600
    if phase not in ("rcpt", "data", "body", "dot"):
        assert verdict.outcome == "deferred"
    if enhanced == "5.7.1" and 500 <= code < 600:
        assert not verdict.hard


@pytest.mark.parametrize("code", ["5.7.1", "5.7.0", "5.7.26", "5.7.509", "5.7.606"])
def test_policy_is_never_a_dead_address_whatever_is_said(code: str) -> None:
    for words in ("User unknown", "No such user", "Mailbox does not exist", "Empfänger unbekannt"):
        assert classify("rcpt", 550, code, f"{code} {words}") == POLICY


def test_long_replies_are_read_quickly() -> None:
    for text in (
        "user " * 2000,
        "address <" * 1000,
        "sender " * 2000,
        "a" * 20_000,
        "mailbox unavailable " * 500,
    ):
        assert classify("rcpt", 550, "", text).outcome in {"failed", "deferred"}

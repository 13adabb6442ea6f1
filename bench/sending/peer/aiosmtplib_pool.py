"""aiosmtplib as its documentation shows it: one EmailMessage per person, ten connections.

python aiosmtplib_pool.py PORT LETTERS LETTER.json
"""

import asyncio
import json
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

CONNECTIONS = 10


def build(letter: dict[str, str], number: int) -> EmailMessage:
    """The letter to one person."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "rundbrief@example.org", f"person.{number}@example.org"
    mail["Subject"], mail["List-Unsubscribe"] = letter["subject"], f"<https://example.org/a/{number}>"
    mail.set_content(letter["text"] + f"\nPerson {number}\n")
    mail.add_alternative(letter["html"].replace("</body>", f"<p>Person {number}</p></body>"), subtype="html")
    return mail


async def carry(port: int, numbers: range, letter: dict[str, str]) -> None:
    """One connection's share."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for number in numbers:
            await client.send_message(build(letter, number))


async def main(port: int, letters: int, letter: dict[str, str]) -> None:
    await asyncio.gather(
        *(carry(port, range(first, letters, CONNECTIONS), letter) for first in range(CONNECTIONS))
    )


if __name__ == "__main__":
    content = json.loads(Path(sys.argv[3]).read_text("utf-8"))
    began, cpu = time.monotonic(), time.process_time()
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), content))
    print(json.dumps({"s": time.monotonic() - began, "cpu": time.process_time() - cpu}))

"""django-newsletter: a submission to people in its own tables, in a database of its own.

python django_newsletter.py PORT LETTERS LETTER.json
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

BASE = ("contenttypes", "auth", "sites")


def prepare(folder: Path, port: int, letter: dict[str, str]) -> None:
    """A Django with one template: the letter with a line for the person."""
    templates = folder / "newsletter" / "message"
    templates.mkdir(parents=True)
    line = "{{ subscription.email }}"
    html = letter["html"].replace("</body>", f"<p>{line}</p></body>")
    (templates / "message.html").write_text(html, "utf-8")
    (templates / "message.txt").write_text(letter["text"] + f"\n{line}\n", "utf-8")
    (templates / "message_subject.txt").write_text(letter["subject"], "utf-8")
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db")}},
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in BASE), "sorl.thumbnail", "newsletter"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [str(folder)]}],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        ROOT_URLCONF="newsletter.urls",
        SECRET_KEY="bench",
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        NEWSLETTER_THUMBNAIL="sorl-thumbnail",
        NEWSLETTER_USE_HTTPS=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def main(letters: int) -> dict[str, float]:
    from newsletter.models import Message, Newsletter, Submission, Subscription

    newsletter = Newsletter.objects.create(
        title="Rundbrief", slug="rundbrief", email="rundbrief@example.org", sender="Rundbrief", send_html=True
    )
    people = [
        Subscription(
            newsletter=newsletter,
            email_field=f"person.{number}@example.org",
            subscribed=True,
            activation_code=str(number),
        )
        for number in range(letters)
    ]
    Subscription.objects.bulk_create(people, batch_size=500)
    message = Message.objects.create(title="Rundbrief", slug="rundbrief", newsletter=newsletter)
    began, cpu = time.monotonic(), time.process_time()
    Submission.from_message(message).submit()
    return {"s": time.monotonic() - began, "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        prepare(Path(place), int(sys.argv[1]), json.loads(Path(sys.argv[3]).read_text("utf-8")))
        print(json.dumps(main(int(sys.argv[2]))))

"""An invented issue with everything that a letter can show and everything that Markdown knows."""

from dataclasses import replace
from datetime import date

from mailer.content.advertisements import Advertisement
from mailer.content.events import Event
from mailer.content.issue import Issue
from mailer.content.pictures import Picture
from tests.letters import DOT, full_issue, make_card

MARKDOWN = """dies ist ein Absatz mit einem [Wegweiser zur Prämie](https://example.org/praemie),
*schräg*, **fett**, ~~gestrichen~~ und `getippt`.

> Ein Satz, der stehen bleibt.

# Eins

## Zwei

### Drei

| Kopf | Zahl |
|------|------|
| eins | zwei |

```
ein Kasten
```

1. eins
   - zwei

---
"""
PICTURE = Picture("werkstatt.gif", "image/gif", 1012, 400, DOT, "Zwei am Werktisch", "Foto: Muster")


def everything() -> Issue:
    """All looks of cards, with and without pictures, dates, people, and a paid card."""
    issue = full_issue()
    shown = (
        *issue.highlights,
        make_card(5, picture=PICTURE),
        make_card(6, picture=replace(PICTURE, credit=""), event=date(2025, 11, 20)),
    )
    events = tuple(
        Event(
            day=date(2025, 11, day),
            time="17 bis 19 Uhr",
            title=f"Sprechabend Nummer {day}",
            place="Werkstraße 1",
            label=f"Zum Sprechabend Nummer {day}",
            url=f"https://example.org/abend/{day}",
            place_line="",
        )
        for day in (4, 18)
    )
    paid = Advertisement(
        advertiser="Druckerei Beispiel",
        title="Drucksachen für Betriebe",
        text="Ein Satz, für den jemand bezahlt.",
        label="Angebote der Druckerei ansehen",
        url="https://example.org/druckerei",
        picture=replace(PICTURE, name="druckerei.gif"),
    )
    return replace(
        issue,
        editorial=replace(issue.editorial, body=MARKDOWN),
        highlights=shown,
        events=events,
        advertisements=(paid,),
    )

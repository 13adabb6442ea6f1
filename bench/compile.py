"""Compiling the sample issue, and it with twelve variants, against one bare MJML call; medians of five."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from unittest.mock import patch

from mjml import mjml2html

from mailer.cli.office import Office
from mailer.compose import edition as room
from mailer.compose.edition import compile_edition

COUNT, ROUNDS = 10, 5
KREISE = ("Aachen", "Borken", "Kleve", "Lippe", "Soest", "Unna", "Wesel")


def main() -> None:
    office = Office(str(Path(__file__).parent.parent / "config.toml"))
    issue, head = office.read_issue("2025-10"), office.letterhead(None)
    with patch.object(room, "render_mjml", wraps=room.render_mjml) as seen:
        one = compile_edition(issue, head)
    source = seen.call_args.args[0]
    # The sample once more, its cards for a Kreis each and the whole letter in a second voice.
    cards = tuple(
        replace(card, only_for=f'kreis = "{kreis}"')
        for card, kreis in zip(issue.highlights, KREISE, strict=False)
    )
    several = replace(issue, highlights=cards)
    several = replace(several, voices=(replace(several, voice="du"),))
    many = compile_edition(several, head)
    rounds = [
        (
            _milliseconds(lambda: compile_edition(issue, head)),
            _milliseconds(lambda: compile_edition(several, head)),
            _milliseconds(lambda: mjml2html(source, disable_comments=True, fonts={})),
        )
        for _ in range(ROUNDS)
    ]
    mine, all_of_many, bare = (median(times) for times in zip(*rounds, strict=True))
    figure = {
        "figure": "compile",
        "variants": len(one.variants),
        "ms": round(mine, 1),
        "many": len(many.variants),
        "many_ms": round(all_of_many, 1),
        "mjml_ms": round(bare, 2),
    }
    print(json.dumps(figure | {"ratio": round(all_of_many / len(many.variants) / bare, 1)}))


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(COUNT):
        work()
    return (time.process_time() - began) / COUNT * 1e3


if __name__ == "__main__":
    main()

"""Makes mailer/checks/caniemail.json from the data of caniemail.com, cut to what the preflight asks for.

npm pack caniemail && tar xzf caniemail-*.tgz
python -m tests.checks.trim_support package/data/caniemail.json > mailer/checks/caniemail.json
"""

import json
import sys
from pathlib import Path
from typing import Any

from mailer.checks.clients import CLIENTS
from mailer.checks.features import FEATURES

SOURCE = "https://www.caniemail.com (MIT, see caniemail.LICENSE), by way of npm caniemail 2.0.2"


def trim(data: dict[str, Any]) -> dict[str, Any]:
    """Date, source, and for each feature its name and a letter per client: y, a (partly), n, u (unknown)."""
    known = {each["slug"]: each for each in data["data"]}
    return {
        "source": SOURCE,
        "date": data["last_update_date"][:10],
        "clients": [each.id for each in CLIENTS],
        "features": {
            slug: [known[slug]["title"], "".join(_newest(known[slug], each.stats) for each in CLIENTS)]
            for slug in sorted({each.slug for each in FEATURES})
        },
    }


def _newest(feature: dict[str, Any], places: tuple[tuple[str, str], ...]) -> str:
    """The newest test in the first of these places that has one; versions are in the order of time."""
    for family, platform in places:
        if tests := feature["stats"].get(family, {}).get(platform):
            return str(list(tests.values())[-1])[0]
    return "u"


if __name__ == "__main__":
    found = trim(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    print(json.dumps(found, ensure_ascii=False, indent=1))

"""The library loads the country that is asked for, and says of it what it says with all of them."""

import json
import subprocess
import sys
from collections.abc import Sequence

import holidays
import pytest

from tests.conftest import ROOT

CODE = """
import json, sys
from mailer.schedule.holidays import free_days, require_region
for country, state in json.loads(sys.argv[1]):
    require_region(country, state)
    print(json.dumps({str(day): name for day, name in free_days(country, state, (), 2027).items()}))
print(len([name for name in sys.modules if name.startswith("holidays.countries.")]))
"""


@pytest.mark.parametrize("places", [[("DE", "NW")], [("AT", ""), ("CH", "ZH"), ("DE", "BY"), ("FR", "")]])
def test_only_the_countries_that_are_asked_for_are_loaded(places: Sequence[tuple[str, str]]) -> None:
    command = [sys.executable, "-c", CODE, json.dumps(places)]

    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    *told, loaded = done.stdout.splitlines()
    for line, (country, state) in zip(told, places, strict=True):
        entity = getattr(holidays, country)
        language = "de" if "de" in entity.supported_languages else entity.default_language
        whole = holidays.country_holidays(country, subdiv=state or None, years=2027, language=language)
        assert json.loads(line) == {str(day): name for day, name in whole.items()}
    assert int(loaded) == len(places)

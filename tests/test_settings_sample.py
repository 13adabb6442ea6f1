"""The commented lines of the sample config.toml can be used as they stand, and say the defaults."""

import re
from pathlib import Path

from mailer.settings import read_settings
from mailer.settings.tables import NewsletterTable, TeamTable

ROOT = Path(__file__).parent.parent
KEYS = ("plan_days", "four_eyes", "[newsletters.rundbrief.team]", "addresses", "remind_days", "report")


def test_the_series_and_its_team_work_when_they_are_uncommented(tmp_path: Path) -> None:
    sample = (ROOT / "config.toml").read_text("utf-8")
    text = sample
    for key in KEYS:
        text, found = re.subn(rf"(?m)^# (?={re.escape(key)}( |$))", "", text)
        assert found == 1, key
    (tmp_path / "config.toml").write_text(text, "utf-8")

    table = read_settings(tmp_path / "config.toml").config.newsletters["rundbrief"]

    assert table.team is not None
    assert table.team.remind_days == TeamTable.model_fields["remind_days"].default
    assert table.team.report is TeamTable.model_fields["report"].default
    assert table.plan_days == NewsletterTable.model_fields["plan_days"].default
    assert table.four_eyes

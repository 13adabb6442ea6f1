"""The sample issue as our wrapper renders it and as the reference does (npm mjml), compared by pixels."""

import base64
import os
import re
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from mailer import shipped
from mailer.compose import edition
from mailer.compose.edition import compile_edition
from mailer.compose.inline import inline_css
from mailer.compose.mjml import render_mjml
from mailer.content.issue import Issue, read_issue
from mailer.content.programmes import read_register
from tests.chromium import NEEDS_CHROMIUM
from tests.conftest import ROOT
from tests.everything import everything
from tests.letters import HEAD

# A folder with node_modules/mjml 5.4.1: npm install --prefix FOLDER mjml@5.4.1
NPM = os.environ.get("RUNDBRIEF_TEST_MJML", "")
pytestmark = [
    pytest.mark.slow,
    NEEDS_CHROMIUM,
    pytest.mark.skipif(not NPM, reason="RUNDBRIEF_TEST_MJML names no folder with npm mjml (see .ci/run)"),
]
TOGETHER = 0.5  # per cent of pixels that may differ
REFERENCE = """
const mjml = require('mjml'); let source = '';
process.stdin.on('data', chunk => source += chunk).on('end', async () => {
  const options = {fonts: {}, keepComments: false, validationLevel: 'strict'};
  const made = await (mjml.default || mjml)(source, options);
  process.stdout.write(made.html);
});
"""
COMPARE = """async ([one, other]) => {
  const read = async data => {
    const image = new Image(); image.src = 'data:image/png;base64,' + data; await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  };
  const [left, right] = [await read(one), await read(other)];
  const width = Math.max(left.width, right.width), height = Math.max(left.height, right.height);
  let different = 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    const inBoth = x < Math.min(left.width, right.width) && y < Math.min(left.height, right.height);
    const a = 4 * (y * left.width + x), b = 4 * (y * right.width + x);
    if (!inBoth || [0, 1, 2].some(each => left.data[a + each] !== right.data[b + each])) different++;
  }
  return 100 * different / (width * height);
}"""


def sample() -> Issue:
    return read_issue(ROOT / "issues" / "2025-10", read_register(ROOT / "programmes.toml", ROOT), ROOT)


def rendered(issue: Issue, theme: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The letter by our renderer and by the reference, from the same MJML and the same rules."""
    sources: list[str] = []
    rules: list[str] = []
    monkeypatch.setattr(edition, "render_mjml", lambda mjml: sources.append(mjml) or render_mjml(mjml))
    monkeypatch.setattr(edition, "inline_css", lambda html, css: rules.append(css) or inline_css(html, css))
    made = compile_edition(issue, replace(HEAD, theme=theme))
    said = subprocess.run(
        ["node", "-e", REFERENCE], cwd=NPM, input=sources[0], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr[-2_000:]
    data = {each.name: base64.b64encode(each.data).decode() for each in made.pictures}
    ours, theirs = (
        re.sub(r'cid:([^"]+)', lambda found: f"data:image/png;base64,{data[found[1]]}", html)
        for html in (made.variants[0].html, inline_css(said.stdout, rules[0]))
    )
    return ours, theirs


def picture(context: Any, html: str, width: int) -> str:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(html)
    drawn = base64.b64encode(page.screenshot(full_page=True)).decode()
    page.close()
    return drawn


def difference(context: Any, one: str, other: str) -> float:
    """Per cent of pixels that are not the same; what only one of them has is different."""
    page = context.new_page()
    found = float(page.evaluate(COMPARE, [one, other]))
    page.close()
    return found


@pytest.mark.parametrize(
    "theme", sorted(each.stem for each in (shipped.templates() / "themes").glob("*.toml"))
)
@pytest.mark.parametrize("which", [sample, everything])
def test_the_letter_looks_as_the_reference_draws_it(
    context: Any, monkeypatch: pytest.MonkeyPatch, which: Any, theme: str
) -> None:
    ours, theirs = rendered(which(), theme, monkeypatch)

    differing = {
        width: difference(context, picture(context, ours, width), picture(context, theirs, width))
        for width in (375, 640)
    }

    print(f"{which.__name__}, {theme}: {differing}")
    assert ours != theirs
    assert all(each < TOGETHER for each in differing.values()), differing


def test_a_difference_is_seen(context: Any) -> None:
    one, other = (picture(context, f"<body style='margin:0'>{each}</body>", 375) for each in ("", "Hallo"))

    assert difference(context, one, one) == 0
    assert 0 < difference(context, one, other) < 5

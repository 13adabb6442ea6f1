"""The sender fills letters that are compiled already, so that it need not load what compiles them."""

import subprocess
import sys

COMPILERS = ("jinja2", "mjml", "css_inline", "markdown_it", "openpyxl", "alembic", "pydantic", "rich")


def test_the_sender_loads_no_compiler() -> None:
    code = (
        "import sys, mailer.delivery.sender, mailer.delivery.folder, mailer.cli.run\n"
        f"print([name for name in {COMPILERS} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"

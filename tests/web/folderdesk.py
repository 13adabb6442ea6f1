"""A desk on plain files for the tests, and `preview` itself on it: folderdesk.py FOLDER [OPTIONS].

A file KEY.txt is an issue: its first line the subject, the rest the letter; a line with a `!` is a problem.
"""

import base64
import sys
from collections.abc import Sequence
from pathlib import Path

from mailer.web.desk import IssueRow, Rendered
from subscribers.errors import Problem, Problems

DOT = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")


class FolderDesk:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def issues(self) -> Sequence[IssueRow]:
        files = sorted(self._folder.glob("*.txt"))
        return [IssueRow(f.stem, f"Ausgabe {f.stem}", _subject(f.read_text()), "draft") for f in files]

    def render(self, key: str) -> Rendered:
        file = self._folder / f"{key}.txt"
        content = file.read_text()
        wrong = [
            Problem(f"Die Zeile {line!r} ist falsch.", place=f"{file.name}:{number}", hint="Bitte ändern.")
            for number, line in enumerate(content.splitlines(), 1)
            if "!" in line
        ]
        if wrong:
            raise Problems(wrong)
        if "Fehler im Programm" in content:
            raise ZeroDivisionError
        paragraphs = "".join(f"<p>{line}</p>" for line in content.splitlines()[1:])
        html = (
            f'<!doctype html><html lang="de"><body><h1>{_subject(content)}</h1><img src="cid:dot" alt="">'
            f'{paragraphs}<script>document.body.textContent = "Skript"</script></body></html>'
        )
        return Rendered(
            subject=_subject(content),
            preheader="Vorschautext",
            sender="Kammer Musterland" if "namenlos" in content else "Kammer Musterland <brief@example.org>",
            html=html,
            text=content,
            source=f"From: brief@example.org\nSubject: {_subject(content)}\n\n{html}",
            pictures={"dot": ("image/gif", DOT)},
        )

    def folders(self) -> Sequence[Path]:
        return [self._folder, self._folder / "missing"]


class Office:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def desk(self) -> FolderDesk:
        return FolderDesk(self._folder)


def _subject(content: str) -> str:
    return content.partition("\n")[0]


if __name__ == "__main__":
    from mailer.cli.preview import preview

    preview.main(sys.argv[2:], obj=Office(Path(sys.argv[1])))

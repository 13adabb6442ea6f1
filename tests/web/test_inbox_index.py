"""The index of the sandbox's folder: paged, searched, emptied; whatever stands in it."""

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.web.catch import CatchFolder
from mailer.web.inbox_index import Index, Row

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def catch(folder: Path, *recipients: str, subject: str = "Gruß") -> None:
    kept = CatchFolder(folder)
    for recipient in recipients:
        kept.keep("brief@example.org", (recipient,), f"Subject: {subject}\r\n\r\nx\r\n".encode(), now=AT)
    kept.close()


def write_lines(folder: Path, count: int) -> None:
    """An index without its mails, as fast as many of them need."""
    folder.mkdir(exist_ok=True)
    common = {"from": "brief@example.org", "at": AT.isoformat(), "bytes": 1, "subject": "Grüße"}
    with (folder / "index.jsonl").open("w", encoding="utf-8") as file:
        for n in range(1, count + 1):
            row = {"n": n, "file": f"{n:06}-p{n}@example.org.eml", "to": [f"p{n}@example.org"]} | common
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def numbers(index: Index, **asked) -> list[int]:
    return [row.number for row in index.page(**asked).rows]


def test_a_folder_that_is_not_there_yet_is_empty_and_fills_up(tmp_path):
    index = Index(tmp_path / "caught")

    assert (index.total(), index.page().rows, index.row(1), index.clear()) == (0, (), None, 0)
    catch(tmp_path / "caught", "ada@example.org")
    assert (index.total(), numbers(index)) == (1, [1])
    assert index.read(index.row(1)) == "Subject: Gruß\r\n\r\nx\r\n".encode()


def test_100000_mails_are_paged_from_any_place(tmp_path):
    write_lines(tmp_path, 100_000)
    index = Index(tmp_path)

    first = index.page()
    deep = index.page(before=50_001)

    assert (first.total, first.more, len(first.rows)) == (100_000, True, 50)
    assert (first.rows[0].number, deep.rows[0].number, deep.rows[-1].number) == (100_000, 50_000, 49_951)
    assert index.row(77_777).recipients == ("p77777@example.org",)
    assert numbers(index, before=3) == [2, 1]
    assert not index.page(before=3).more
    assert numbers(index, query="P4242@ grüße") == [4242]
    assert numbers(index, query="nobody") == []


def test_words_are_sought_in_addresses_and_subject_in_any_order(tmp_path):
    catch(tmp_path, "ada@example.org", "bob@example.net", subject='Große "Werkstatt" \\ Straße')
    index = Index(tmp_path)

    assert numbers(index, query="straße ada") == [1]
    assert numbers(index, query="STRASSE") == [2, 1]
    assert numbers(index, query='"werkstatt" \\') == [2, 1]
    assert numbers(index, query="brief@ example.net") == [2]


def test_a_line_still_being_written_is_not_read_and_a_damaged_one_is_left_out(tmp_path):
    write_lines(tmp_path, 2)
    index = Index(tmp_path)
    with (tmp_path / "index.jsonl").open("ab") as file:
        file.write(b'{"n": 3, "file": "torn\nno json at all\n{"n": 4, "to": 7}\n{"n": 5, "fi')

    assert numbers(index) == [2, 1]
    assert index.row(4) is None


def test_clearing_takes_every_mail_and_the_catcher_goes_on(tmp_path):
    kept, index = CatchFolder(tmp_path), Index(tmp_path)
    other = Index(tmp_path)
    for _ in range(3):
        kept.keep("a@example.org", ("b@example.org",), b"x\r\n", now=AT)
    assert other.total() == 3

    gone = index.clear()
    kept.keep("a@example.org", ("c@example.org",), b"x\r\n", now=AT)
    kept.close()

    assert gone == 3
    assert sorted(each.name for each in tmp_path.iterdir()) == ["000004-c@example.org.eml", "index.jsonl"]
    assert numbers(index) == numbers(other) == [4]
    assert index.row(1) is None


def test_clearing_while_mail_comes_in_loses_no_mail_without_its_line(tmp_path):
    kept, index, cleared, done = CatchFolder(tmp_path), Index(tmp_path), [], threading.Event()

    def clear() -> None:
        while not done.is_set():
            cleared.append(index.clear())

    clearing = threading.Thread(target=clear)
    clearing.start()
    for n in range(400):
        kept.keep("a@example.org", (f"p{n}@example.org",), b"x\r\n", now=AT)
    done.set()
    clearing.join()
    kept.close()

    listed = [json.loads(line)["file"] for line in (tmp_path / "index.jsonl").read_text("utf-8").splitlines()]
    assert sorted(listed) == sorted(each.name for each in tmp_path.glob("*.eml"))
    assert len(listed) + sum(cleared) == 400


def test_an_index_replaced_by_a_longer_one_is_learnt_anew(tmp_path):
    write_lines(tmp_path, 2)
    index = Index(tmp_path)
    assert index.total() == 2
    (tmp_path / "index.jsonl").unlink()
    catch(tmp_path, *(f"neu{n}@example.org" for n in range(5)))

    assert index.page().rows[-1].recipients == ("neu0@example.org",)
    assert index.total() == 5


@pytest.mark.parametrize("where", ["outside", "link", "folder", "pipe", "gone"])
def test_only_plain_files_of_this_folder_are_read(tmp_path, where):
    folder = tmp_path / "caught"
    folder.mkdir()
    (tmp_path / "000001-geheim.eml").write_text("geheim")
    name = {"outside": "../000001-geheim.eml"}.get(where, "000001-x.eml")
    if where == "link":
        (folder / name).symlink_to(tmp_path / "000001-geheim.eml")
    elif where == "folder":
        (folder / name).mkdir()
    elif where == "pipe":
        os.mkfifo(folder / name)

    assert Index(folder).read(Row(1, name, "", (), "", 0, "")) is None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(alphabet=st.sampled_from("./\\0123456789-ab@_\0 \u202e"), max_size=30) | st.text(max_size=30)
)
def test_no_name_in_the_index_leads_out_of_the_folder(tmp_path, name):
    """Neither reading nor clearing touches anything but numbered .eml files of the folder itself."""
    folder, outside = tmp_path / "caught", tmp_path / "000001-geheim.eml"
    folder.mkdir(exist_ok=True)
    outside.write_text("geheim")
    (tmp_path / "x").write_text("geheim")
    row = {"n": 1, "file": name, "from": "a", "to": ["b"], "at": "", "bytes": 1}
    (folder / "index.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    index = Index(folder)

    read = index.read(index.row(1))
    cleared = index.clear()

    assert (read, cleared) == (None, 1)
    assert outside.read_text() == (tmp_path / "x").read_text() == "geheim"

"""Checks that the letter says what its original says: nothing lost, nothing added, nobody swapped."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from mailer.checks.additions import Said, check_additions
from mailer.checks.deliberate import apply_changes, check_changes, only_adds
from mailer.checks.finding import Finding
from mailer.checks.losses import Loss, Passage, compare_passages, find_run
from mailer.checks.order import check_order
from mailer.checks.parts import missing_parts
from mailer.checks.signers import check_signers
from mailer.checks.targets import check_new_targets
from mailer.compose.rendering import Edition
from mailer.content.issue import Change, Issue
from mailer.content.markdown import keep_markdown
from mailer.content.original import Line, Original, read_original
from mailer.content.pieces import LEFT_OUT
from mailer.content.words import Word, blocks_of, link_key, words_of
from subscribers.errors import Problem

# The letter has a masthead of its own; an unclassified line was left out by nobody's decision.
_NOT_REQUIRED = (LEFT_OUT - {"unclassified"}) | {"blank", "publication", "issue"}
_HEAD = ("kicker", "author", "role", "salutation", "closing", "signature_lines", "role_lines")


def check_fidelity(issue: Issue, edition: Edition) -> Iterator[Finding]:
    """Findings where the letter says less, more or something else than the original; none without one."""
    root = issue.folder.parent.parent
    try:
        original = read_original(issue.folder, root)
    except Problem as problem:
        place = problem.place or f"issues/{issue.key}/import.toml"
        yield Finding.of("fidelity.original", place, problem=problem.message, hint=problem.hint or "")
        return
    if original is None:
        for change in issue.changes:
            yield Finding.of("fidelity.change", change.place, "no_original")
        return
    yield from _compared(issue, edition, original)


def _compared(issue: Issue, edition: Edition, original: Original) -> Iterator[Finding]:
    greeted = any("greeting" in each.html_cut.names for each in edition.variants)
    lines = [each for each in original.lines if _required(each, greeted)]
    head, main = _head(issue), _main(issue)
    letter = (*head, *main)
    everything = {line: _passage(line, original) for line in original.lines}
    passages = [everything[line] for line in lines]
    unasked = [(line, everything[line]) for line in original.lines if line not in lines]
    behind = {link_key(target) for line in lines for target in line.links}
    yield from check_changes(issue.changes, passages, unasked, behind, letter, edition)
    cased = [_in_letters_case(each, letter) for each in passages]
    wanted = [each for each in apply_changes(cased, issue.changes, letter) if each.words]
    losses, added = compare_passages([each for each in wanted if each.kind not in _HEAD], main)
    lost, shown = _head_losses([each for each in wanted if each.kind in _HEAD], head)
    first = next((each.words[0] for each in wanted if each.kind == "paragraphs"), None)
    for loss in (*losses, *lost):
        if not _only_case(loss, first):
            yield from _findings(loss)
    said = Said.of([each.words for each in (*everything.values(), *wanted)])
    added -= _recorded(main, issue.changes) | _untitled(main, passages)
    yield from check_additions(main, added, said)
    linked = [(passage, _targets(line, passage)) for line, passage in everything.items()]
    yield from check_new_targets(main, added, linked, issue.changes)
    yield from check_signers(issue, lines)
    told = {loss.origin for loss in (*losses, *lost)}
    yield from check_order([each for each in passages if each.place not in told], letter, issue.changes)
    if greeted:
        yield from _salutation(issue, original)
    origins = {word.key: each.place for each in passages for word in each.words if word.kind == "link"}
    yield from _lost_links({line: everything[line] for line in lines}, letter, issue.changes)
    for variant in edition.variants:
        yield from missing_parts(variant, (*main, *shown), issue.key, origins)


def _targets(line: Line, passage: Passage) -> frozenset[str]:
    typed = {word.key for word in passage.words if word.kind == "link"}
    return frozenset(typed | {link_key(target) for target in line.links})


def _required(line: Line, greeted: bool) -> bool:
    left_out = line.kind in _NOT_REQUIRED or line.field in ("publication", "issue")
    return not left_out and not (greeted and line.field == "salutation")


def _passage(line: Line, original: Original) -> Passage:
    if original.markdown:
        kept = keep_markdown(line.text)
        words = tuple(word for block in blocks_of(kept) for word in block.words)
    else:
        words = words_of(line.text)
    return Passage(words, f"{original.name}, line {line.number}", line.field)


def _salutation(issue: Issue, original: Original) -> Iterator[Finding]:
    """A warning where the salutation differs although a personal greeting replaces it in the letter."""
    lines = [line for line in original.lines if line.field == "salutation"]
    theirs, ours = (" ".join(texts) for texts in ([line.text for line in lines], issue.editorial.salutation))
    if lines and _keys(theirs) != _keys(ours):
        place, case = f"issues/{issue.key}/editorial.md", "became" if ours else "missing"
        values = {"lost": theirs, "new": ours, "origin": f"{original.name}, line {lines[0].number}"}
        yield Finding.of("fidelity.salutation", place, case, **values)


def _head(issue: Issue) -> list[Passage]:
    """The single lines around the text; the signature first, since it is shown when two say a name."""
    editorial, place = issue.editorial, f"issues/{issue.key}/editorial.md"
    lines = [("signature_lines", line) for line in editorial.signature]
    lines += [("closing", editorial.closing), ("author", editorial.author), ("role", editorial.role)]
    lines += [("kicker", editorial.kicker), *(("salutation", line) for line in editorial.salutation)]
    return [Passage(words_of(text), place, kind) for kind, text in lines if text]


def _main(issue: Issue) -> list[Passage]:
    """Title, lead and body, block by block, with the Markdown of each."""
    editorial, file = issue.editorial, f"issues/{issue.key}/editorial.md"
    passages = [Passage(words_of(editorial.title), file, "title", editorial.title)]
    if editorial.lead:
        passages.append(Passage(words_of(editorial.lead), file, "lead", editorial.lead))
    blocks, lines = blocks_of(editorial.body), editorial.body.split("\n")
    for block, behind in zip_longest(blocks, blocks[1:]):
        source = "\n".join(lines[block.line : behind.line if behind else None])
        place = f"{file}:{editorial.body_line + block.line}"
        passages.append(Passage(block.words, place, "item" if block.numbered else "", source))
    return passages


def _untitled(main: Sequence[Passage], original: Sequence[Passage]) -> set[int]:
    """The places of the title's words where the original has no title: a letter needs one."""
    titled = any(each.kind == "title" for each in original)
    return set() if titled else set(range(len(main[0].words)))


def _recorded(main: Sequence[Passage], changes: Sequence[Change]) -> set[int]:
    """The places, among all words of the letter, where a change says that the editor added something."""
    keys = [word.key for passage in main for word in passage.words]
    return {
        place
        for change in changes
        if only_adds(change)
        for start in find_run(keys, _keys(change.new))
        for place in range(start, start + len(_keys(change.new)))
    }


def _in_letters_case(passage: Passage, letter: Sequence[Passage]) -> Passage:
    """A line in capitals as the letter writes it, where the two differ in nothing else."""
    if not all(word.text == word.text.upper() for word in passage.words):
        return passage
    same = next((each for each in letter if _loose(each) == _loose(passage)), None)
    return replace(passage, words=same.words) if same else passage


def _head_losses(passages: Sequence[Passage], letter: Sequence[Passage]) -> tuple[list[Loss], list[Passage]]:
    """Words of byline, kicker and signature that are in none of these fields; and the fields that have them.

    An importer may have put one line into several fields, and a name that begins the text need not end it.
    """
    pool = [Counter(_loose(each)) for each in letter]
    signed = any(each.kind == "signature_lines" for each in letter)
    losses, used = [], dict[int, Passage]()
    for passage in passages:
        own = next((each for each in letter if each.kind == passage.kind), None)
        for word, key in zip(passage.words, _loose(passage), strict=True):
            if at := [index for index, keys in enumerate(pool) if keys[key] > 0]:
                pool[at[0]][key] -= 1
                used[at[0]] = letter[at[0]]
            elif signed or all(key not in _loose(each) for each in used.values()):
                losses.append(_head_loss(word, passage, own, letter))
    return losses, [used[index] for index in sorted(used)]


def _head_loss(word: Word, passage: Passage, own: Passage | None, letter: Sequence[Passage]) -> Loss:
    known = set(_loose(passage))
    new = tuple(each for each in own.words if each.key.casefold() not in known) if own else ()
    place = own.place if own else letter[0].place if letter else passage.place
    return Loss((word,), new, (), (), passage.place, place)


def _findings(loss: Loss) -> Iterator[Finding]:
    around = {"around": _context(loss), "origin": loss.origin}
    for kind in ("figure", "link"):
        news = [word.text for word in loss.new if word.kind == kind]
        for index, word in enumerate(each for each in loss.old if each.kind == kind):
            case, new = ("became", news[index]) if index < len(news) else ("one", "")
            yield Finding.of(f"fidelity.{kind}", loss.place, case, lost=word.text, new=new, **around)
    if words := [word for word in loss.old if word.kind == "word"]:
        instead = [word for word in loss.new if word.kind == "word"]
        case = "became" if instead else "one" if len(words) == 1 else "several"
        values = {"lost": _said(words), "new": _said(instead), **around}
        yield Finding.of("fidelity.word", loss.place, case, **values)


def _lost_links(
    lines: Mapping[Line, Passage], letter: Sequence[Passage], changes: Sequence[Change]
) -> Iterator[Finding]:
    """Targets that stood behind words; where exactly is not compared."""
    known = {word.key for each in letter for word in each.words if word.kind == "link"}
    wanted = {link_key(each.old) for each in changes if not each.new or link_key(each.new) in known}
    for line, passage in lines.items():
        for target in line.links:
            if link_key(target) not in known | wanted:
                there = Counter(passage.keys)
                nearest = max(letter, key=lambda each: (Counter(each.keys) & there).total())
                yield Finding.of("fidelity.link", nearest.place, "behind", lost=target, origin=passage.place)


def _only_case(loss: Loss, first: Word | None) -> bool:
    """The first word of the text: after „Liebe Mitglieder,“ it is small, after „Guten Tag!“ it is not."""
    if len(loss.old) != 1 or len(loss.new) != 1 or loss.old[0] is not first:
        return False
    return loss.old[0].key.casefold() == loss.new[0].key.casefold()


def _context(loss: Loss) -> str:
    inside = _said(loss.old) if len(loss.old) <= 12 else f"{_said(loss.old[:6])} … {_said(loss.old[-4:])}"
    return " ".join(filter(None, (_said(loss.before), f"[{inside}]", _said(loss.after))))


def _said(words: Sequence[Word]) -> str:
    text = " ".join(word.text for word in words)
    return text if len(text) <= 200 else f"{text[:120]} … {text[-60:]}"


def _keys(text: str) -> list[str]:
    return [word.key for word in words_of(text)]


def _loose(passage: Passage) -> list[str]:
    return [word.key.casefold() for word in passage.words]

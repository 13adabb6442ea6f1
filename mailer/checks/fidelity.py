"""Checks that no word, figure, name or link of the imported original was lost on its way into the letter."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from mailer.checks.finding import Finding
from mailer.checks.losses import Loss, Passage, find_losses, find_run
from mailer.checks.parts import missing_parts
from mailer.compose.edition import Edition
from mailer.content.issue import Change, Issue
from mailer.content.original import Line, Original, read_original
from mailer.content.pieces import LEFT_OUT
from mailer.content.words import Word, blocks_of, link_key, words_of
from subscribers.errors import Problem

# The letter has a masthead of its own; an unclassified line was left out by nobody's decision.
_NOT_REQUIRED = (LEFT_OUT - {"unclassified"}) | {"blank", "publication", "issue"}
_HEAD = ("kicker", "author", "role", "salutation", "closing", "signature_lines", "role_lines")


def check_fidelity(issue: Issue, edition: Edition) -> Iterator[Finding]:
    """Findings where the letter says less, or something else, than the original; none without an original."""
    root = issue.folder.parent.parent
    try:
        original = read_original(issue.folder, root)
    except Problem as problem:
        place = problem.place or f"issues/{issue.key}/import.toml"
        yield Finding("fidelity.original", "error", place, problem.message, problem.hint or "")
        return
    if original is None:
        for change in issue.changes:
            message = "There is no original that this change could be a change of."
            yield Finding("fidelity.change", "error", change.place, message, "Remove it from changes.toml.")
        return
    greeted = any("greeting" in each.html_cut.names for each in edition.variants)
    lines = [each for each in original.lines if _required(each, greeted)]
    head, main = _head(issue), _main(issue)
    passages = [_passage(line, original) for line in lines]
    behind = {link_key(target) for line in lines for target in line.links}
    yield from _unfit_changes(issue.changes, passages, behind, (*head, *main), edition)
    passages = [_in_letters_case(each, (*head, *main)) for each in passages]
    passages = [each for each in _changed(passages, issue.changes, (*head, *main)) if each.words]
    losses = find_losses([each for each in passages if each.kind not in _HEAD], main)
    lost, shown = _head_losses([each for each in passages if each.kind in _HEAD], head)
    first = next((each.words[0] for each in passages if each.kind == "paragraphs"), None)
    for loss in (*losses, *lost):
        if not _only_case(loss, first):
            yield from _findings(loss)
    yield from _lost_links(lines, (*head, *main), issue.changes, original)
    for variant in edition.variants:
        yield from missing_parts(variant, (*main, *shown), issue.key)


def _required(line: Line, greeted: bool) -> bool:
    left_out = line.kind in _NOT_REQUIRED or line.field in ("publication", "issue")
    return not left_out and not (greeted and line.field == "salutation")


def _passage(line: Line, original: Original) -> Passage:
    if original.markdown:
        words = tuple(word for block in blocks_of(line.text) for word in block.words)
    else:
        words = words_of(line.text)
    return Passage(words, f"{original.name}, line {line.number}", line.field)


def _head(issue: Issue) -> list[Passage]:
    """The single lines around the text; the signature first, since it is shown when two say a name."""
    editorial, place = issue.editorial, f"issues/{issue.key}/editorial.md"
    lines = [("signature_lines", line) for line in editorial.signature]
    lines += [("closing", editorial.closing), ("author", editorial.author), ("role", editorial.role)]
    lines += [("kicker", editorial.kicker), *(("salutation", line) for line in editorial.salutation)]
    return [Passage(words_of(text), place, kind) for kind, text in lines if text]


def _main(issue: Issue) -> list[Passage]:
    editorial, file = issue.editorial, f"issues/{issue.key}/editorial.md"
    passages = [Passage(words_of(editorial.title), file, "title")]
    passages += [Passage(words_of(editorial.lead), file, "lead")] if editorial.lead else []
    return passages + [
        Passage(block.words, f"{file}:{editorial.body_line + block.line}", "item" if block.numbered else "")
        for block in blocks_of(editorial.body)
    ]


def _in_letters_case(passage: Passage, letter: Sequence[Passage]) -> Passage:
    """A line in capitals as the letter writes it, where the two differ in nothing else."""
    if not all(word.text == word.text.upper() for word in passage.words):
        return passage
    same = next((each for each in letter if _loose(each) == _loose(passage)), None)
    return replace(passage, words=same.words) if same else passage


def _unfit_changes(
    changes: Sequence[Change],
    passages: Sequence[Passage],
    behind: AbstractSet[str],
    letter: Sequence[Passage],
    edition: Edition,
) -> Iterator[Finding]:
    """`behind`: the links that the original keeps behind its words."""
    original = [word.key for each in passages for word in each.words]
    ours = [word.key for each in letter for word in each.words]
    for change in changes:
        if not find_run(original, _keys(change.old)) and link_key(change.old) not in behind:
            message = f"The original does not say “{change.old}”."
            yield Finding(
                "fidelity.change", "error", change.place, message, "Write `old` as the original has it."
            )
        wanted = _keys(change.new)
        texts = [[word.key for word in words_of(each.text)] for each in edition.variants] if wanted else []
        if wanted and not find_run(ours, wanted) and not all(find_run(text, wanted) for text in texts):
            message = f"The letter does not say “{change.new}”."
            yield Finding(
                "fidelity.change", "error", change.place, message, "Write `new` as the letter has it."
            )


def _changed(
    passages: Sequence[Passage], changes: Sequence[Change], letter: Sequence[Passage]
) -> list[Passage]:
    """The original as it reads after the deliberate changes; a passage that was kept stays as it is."""
    kept = {each.keys for each in letter}
    open_keys = [
        word.key for each in letter if each.keys not in {p.keys for p in passages} for word in each.words
    ]
    words = [list(each.words) for each in passages]
    for change in changes:
        owners = [
            (index, at)
            for index, each in enumerate(passages)
            if each.keys not in kept
            for at in range(len(words[index]))
        ]
        flat = [words[index][at].key for index, at in owners]
        old, new = _keys(change.old), words_of(change.new)
        times = len(find_run(open_keys, [word.key for word in new])) if new else 1
        for start in reversed(find_run(flat, old)[:times]):
            for index, at in reversed(owners[start + 1 : start + len(old)]):
                del words[index][at]
            index, at = owners[start]
            words[index][at : at + 1] = new
    return [replace(each, words=tuple(words[index])) for index, each in enumerate(passages)]


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
    remedy = "Put it back, or list it in changes.toml with old, new, reason and by."
    around = f" – “{_context(loss)}” ({loss.origin})."
    for kind, name in (("figure", "figure"), ("link", "link")):
        news = [word for word in loss.new if word.kind == kind]
        for index, word in enumerate(each for each in loss.old if each.kind == kind):
            became = f"became “{news[index].text}”" if index < len(news) else "is missing"
            message = f"The {name} “{word.text}” {became}{around}"
            yield Finding(f"fidelity.{kind}", "error", loss.place, message, remedy)
    if words := [word for word in loss.old if word.kind == "word"]:
        instead = [word for word in loss.new if word.kind == "word"]
        became = (
            f"became “{_said(instead)}”" if instead else "is missing" if len(words) == 1 else "are missing"
        )
        message = f"“{_said(words)}” {became}{around}"
        yield Finding("fidelity.word", "error", loss.place, message, remedy)


def _lost_links(
    lines: Sequence[Line], letter: Sequence[Passage], changes: Sequence[Change], original: Original
) -> Iterator[Finding]:
    """Targets that stood behind words; where exactly is not compared."""
    known = {word.key for each in letter for word in each.words if word.kind == "link"}
    wanted = {link_key(each.old) for each in changes if not each.new or link_key(each.new) in known}
    for line in lines:
        for target in line.links:
            if link_key(target) not in known | wanted:
                message = f"The link “{target}” is missing ({original.name}, line {line.number})."
                remedy = "Put it back, or list it in changes.toml with old, new, reason and by."
                yield Finding("fidelity.link", "error", letter[0].place, message, remedy)


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

"""The catalogue of translated texts, kept without the gettext programs.

Texts are written in English where they are used. ``collect`` finds them, ``update`` merges them into the
catalogue of a language, ``compile_all`` makes the binary form that Django reads, ``problems`` says what a
translator still has to do.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog, Message, TranslationError
from babel.messages.checkers import checkers
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(settings.PACKAGE_DIR)
LOCALE = PACKAGE / "locale"
#: The languages that have a catalogue; English is the source.
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != "en")

_HEADER = """\
# {language} texts of Relance. `make messages` keeps the entries in step with the code.
msgid ""
msgstr ""
"Project-Id-Version: Relance\\n"
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals};\\n"

"""
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...]] = {
    "_": (1,),
    "gettext": (1,),
    "gettext_lazy": (1,),
    "gettext_noop": (1,),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_Extracted = tuple[int, str, str | tuple[str | None, ...], list[str]]


def catalogue_path(code: str) -> Path:
    """Where the texts of a language stand."""
    return LOCALE / code / "LC_MESSAGES" / "django.po"


def collect() -> Catalog:
    """All texts of the package's Python files and templates, in the order of the files."""
    found = Catalog()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "static" in path.parts:
            continue
        place = path.relative_to(PACKAGE.parent).as_posix()
        source = path.read_text()
        if path.suffix != ".py":
            source = _as_python(source, place)
        for line, function, arguments, comments in _extract(source):
            context, ids = _split(function, arguments)
            if ids:
                found.add(ids, locations=[(place, line)], auto_comments=comments, context=context)
    return found


def update(code: str) -> Catalog:
    """Merge the collected texts into a language's file: translations are kept, texts no longer used go."""
    known, wanted = read(code), collect()
    merged = Catalog(locale=code)
    for message in wanted:
        if not message.id:
            continue
        before = known.get(message.id, context=message.context)
        merged.add(
            message.id,
            before.string if before else None,
            locations=sorted({(place, 0) for place, _line in message.locations}),
            auto_comments=sorted(set(message.auto_comments)),
            user_comments=before.user_comments if before else (),
            context=message.context,
        )
    body = io.BytesIO()
    write_po(body, merged, omit_header=True, sort_by_file=True, include_lineno=False, width=110)
    header = _HEADER.format(
        language=merged.locale.english_name, code=code, plurals=merged.plural_forms.rstrip(";")
    )
    path = catalogue_path(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header.encode() + body.getvalue())
    return merged


def read(code: str) -> Catalog:
    """The catalogue as it stands in its file; empty when there is none yet."""
    path = catalogue_path(code)
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def compile_all() -> None:
    """Make the binary catalogues that are missing or older than their source."""
    for code in LANGUAGES:
        source = catalogue_path(code)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        # Written aside and moved, so that a process starting just now never reads half a file.
        aside = target.with_suffix(f".{os.getpid()}")
        with aside.open("wb") as file:
            write_mo(file, read(code))
        aside.replace(target)


def problems(code: str) -> list[str]:
    """What is missing or wrong in a language's catalogue, one sentence each."""
    found, known, wanted = [], read(code), collect()
    for message in wanted:
        if not message.id:
            continue
        text = message.id if isinstance(message.id, str) else message.id[0]
        there = known.get(message.id, context=message.context)
        if there is None:
            found.append(f"missing, run make messages: {text!r} ({message.locations[0][0]})")
            continue
        strings = there.string if isinstance(there.string, tuple) else (there.string,)
        if there.fuzzy:
            found.append(f"marked fuzzy: {text!r}")
        elif not all(strings):
            found.append(f"not translated: {text!r} ({message.locations[0][0]})")
        else:
            found.extend(f"{problem}: {text!r}" for problem in _faults(known, there))
    used = {(message.id, message.context) for message in wanted}
    found.extend(
        f"no longer used, run make messages: {message.id!r}"
        for message in known
        if message.id and (message.id, message.context) not in used
    )
    return found


def _faults(catalog: Catalog, message: Message) -> Iterator[str]:
    """Placeholders that a translation forgot or invented."""
    for checker in checkers:
        try:
            checker(catalog, message)
        except TranslationError as fault:
            yield str(fault)


def _as_python(source: str, place: str) -> str:
    """A template's texts as calls in Python's notation, each on its own line of the source."""
    return "\n".join(line.strip() for line in templatize(source, origin=place).splitlines())


def _extract(source: str) -> Iterator[_Extracted]:
    found = extract_python(io.BytesIO(source.encode()), _KEYWORDS, ["Translators:"], {"encoding": "utf-8"})
    # Babel's declared types promise less than it gives: the arguments are a text, or a tuple of texts and None.
    for line, function, arguments, comments in cast(Iterator[_Extracted], found):
        yield (
            line,
            function or "_",
            arguments if isinstance(arguments, tuple) else (arguments,),
            list(comments),
        )


def _split(
    function: str, arguments: str | tuple[str | None, ...]
) -> tuple[str | None, str | tuple[str, str] | None]:
    """The context and the text (or singular and plural) among the arguments of a call; no text when it is computed."""
    context: str | None = None
    chosen: list[str] = []
    for spec in _KEYWORDS[function]:
        index = spec[0] if isinstance(spec, tuple) else spec
        value = arguments[index - 1] if index <= len(arguments) else None
        if not value:
            return None, None
        if isinstance(spec, tuple):
            context = value
        else:
            chosen.append(value)
    return context, chosen[0] if len(chosen) == 1 else (chosen[0], chosen[1])

"""Texts are found in Python and in templates, and every French one is there."""

from __future__ import annotations

from relance.commands import translations


def ids(source: str, *, template: bool = False) -> list[object]:
    text = translations._as_python(source, "x.html") if template else source
    found = [
        translations._split(function, arguments)
        for _line, function, arguments, _c in translations._extract(text)
    ]
    return [(context, chosen) if context else chosen for context, chosen in found if chosen]


def test_texts_in_python_are_found():
    source = '_("Deals")\nngettext("%(n)s deal", "%(n)s deals", n)\npgettext("verb", "Open")\ngettext(name)\n'
    assert ids(source) == ["Deals", ("%(n)s deal", "%(n)s deals"), ("verb", "Open")]


def test_texts_in_templates_are_found():
    source = """
    <p title="it's">{% translate "Won" %}</p>
      {% blocktranslate trimmed with name=deal.title %}
        The deal
        {{ name }} is “won”.
      {% endblocktranslate %}
    {% blocktranslate count n=deals|length %}{{ n }} deal{% plural %}{{ n }} deals{% endblocktranslate %}
    {% translate "Open" context "verb" %} {{ _("Lost") }} 100%
    """
    assert ids(source, template=True) == [
        "Won",
        "The deal %(name)s is “won”.",
        ("%(n)s deal", "%(n)s deals"),
        ("verb", "Open"),
        "Lost",
    ]


def test_merging_keeps_translations_and_drops_what_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "LOCALE", tmp_path / "relance" / "locale")
    monkeypatch.setattr(translations, "PACKAGE", tmp_path / "relance")
    page = tmp_path / "relance" / "page.html"
    page.parent.mkdir()
    page.write_text('{% translate "Deals" %}{% translate "Gone" %}')
    translations.update("fr")
    path = translations.catalogue_path("fr")
    path.write_text(path.read_text().replace('msgid "Deals"\nmsgstr ""', 'msgid "Deals"\nmsgstr "Affaires"'))

    page.write_text('{% translate "Deals" %}{% translate "New" %}')
    translations.update("fr")

    assert translations.read("fr").get("Deals").string == "Affaires"
    assert translations.read("fr").get("Gone") is None
    assert translations.problems("fr") == ["not translated: 'New' (relance/page.html)"]
    before = path.read_bytes()
    translations.update("fr")
    assert path.read_bytes() == before


def test_a_forgotten_placeholder_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "LOCALE", tmp_path / "relance" / "locale")
    monkeypatch.setattr(translations, "PACKAGE", tmp_path / "relance")
    (tmp_path / "relance").mkdir()
    (tmp_path / "relance" / "a.py").write_text('_("Won by %(name)s")\n')
    translations.update("fr")
    path = translations.catalogue_path("fr")
    empty = 'msgid "Won by %(name)s"\nmsgstr ""'
    path.write_text(path.read_text().replace(empty, empty[:-1] + 'Gagnée par %(nom)s"'))
    assert len(translations.problems("fr")) == 1

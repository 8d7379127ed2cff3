"""The two forms of a mail's text: HTML from plain text, plain text from HTML, and HTML without anything active."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3
from django.utils.html import escape, urlize

MAX_BODY = 100_000

TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "s",
    "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul", "div",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_BLOCKS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "ul", "ol", "table", "tr", "blockquote", "pre", "hr"}
)


def sanitized(html: str, *, opens_new: bool = False) -> str:
    """The HTML with a few harmless tags and links; styles, pictures, scripts and everything unknown are gone.

    Args:
        opens_new: links open in a window of their own.
    """
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "object"},
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
        strip_comments=True,
        set_tag_attribute_values={"a": {"target": "_blank"}} if opens_new else None,
    )


def html_from(text: str) -> str:
    """Plain text as HTML: paragraphs at empty lines, breaks at the others, addresses as links."""
    paragraphs = (part for part in re.split(r"\n\s*\n", text.strip()) if part.strip())
    return sanitized(
        "\n".join(f"<p>{urlize(escape(part.strip())).replace(chr(10), '<br>')}</p>" for part in paragraphs)
    )


def text_from(html: str) -> str:
    """HTML as plain text: blocks on lines of their own, bullets, and links with their address behind them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "".join(reader.parts)
    text = re.sub(r"[ \t\r\f\v]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Reader(HTMLParser):
    """Collects what can be read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        elif tag in _BLOCKS:
            self.parts.append("\n" if tag == "tr" else "\n\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n" if tag == "tr" else "\n\n")
        elif tag == "a" and self._links:
            href, first = self._links.pop()
            shown = "".join(self.parts[first:]).strip()
            plain = href.removeprefix("mailto:").removeprefix("tel:")
            if plain and plain != shown:
                self.parts.append(f" ({plain})")

    def handle_data(self, data: str) -> None:
        self.parts.append(" ".join(data.split("\n")))

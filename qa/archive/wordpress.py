"""WordPress exports (WXR): reading them without trusting their XML, and writing one."""

from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from io import TextIOBase
from typing import IO, Any
from xml.sax.saxutils import XMLGenerator

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.utils.html import escape

from ..machines import absolute
from ..models import Publication
from ..sanitize import clean_html
from .entries import Entry, Unusable, audience_of, day_of, split_post, tidy_answer, tidy_text

Row = tuple[str, Entry | Unusable]
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_NAMES = {
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:wp": "http://wordpress.org/export/1.2/",
    "version": "2.0",
}


def read(source: IO[bytes]) -> Iterator[Row]:
    """Every post that was public, as an entry or the reason why not. Raises Unusable for a file that is no export."""
    try:
        for _, element in iterparse(source, events=["end"]):
            if element.tag == "item":
                found = _fields(element)
                if found.get("post_type", "post") == "post":
                    yield found.get("title") or f"post {found.get('post_id')}", _entry(found)
                element.clear()
    except (ParseError, DefusedXmlException) as fault:
        raise Unusable(f"The file is not a WordPress export that can be read: {type(fault).__name__}.") from fault


def _fields(item: Any) -> dict[str, Any]:
    """The parts of one post by their bare names; WordPress changes its namespace with each version."""
    found: dict[str, Any] = {"topics": []}
    for child in item:
        if child.tag in {_CONTENT, _CREATOR}:
            found["content" if child.tag == _CONTENT else "creator"] = child.text or ""
        elif child.tag == "category":
            found["topics"].append(child.get("nicename") or child.text or "")
        else:
            found.setdefault(child.tag.rsplit("}", 1)[-1], (child.text or "").strip())
    return found


def _entry(found: dict[str, Any]) -> Entry | Unusable:
    try:
        if found.get("status", "publish") != "publish":
            raise Unusable(f"It was not public there ({found['status']}).")
        if found.get("post_password"):
            raise Unusable("It had a password there.")
        letter, answer = split_post(found.get("content", ""))
        return Entry(
            key=f"wordpress:{found.get('post_id', '')}",
            title=found.get("title", "").strip(),
            question=tidy_text(letter),
            answer_html=tidy_answer(answer),
            answered_on=day_of(found.get("post_date_gmt") or found.get("post_date", "")),
            answered_by=found.get("creator", ""),
            address=found.get("link", ""),
            audience=audience_of(found.get("audience", "")),
            topics=found["topics"],
        )
    except Unusable as reason:
        return reason


def write(target: TextIOBase, pages: Iterable[Publication]) -> int:
    """Every page as a post; the answer begins at WordPress's "more". Returns how many."""
    xml = XMLGenerator(target, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("rss", _NAMES)  # type: ignore[arg-type]
    xml.startElement("channel", {})  # type: ignore[arg-type]
    _element(xml, "wp:wxr_version", "1.2")
    done = 0
    for page in pages:
        _item(xml, page)
        done += 1
    xml.endElement("channel")
    xml.endElement("rss")
    xml.endDocument()
    return done


def _item(xml: XMLGenerator, page: Publication) -> None:
    letter = "".join(f"<p>{part}</p>" for part in escape(page.question_text).split("\n\n") if part.strip())
    day = page.published_at
    xml.startElement("item", {})  # type: ignore[arg-type]
    for name, text in (
        ("title", page.title),
        ("link", absolute(page.get_absolute_url())),
        ("pubDate", format_datetime(day)),
        ("dc:creator", page.answered_by),
        ("content:encoded", f"{letter}<!--more-->{clean_html(page.answer_html)}"),
        ("wp:post_id", str(page.pk)),
        ("wp:post_date_gmt", f"{page.answered_on.isoformat()} 00:00:00"),
        ("wp:post_type", "post"),
        ("wp:status", "publish"),
        ("wp:audience", page.audience),
    ):
        _element(xml, name, text)
    for topic in page.topics.all():
        xml.startElement("category", {"domain": "category", "nicename": topic.slug})  # type: ignore[arg-type]
        xml.characters(topic.title)
        xml.endElement("category")
    xml.endElement("item")


def _element(xml: XMLGenerator, name: str, text: str) -> None:
    xml.startElement(name, {})  # type: ignore[arg-type]
    xml.characters(text)
    xml.endElement(name)

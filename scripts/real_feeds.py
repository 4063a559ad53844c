"""Feeds made of texts: RSS 2.0 and Atom (RFC 4287) documents, and a server that gives them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree as Xml

ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Entries = Sequence[tuple[datetime, str]]


def _title(text: str) -> str:
    return f"{text[:60].rsplit(' ', 1)[0]} …"


def rss(name: str, entries: Entries) -> bytes:
    """An RSS 2.0 channel: descriptions are HTML in text, as newspapers write them."""
    root = Xml.Element("rss", version="2.0")
    channel = Xml.SubElement(root, "channel")
    link = f"https://{name}.example"
    for key, value in (("title", name), ("link", f"{link}/"), ("description", "parts of sets")):
        Xml.SubElement(channel, key).text = value
    for number, (moment, text) in enumerate(entries):
        text = _NO_XML.sub("", text)
        item = Xml.SubElement(channel, "item")
        Xml.SubElement(item, "title").text = _title(text)
        Xml.SubElement(item, "link").text = f"{link}/{number}"
        Xml.SubElement(item, "guid", isPermaLink="false").text = f"{name}-{number}"
        Xml.SubElement(item, "pubDate").text = format_datetime(moment)
        Xml.SubElement(item, "description").text = f"<p>{escape(text)}</p>"
    return bytes(Xml.tostring(root, "utf-8", xml_declaration=True))


def atom(name: str, entries: Entries) -> bytes:
    """An Atom feed: contents as text and as HTML in turns."""
    root = Xml.Element("feed", xmlns=ATOM)
    moments = [moment for moment, _ in entries]
    for key, value in (("id", f"tag:{name}.example,2026:feed"), ("title", name),
                       ("updated", max(moments).isoformat())):  # fmt: skip
        Xml.SubElement(root, key).text = value
    for number, (moment, text) in enumerate(entries):
        text = _NO_XML.sub("", text)
        entry = Xml.SubElement(root, "entry")
        Xml.SubElement(entry, "id").text = f"tag:{name}.example,2026:{number}"
        Xml.SubElement(entry, "title", type="text").text = _title(text)
        Xml.SubElement(entry, "link", rel="alternate", href=f"https://{name}.example/a/{number}")
        Xml.SubElement(entry, "updated").text = moment.isoformat()
        kind = "html" if number % 2 else "text"
        body = f"<p>{escape(text)}</p>" if kind == "html" else text
        Xml.SubElement(entry, "content", type=kind).text = body
    return bytes(Xml.tostring(root, "utf-8", xml_declaration=True))


@contextmanager
def served(pages: Mapping[str, bytes]) -> Iterator[str]:
    """The address under which the pages are given, on this machine alone."""

    class Ask(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            kind = "atom" if self.path.endswith("atom") else "rss"
            self.send_header("content-type", f"application/{kind}+xml")
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    host = ThreadingHTTPServer(("127.0.0.1", 0), Ask)
    thread = threading.Thread(target=host.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{host.server_address[1]}"
    finally:
        host.shutdown()
        host.server_close()
        thread.join()

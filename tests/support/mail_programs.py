"""What mail programs make of a mail before their engine shows it, and engines to show it: none of them is ours.

Gmail's rules: its own page "CSS support" (developers.google.com/gmail/design/css), and what caniemail.com lists; a
``<style>`` is dropped as a whole when it is long or holds what Gmail cannot read, and for accounts of other providers
always. What Word's engine does, says :mod:`tests.support.word_engine`.
"""

import base64
import re
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType

from playwright.sync_api import Page
from tests.support import parts

LONGEST_STYLE = 8 * 1024
# A phone, and the sheet with its margins.
WIDTHS = MappingProxyType({"phone": 360, "desktop": 700})
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ONLY_FOR_WORD = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.DOTALL)
_INLINE = re.compile(r'(<\w+)([^>]*?)\sstyle="([^"]*)"')
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)
_UNREADABLE = re.compile(r"@(?!media\b)[\w-]+|url\(|expression\(", re.IGNORECASE)
# A selector of Gmail's is made of elements, classes and ids.
_SELECTOR = re.compile(r"[^{}]*(?::not|:root|\[)[^{}]*\{[^{}]*\}")
_GMAIL_DROPS = re.compile(r"(?:position|z-index|mso-[\w-]+|color-scheme|supported-color-schemes|opacity)\s*:[^;]*;?")
# What Word's engine knows nothing of, where Chromium would obey.
_WORD_DROPS = re.compile(
    r"(?:max-width|min-width|max-height|overflow(?:-wrap)?|border-radius|opacity|object-fit"
    r"|display\s*:\s*inline-block)\s*(?::[^;]*)?;?"
)
_WORD_PADS = frozenset({"<td", "<th"})
_PADDING = re.compile(r"(?<!-)padding[\w-]*\s*:[^;]*;?")
_WEBKIT = """
import os
import sys
from importlib import import_module
# What fails within a callback would only be printed, and the loop would go on for ever.
sys.excepthook = lambda *error: (sys.__excepthook__(*error), os._exit(1))
# Of the system's Python, not of ours.
versions = import_module("gi")
versions.require_version("Gtk", "3.0")
versions.require_version("WebKit2", "4.1")
GLib, Gtk, WebKit2 = (import_module("gi.repository." + name) for name in ("GLib", "Gtk", "WebKit2"))
window = Gtk.OffscreenWindow()
view = WebKit2.WebView()
window.set_default_size(int(sys.argv[1]), 400)
window.add(view)
window.show_all()
jobs = [line.split("\\t") for line in sys.stdin.read().splitlines()]
def shown(view, result):
    view.get_snapshot_finish(result).write_to_png(jobs[0][1])
    jobs.pop(0)
    begin()
def loaded(view, event):
    if event == WebKit2.LoadEvent.FINISHED:
        whole, none = WebKit2.SnapshotRegion.FULL_DOCUMENT, WebKit2.SnapshotOptions.NONE
        GLib.timeout_add(150, lambda: view.get_snapshot(whole, none, None, shown) and False)
def begin():
    view.load_uri("file://" + jobs[0][0]) if jobs else Gtk.main_quit()
view.connect("load-changed", loaded)
begin()
Gtk.main()
"""


def html_of(message: EmailMessage) -> str:
    """The HTML of a mail with its pictures where it names them, as a mail program puts both together."""
    body = message.get_body(("html",))
    assert body is not None
    html = str(body.get_content())
    for part in message.walk():
        if cid := part["Content-ID"]:
            data = base64.b64encode(bytes(part.get_content())).decode()
            html = html.replace(f"cid:{cid.strip('<>')}", f"data:{part.get_content_type()};base64,{data}")
    assert "cid:" not in html, "a picture is named that does not travel along"
    return html


def as_gmail(html: str) -> str:
    """What Gmail shows: no comments, no dark colours, no rules that it cannot read."""
    html = _COMMENT.sub("", html)
    html = _INLINE.sub(lambda found: f'{found[1]}{found[2]} style="{_GMAIL_DROPS.sub("", found[3])}"', html)
    return _STYLE.sub(lambda found: f"<style>{_gmail_style(found[1])}</style>", html)


def _gmail_style(style: str) -> str:
    if len(style) > LONGEST_STYLE or _UNREADABLE.search(style):
        return ""
    return _SELECTOR.sub("", _DARK.sub("", style))


def as_gmail_of_others(html: str) -> str:
    """What Gmail's app shows of the mailbox of another provider: no style but the inline ones."""
    return _STYLE.sub("", as_gmail(html))


def as_word(html: str) -> str:
    """What Outlook on Windows shows: Word's own parts, and none of what its engine does not know."""
    html = _ONLY_FOR_WORD.sub(lambda found: found[1], html)
    html = re.sub(r"<xml>.*?</xml>", "", html, flags=re.DOTALL)
    html = _STYLE.sub(lambda found: "" if "@media" in found[1] else found[0], html)
    return _INLINE.sub(_as_word_sets, html)


def _as_word_sets(found: re.Match[str]) -> str:
    style = _WORD_DROPS.sub("", found[3])
    if hidden := "mso-hide:all" in style:
        style = "display:none"
    # Word keeps the padding of cells alone, and takes that of mso-padding-alt for theirs.
    kept = re.search(r"mso-padding-alt:([^;]+)", style)
    if found[1] not in _WORD_PADS and not hidden:
        style = _PADDING.sub("", style)
    elif kept:
        style += f";padding:{kept[1]}"
    return f'{found[1]}{found[2]} style="{style}"'


PROGRAMS: MappingProxyType[str, Callable[[str], str]] = MappingProxyType(
    {"apple": str, "gmail": as_gmail, "gmail-app": as_gmail_of_others, "word": as_word}
)
# Word's engine is on Windows alone, and lays mails out as wide as they say.
ON = MappingProxyType({"phone": frozenset(PROGRAMS) - {"word"}, "desktop": frozenset(PROGRAMS)})


def by_chromium(page: Page, html: str, picture: Path | None = None) -> tuple[int, int]:
    """Have Chromium show it, and give how wide it became, and how wide it might."""
    page.set_content(html)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if picture:
        page.screenshot(path=picture, full_page=True)
    return wide, room


def by_webkit(pages: dict[Path, Path], *, width: int) -> None:
    """Have WebKit (that of GNOME Web; Apple Mail has its sibling) draw each HTML file into a PNG."""
    parts.need("xvfb-run")
    parts.need_webkit()
    jobs = "".join(f"{page}\t{picture}\n" for page, picture in pages.items())
    command = ["xvfb-run", "-a", "/usr/bin/python3", "-c", _WEBKIT, str(width)]
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(next(iter(pages.values())).parent),
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "NO_AT_BRIDGE": "1",
    }
    ran = subprocess.run(command, input=jobs, text=True, env=environment, capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]


def by_w3m(html: str) -> str:
    """What a text browser shows, as lines."""
    parts.need("w3m")
    command = [
        "w3m",
        "-dump",
        "-T",
        "text/html",
        "-I",
        "utf-8",
        "-O",
        "utf-8",
        "-cols",
        "76",
        "-o",
        "display_link_number=1",
    ]
    return subprocess.run(command, input=html.encode(), capture_output=True, timeout=30, check=True).stdout.decode()

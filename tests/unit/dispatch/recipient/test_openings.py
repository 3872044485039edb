"""Who names itself as a program, or asks before anybody wanted the page."""

import json

import pytest

from siegelpost.dispatch.recipient.openings import looks_like_a_machine, record

CHROME = (
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    "user_agent",
    [
        b"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        b"WhatsApp/2.24.6.77 A",
        b"TelegramBot (like TwitterBot)",
        b"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        b"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        b"LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        b"Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
        b"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
        b"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/150.0.0.0",
        b"Barracuda Sentinel (EE)",
        b"Mimecast/1.0",
        b"python-requests/2.32",
        b"curl/8.5",
        b"Go-http-client/2.0",
        b"",
        b"  ",
    ],
)
def test_programs_that_say_so(user_agent: bytes) -> None:
    assert looks_like_a_machine(user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        CHROME,
        b"Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1"
        b" Mobile/15E148 Safari/604.1",
        b"Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
        b"Mozilla/5.0 (Linux; Android 16; Cubot X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150 Mobile",
    ],
)
def test_browsers_of_people(user_agent: bytes) -> None:
    assert not looks_like_a_machine(user_agent)


@pytest.mark.parametrize("value", [b"prefetch", b"prefetch;prerender", b"preview", b"Prefetch"])
def test_browsers_that_look_ahead(value: bytes) -> None:
    assert looks_like_a_machine(CHROME, foresight=[value])
    assert looks_like_a_machine(CHROME, "HEAD")


@pytest.mark.parametrize(
    ("ip", "user_agent", "kept"),
    [
        ("203.0.113.77", CHROME, "203.0.113.0/24 Chrome"),
        ("2001:db8:1:2:3:4:5:6", b"Mozilla/5.0 (Android 15; rv:140.0) Firefox/140.0", "2001:db8:1::/48 Firefox"),
        ("::ffff:203.0.113.77", b"curl/8.5.0", "203.0.113.0/24 curl"),
        ("unix", b"", ""),
    ],
)
def test_of_who_only_looks_network_and_browser_are_kept_and_no_more(ip: str, user_agent: bytes, kept: str) -> None:
    """Each opening kept the full address and all that the browser said of itself, as long as the proof."""
    row = record("1", state="open", ip=ip, user_agent=user_agent, method="GET", shown="0" * 64)
    assert json.loads(row.openings or "{}")["client"][1] == kept

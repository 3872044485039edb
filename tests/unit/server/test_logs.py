"""What log lines may say."""

from siegelpost.server.logs import blot_tokens


def test_tokens_in_addresses_are_blotted_out() -> None:
    token = "gE7yqk0sG2Jx-_9sQW3hZt5uVb1LpXcA"
    line = {"event": f"Internal Server Error: /s/{token}/expose.pdf", "url": f"https://a.test/sign-in/{token}/", "n": 3}
    said = blot_tokens(None, "error", line)
    assert token not in str(said)
    assert said["event"] == "Internal Server Error: /s/…/expose.pdf"


def test_calendar_addresses_are_blotted_out() -> None:
    token = "gE7yqk0sG2Jx-_9sQW3hZt5uVb1LpXcA"
    said = blot_tokens(None, "error", {"event": f"Internal Server Error: /calendar/{token}.ics"})
    assert said["event"] == "Internal Server Error: /calendar/….ics"

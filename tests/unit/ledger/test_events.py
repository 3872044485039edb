"""The table of events: complete, and the same for ever."""

import re

from siegelpost.ledger.events import ETSI, OWN, WORDS, EventKind, by_uri

# Written down here a second time on purpose: these stand in leaves and in the proofs of other people.
STANDARD = [
    "SubmissionAcceptance",
    "SubmissionRejection",
    "RelayToNonERDS",
    "RelayToNonERDSFailure",
    "NotificationForAcceptance",
    "NotificationForAcceptanceFailure",
    "NotificationAccessTracking",
    "ConsignmentAcceptance",
    "ConsignmentRejection",
    "AcceptanceRejectionExpiry",
    "ContentConsignment",
    "ContentConsignmentFailure",
    "ContentHandover",
    "ContentHandoverFailure",
    "ContentAccessTracking",
]


def test_standard_events_have_the_uri_of_the_standard() -> None:
    assert [kind.uri for kind in EventKind if kind.uri.startswith(ETSI)] == [ETSI + name for name in STANDARD]
    assert ETSI == "http://uri.etsi.org/19522/Event/"


def test_all_others_have_our_own() -> None:
    others = [kind for kind in EventKind if kind.value not in STANDARD]
    assert EventKind.DECLARATION_MADE in others
    assert all(kind.uri == OWN + kind.value for kind in others)


def test_every_kind_is_explained_in_both_languages() -> None:
    assert set(WORDS) == set(EventKind)
    for words in WORDS.values():
        for language in ("de", "en"):
            assert words.label[language]
            assert words.meaning[language].endswith(".")
        assert words.meaning.de != words.meaning.en


def test_no_event_claims_what_nobody_can_see() -> None:
    """An acceptance was said to be made "with a deliberate click": what somebody meant is recorded nowhere."""
    for kind, words in WORDS.items():
        told = f"{words.label.de} {words.meaning.de} {words.label.en} {words.meaning.en}".casefold()
        assert not re.search("bewusst|absichtlich|eigenhändig|persönlich|deliberate|intentional|in person", told), kind


def test_a_kind_is_found_by_its_uri() -> None:
    assert all(by_uri(kind.uri) is kind for kind in EventKind)
    assert by_uri("urn:siegelpost:event:FromTheFuture") is None

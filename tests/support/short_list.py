"""The short list: what ``make test`` runs of the journeys and the real parts, which take minutes in all.

A journey for each capability, and one test with each kind of real counterpart. Unit and hostile tests and the checks
of the house are in ``make test`` anyway. A line names a test, or one set of its parameters.
"""

LONG = ("tests/journeys/", "tests/real/")
JOURNEYS = {
    "API installation": "tests/journeys/test_assistant.py::test_from_a_fresh_start_to_a_page_without_warning",
    "certificate doctor": "tests/journeys/test_certificate.py::test_a_certificate_is_bought_and_taken_back",
    "secure exposé": "tests/journeys/test_recipient.py::test_from_the_mail_to_the_exposé_and_its_proof",
    "registered mail": "tests/journeys/test_registered.py::test_each_way_of_a_recipient",
    "mobile": "tests/journeys/test_office_day.py::test_from_the_first_sign_in_to_a_proof[phone]",
    "proof": "tests/journeys/test_recipient.py::test_from_the_mail_to_the_exposé_and_its_proof",
}
REAL = {
    "server": "tests/real/server/test_serve.py::test_the_first_start_makes_everything_and_says_where_to_go",
    "postfix": "tests/real/mail/test_post_office.py::test_delivered",
    "pebble": "tests/real/acme/test_orders.py::test_every_kind_of_order_succeeds_and_chromium_opens_the_page",
}
LISTED = {*JOURNEYS.values(), *REAL.values()}


def on_short_list(test: str) -> bool:
    """Whether ``make test`` runs this one, by the name pytest gives it."""
    return not test.startswith(LONG) or bool({test, test.partition("[")[0]} & LISTED)

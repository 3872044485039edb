"""What every template of the office knows."""

from django.http import HttpRequest

from siegelpost.office.the_office import the_office


def office(request: HttpRequest) -> dict[str, object]:
    """The office, for its name, colour and test operation."""
    return {"office": the_office()}

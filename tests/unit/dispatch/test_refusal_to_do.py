"""Coming from a version that knew no list of refusals: those of before are nobody's work any more, later ones are."""

import importlib

import pytest
from django.apps import apps
from django.db import connection
from tests.support.office import a_dispatch

from siegelpost.dispatch.models import Dispatch, Settled
from siegelpost.dispatch.recipient import to_do
from siegelpost.dispatch.states import DispatchState


@pytest.mark.django_db
@pytest.mark.usefixtures("an_office_at_work")
def test_what_was_refused_before_there_was_a_list_of_it_is_settled() -> None:
    """After an update the first page would have listed every refusal of years."""
    migration = importlib.import_module("siegelpost.dispatch.migrations.0016_refusal_to_do")
    refused, other = a_dispatch(), a_dispatch()
    Dispatch.objects.filter(pk=refused.pk).update(state=DispatchState.REFUSED)
    assert [one.about for one in to_do.waiting()] == ["knows"]
    migration.settle_those_of_before(apps, connection.schema_editor())
    assert to_do.waiting() == []
    assert [(one.refusal, one.by) for one in Settled.objects.all()] == [(refused, refused.agent)]
    Dispatch.objects.filter(pk=other.pk).update(state=DispatchState.REFUSED)
    assert [one.dispatch for one in to_do.waiting()] == [other]

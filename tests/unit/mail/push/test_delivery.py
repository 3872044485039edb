"""Handing push messages over: one that fails in a way nobody foresaw holds up no other."""

from http.client import BadStatusLine

import pytest
from tests.support.office import an_agent

from siegelpost.mail.push import delivery, wire
from siegelpost.mail.push.models import PushDevice, PushMessage


@pytest.mark.django_db
def test_a_service_that_speaks_no_http_holds_up_no_other_device(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = an_agent()
    for name in ("odd", "good"):
        PushDevice.objects.create(agent=agent, name=name, endpoint=f"https://{name}.test/", endpoint_sha256=name)
    told = []

    def send(device: PushDevice, message: bytes, *, contact: str) -> int:
        if device.name == "odd":
            raise BadStatusLine("SSH-2.0")
        told.append(device.name)
        return 201

    monkeypatch.setattr(wire, "send", send)
    for device in PushDevice.objects.order_by("pk"):
        PushMessage.objects.create(device=device, message="{}", attempt=1, due_at=device.created_at)
    delivery.sweep()
    assert told == ["good"]
    assert [message.device.name for message in PushMessage.objects.all()] == ["odd"], "it is tried again later"

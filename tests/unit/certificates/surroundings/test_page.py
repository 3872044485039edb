"""The page says each obstacle with its step in both languages, and "nicht feststellbar" where nobody could say."""

import re
from dataclasses import replace
from ipaddress import ip_network

import pytest
from django.test import Client
from django.utils.translation import override
from tests.support.gateway import gateway as a_gateway
from tests.support.name_server import name_server
from tests.support.office import an_agent, an_office
from tests.unit.certificates.surroundings.test_obstacles import GOOD, NOTHING

from siegelpost.certificates.surroundings import facts, machine, router
from siegelpost.certificates.surroundings.obstacles import Obstacle
from siegelpost.certificates.surroundings.page import checks, routers, with_device_words
from siegelpost.certificates.surroundings.page import facts as fact_lines
from siegelpost.certificates.surroundings.router import RouterSays
from siegelpost.certificates.surroundings.routers import ROUTERS
from siegelpost.certificates.surroundings.words import WORDS
from siegelpost.office.models import Role
from siegelpost.settings import load
from siegelpost.web.office import surroundings as pages


def test_every_obstacle_has_words_steps_and_a_way_to_find_out_in_both_languages() -> None:
    assert set(WORDS) == set(Obstacle)
    for words in WORDS.values():
        for each in (words.looked_at, words.wrong, *words.steps, words.otherwise):
            with override("de"):
                german = str(each)
            with override("en"):
                english = str(each)
            assert german != english
            assert re.findall(r"%\(\w+\)s", german) == re.findall(r"%\(\w+\)s", english)


def test_the_unknown_is_said_as_unknown_with_a_way_to_find_out() -> None:
    lines = checks(NOTHING)
    assert [each.looked_at for each in lines if each.state == "good"] == []
    assert all(each.steps and not each.text for each in lines if each.state == "unknown")
    assert [each.name for each in fact_lines(NOTHING) if each.value] == []


def test_ds_lite_names_the_address_to_enter() -> None:
    [line] = [each for each in checks(replace(GOOD, router=RouterSays(None))) if each.state == "wrong"][:1]
    assert "DS-Lite" in line.looked_at
    assert any("2a0f:8::10" in step for step in line.steps)


def test_what_a_german_device_shows_is_marked_as_german_in_english_and_nothing_else_becomes_html() -> None:
    assert with_device_words("a <b> “Übersicht > <i>”.") == (
        "a &lt;b&gt; “<span lang='de'>Übersicht &gt; &lt;i&gt;</span>”."
    )
    assert "<" not in with_device_words("„Übersicht“ öffnen")
    with override("en"):
        assert "<span lang='de'>Netzwerk</span>" in routers(GOOD)[2]["dynamic"][0]


def test_every_router_says_where_to_click_and_for_which_address() -> None:
    shown = routers(GOOD)
    assert [each["name"] for each in shown] == ["FRITZ!Box", "Speedport", "Sophos Firewall", "UniFi"]
    assert all("192.168.178.20" in " ".join(each["ports"]) for each in shown)
    assert all(each.ipv6 and each.dynamic for each in ROUTERS)


@pytest.mark.django_db
def test_the_page_from_the_dns_to_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name whose CAA record names another authority, behind a router without IPv4 of its own."""
    an_office()
    settings = load().model_copy(update={"public_url": "https://post.buero.de", "private_networks": []})
    monkeypatch.setattr(pages, "load", lambda: settings)
    zone = {
        ("post.buero.de", "A"): (60, ("45.7.0.1",)),
        ("buero.de", "CAA"): (60, ('0 issue "d-trust.net"',)),
        ("buero.de", "NS"): (60, ("ns1.desec.io.", "ns2.desec.org.")),
    }
    with name_server(zone) as resolver, a_gateway("0.0.0.0") as port:  # noqa: S104 - what a router without IPv4 says
        monkeypatch.setattr(facts, "system_resolver", lambda: resolver)
        monkeypatch.setattr(pages, "look", lambda settings: facts.look(settings, resolver))
        monkeypatch.setattr(machine, "gateway", lambda: ip_network("127.0.0.1/32")[0])
        monkeypatch.setattr(machine, "addresses", lambda: GOOD.addresses)
        asked = router.ask
        monkeypatch.setattr(router, "ask", lambda gateway: asked(gateway, port))
        client = Client()
        client.force_login(an_agent(role=Role.ADMINISTRATOR))
        assert (
            "certificate/surroundings/found" in client.get("/certificate/surroundings/", secure=True).content.decode()
        )
        german = client.get("/certificate/surroundings/found/", secure=True).content.decode()
    assert "Ihr Anschluss hat keine eigene IPv4-Adresse (DS-Lite)" in german
    assert "CAA 0 issue &quot;letsencrypt.org&quot;" in german
    assert "deSEC (ns1.desec.io, ns2.desec.org)" in german
    assert "provider=desec" in german
    assert german.count("nicht feststellbar") >= 3

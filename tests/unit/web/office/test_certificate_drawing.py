"""The drawing of the chain and the time line of validity say what the doctor said, certificate by certificate."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from tests.support.pki import Authority

from siegelpost.doctor import judgement_words
from siegelpost.doctor.judge import judge
from siegelpost.web.templatetags.certificate import WIDTH, certificate_chain, certificate_timeline

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = Authority.root("Büro Root")
MIDDLE = ROOT.intermediate("Büro Mitte")


def path_of(chain: Sequence[bytes], name: str = "a.test", *, public: bool = False, at: datetime = NOW) -> list[Any]:
    own = [ROOT.der]
    found = judge(chain, name, at=at, local_roots=[] if public else own, roots=own if public else [])
    path: list[Any] = judgement_words.as_json(found, "de")["path"]
    return path


def test_a_sound_chain_is_drawn_green_from_the_authority_down() -> None:
    drawn = certificate_chain(path_of(MIDDLE.issue("a.test").chain))
    assert [link["subject"] for link in drawn["links"]] == ["Büro Root", "Büro Mitte", "a.test"]
    assert [link["tone"] for link in drawn["links"]] == ["good"] * 3
    assert [link["sent"] for link in drawn["links"]] == [False, True, True]
    assert drawn["missing"] is None


def test_only_the_certificate_at_fault_is_red() -> None:
    old = ROOT.intermediate("Alt", not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1))
    drawn = certificate_chain(path_of(old.issue("a.test").chain))
    assert [link["tone"] for link in drawn["links"]] == ["good", "bad", "good"]
    assert "abgelaufen" in " ".join(drawn["links"][1]["faults"])


def test_a_missing_intermediate_is_a_gap_with_its_name() -> None:
    drawn = certificate_chain(path_of(MIDDLE.issue("a.test").chain[:1]))
    assert drawn["missing"] == "Büro Mitte"
    assert [link["tone"] for link in drawn["links"]] == ["bad"]


def test_without_an_authority_nothing_is_green() -> None:
    stranger = Authority.root("Fremd").intermediate("Fremde Mitte")
    drawn = certificate_chain(path_of(stranger.issue("a.test").chain))
    assert [link["tone"] for link in drawn["links"]] == ["bad", ""]
    assert drawn["missing"] == "Fremd"


@pytest.mark.parametrize(("public", "said"), [(True, "von Haus aus"), (False, "eingetragen")])
def test_whose_authority_it_is_is_said(public: bool, said: str) -> None:
    drawn = certificate_chain(path_of(MIDDLE.issue("a.test").chain, public=public))
    assert said in drawn["links"][0]["role"]


def test_the_time_line_shows_the_servers_certificate_in_full_and_now() -> None:
    path = path_of(
        MIDDLE.issue("a.test", not_before=NOW - timedelta(days=30), not_after=NOW + timedelta(days=30)).chain
    )
    drawn = certificate_timeline(path, NOW)
    root, middle, own = drawn["bars"]
    assert (root.earlier, root.later, root.x, root.width) == (False, True, root.x, WIDTH - root.x)
    assert middle.later
    assert (own.earlier, own.later, own.left) == (False, False, "noch 30 Tage")
    assert own.x < drawn["now"] < own.x + own.width
    assert drawn["now"] == WIDTH // 2


@pytest.mark.parametrize(("first", "last", "left"), [(-20, -10, "seit 10 Tagen abgelaufen"), (5, 20, "gilt erst")])
def test_a_certificate_of_another_time_is_red_beside_now(first: int, last: int, left: str) -> None:
    dates = {"not_before": NOW + timedelta(days=first), "not_after": NOW + timedelta(days=last)}
    drawn = certificate_timeline(path_of(MIDDLE.issue("a.test", **dates).chain), NOW)
    own = drawn["bars"][-1]
    assert own.tone == "bad"
    assert own.left.startswith(left)
    assert not own.x <= drawn["now"] <= own.x + own.width
    assert 0 <= drawn["now"] <= WIDTH


def test_no_path_no_drawing() -> None:
    assert render_to_string("certificate/chain.html", certificate_chain([])).strip() == ""
    assert render_to_string("certificate/timeline.html", certificate_timeline([], NOW)).strip() == ""


def test_names_from_a_hostile_server_stay_words_and_nothing_asks_for_inline_style() -> None:
    served = Authority.root("<script>x</script>").issue("a.test")
    path = path_of(served.chain)
    page = render_to_string("certificate/chain.html", certificate_chain(path))
    page += render_to_string("certificate/timeline.html", certificate_timeline(path, NOW))
    assert "<script" not in page
    assert not re.search(r"\sstyle=|\son\w+=", page)

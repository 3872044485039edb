"""Who is here at this moment."""

from siegelpost.toolbox.crowd import Crowd


def test_each_source_and_all_together_are_limited() -> None:
    crowd = Crowd(each=2, together=4)
    assert [crowd.enter(address) for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3")] == [True, True, False]
    assert [crowd.enter(address) for address in ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2")] == [True, True, False]
    crowd.leave("2001:db8::2")
    assert crowd.enter("2001:db8::9")
    assert len(crowd) == 4


def test_a_proxy_brings_everybody() -> None:
    crowd = Crowd(each=1, together=3)
    assert [crowd.enter("192.0.2.1", brings_others=True) for _ in range(4)] == [True, True, True, False]

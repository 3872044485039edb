"""This machine's own addresses and its router, read as Linux writes them."""

from ipaddress import ip_address
from pathlib import Path

from siegelpost.certificates.surroundings.machine import addresses, gateway

FIB = """Main:
  +-- 0.0.0.0/0 3 0 4
     |-- 0.0.0.0
        /0 universe UNICAST
     |-- 192.168.178.0
        /24 link UNICAST
     |-- 192.168.178.20
        /32 host LOCAL
     |-- 192.168.178.255
        /32 link BROADCAST
     |-- 127.0.0.1
        /32 host LOCAL
"""
SIX = """2a0f0008000000000000000000000010 02 40 00 80     eth0
2a0f0008000000000000000000000099 02 40 00 01     eth0
2a0f0008000000000000000000000098 02 40 00 20     eth0
fe800000000000000000000000000001 02 40 20 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
"""
ROUTE = """Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
eth0\t00B2A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth0\t00000000\t01B2A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
"""


def test_what_stays_is_named_and_what_passes_is_not(tmp_path: Path) -> None:
    """A temporary or a deprecated IPv6 address in the DNS would be stale within a day."""
    (tmp_path / "fib_trie").write_text(FIB)
    (tmp_path / "if_inet6").write_text(SIX)
    (tmp_path / "route").write_text(ROUTE)
    assert addresses(tmp_path) == (ip_address("192.168.178.20"), ip_address("2a0f:8::10"))
    assert gateway(tmp_path) == ip_address("192.168.178.1")


def test_where_linux_does_not_say_it_is_unknown(tmp_path: Path) -> None:
    assert addresses(tmp_path) is None
    assert gateway(tmp_path) is None


def test_this_machine_answers() -> None:
    assert addresses() is not None

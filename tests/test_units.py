"""The units for systemd give the server and its backup no more of the machine than they need."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UNITS = sorted((ROOT / "deploy").glob("*.service"))
# What each has to say of itself. A backup had three of these, and no unit a number of file handles.
WANTED = {
    "LimitNOFILE": r"\d{4,}",
    "UMask": "0077",
    "CapabilityBoundingSet": "(CAP_NET_BIND_SERVICE)?",
    "ProtectSystem": "strict",
    "ProtectProc": "invisible",
    "RestrictAddressFamilies": ".+",
    "SystemCallArchitectures": "native",
    "SystemCallFilter": "@system-service",
    "SystemCallErrorNumber": "EPERM",
} | dict.fromkeys(
    (
        "NoNewPrivileges",
        "ProtectHome",
        "PrivateTmp",
        "PrivateDevices",
        "PrivateMounts",
        "ProtectKernelTunables",
        "ProtectKernelModules",
        "ProtectKernelLogs",
        "ProtectControlGroups",
        "ProtectClock",
        "ProtectHostname",
        "RemoveIPC",
        "RestrictNamespaces",
        "RestrictRealtime",
        "RestrictSUIDSGID",
        "LockPersonality",
        "MemoryDenyWriteExecute",
    ),
    "yes",
)
# By `systemd-analyze security`, of 10; the server has the network and two ports below 1024.
MOST_EXPOSED = 1.8


def said(unit: Path) -> list[tuple[str, str]]:
    """The unit's settings, in order."""
    return re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_has_the_least_rights(unit: Path) -> None:
    settings = said(unit)
    missing = [
        f"{name}={value}"
        for name, value in WANTED.items()
        if not any(name == key and re.fullmatch(value, given) for key, given in settings)
    ]
    assert missing == []
    assert ("SystemCallFilter", "~@privileged") in settings
    assert {"User", "Group"} <= {name for name, _ in settings}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_itself_finds_little_exposed(unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here; the settings are compared above")
    asked = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED * 10:.0f}"]
    ended = subprocess.run([*asked, str(unit)], capture_output=True, text=True, check=False)
    if "--offline" in ended.stderr:
        pytest.skip("this systemd is older than 250")
    assert ended.returncode == 0, ended.stdout[-200:] + ended.stderr

"""What can be said of an installation's configuration before the server starts; changes nothing, starts no Django.

Each check looks at one thing and gives its findings; without one, that thing is in order.
"""

import errno
import os
import pwd
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from shutil import disk_usage, which

from cryptography.x509 import load_pem_x509_certificates

from siegelpost import misconfigured
from siegelpost.certificates.installed import open_store
from siegelpost.keys import NAMES, fingerprint, known
from siegelpost.settings import HTTPS_PORT, Settings, content_of_file, file_in_use
from siegelpost.toolbox.addresses import is_mail_address
from siegelpost.toolbox.words import Words

_LEAST_ROOM = 500 * 2**20


class Weight(StrEnum):
    FAULT = "fault"  # the server does not start with it, or something does not work
    HINT = "hint"  # it may be meant


@dataclass(frozen=True, slots=True)
class ConfigurationFinding:
    """What is not in order; ``what`` says also what to do."""

    weight: Weight
    what: Words


Findings = Iterator[ConfigurationFinding]


@dataclass(frozen=True, slots=True)
class ConfigurationCheck:
    name: str
    title: Words
    look: Callable[[Settings], Findings]


def _fault(de: str, en: str) -> ConfigurationFinding:
    return ConfigurationFinding(Weight.FAULT, Words(de, en))


def _hint(de: str, en: str) -> ConfigurationFinding:
    return ConfigurationFinding(Weight.HINT, Words(de, en))


def _variables(_settings: Settings) -> Findings:
    for words in misconfigured.variables(os.environ, Settings.model_fields)[1]:
        yield ConfigurationFinding(Weight.HINT, words)


def _file(_settings: Settings) -> Findings:
    file = file_in_use()
    if content_of_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) & ~stat.S_IXGRP:
        yield _hint(
            f"{file} ist auch für andere Konten lesbar. Passwörter darin: chmod 600 {file}",
            f"{file} can be read by other accounts, too. For passwords in it: chmod 600 {file}",
        )


def _folder(settings: Settings) -> Findings:
    folder = settings.data
    if not folder.exists():
        place = next(each for each in folder.absolute().parents if each.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            yield _fault(
                f"Den Datenordner {folder} gibt es nicht, und dieses Konto darf ihn in {place} nicht anlegen.",
                f"There is no data folder {folder}, and this account may not make it in {place}.",
            )
        return
    if not folder.is_dir():
        yield _fault(f"{folder} ist kein Ordner (Einstellung data).", f"{folder} is no folder (setting data).")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield _fault(*_not_ours(folder))
        return
    for path in sorted(folder.iterdir()):
        if path.stat(follow_symlinks=False).st_uid != folder.stat().st_uid:
            yield _fault(*_not_ours(path))
    if disk_usage(folder).free < _LEAST_ROOM:
        yield _fault(
            f"In {folder} sind weniger als 500 MB frei. Bitte Platz schaffen.",
            f"Less than 500 MB are free in {folder}. Please make room.",
        )


def _not_ours(path: Path) -> tuple[str, str]:
    try:
        owner = pwd.getpwuid(path.stat(follow_symlinks=False).st_uid).pw_name
    except KeyError:  # as in a container, where the number has no name
        owner = str(path.stat(follow_symlinks=False).st_uid)
    return (
        f"{path} gehört dem Konto {owner}. Datenordner und Inhalt gehören dem Konto, unter dem der Server läuft: "
        "chown -R",
        f"{path} belongs to the account {owner}. The data folder and all in it belong to the account that the server "
        "runs under: chown -R",
    )


def _keys(settings: Settings) -> Findings:
    for file in (settings.keys / name for name in (*NAMES, "ledger.key")):
        try:
            mode = file.stat().st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                yield _fault(
                    f"Der Schlüssel {file} ist auch für andere Konten lesbar: chmod 600 {file}",
                    f"The key {file} can be read by other accounts, too: chmod 600 {file}",
                )
            file.read_bytes()
        except FileNotFoundError:  # made at the first start; one that the database knows is missed below
            continue
        except OSError as error:
            yield _fault(
                f"Der Schlüssel {file} ist nicht lesbar: {error.strerror}.",
                f"The key {file} cannot be read: {error.strerror}.",
            )


def _database(settings: Settings) -> Findings:
    try:
        there = known(settings.database_url, settings.database_path)
    except Exception as error:  # of whichever library; its words name no password
        yield _fault(f"Die Datenbank antwortet nicht: {error}", f"The database does not answer: {error}")
        return
    for name in (name for name in there if name in NAMES):
        file = settings.keys / name
        if not file.exists():
            yield _fault(
                f"Der Schlüssel {file} fehlt, den die Datenbank kennt. Entweder gehört sie zu einem anderen "
                "Datenordner, oder er ist aus der Datensicherung zurückzuspielen.",
                f"The key {file} is missing, which the database knows. Either it belongs to another data folder, or "
                "the key is to be restored from the backup.",
            )
        elif os.access(file, os.R_OK) and fingerprint(file.read_bytes()) != there[name]:
            yield _fault(
                f"Der Schlüssel {file} ist ein anderer als der, den die Datenbank kennt: Sie gehört zu einem anderen "
                "Datenordner.",
                f"The key {file} is another than the one the database knows: it belongs to another data folder.",
            )
    if settings.database_url and not which("pg_dump"):
        yield _fault(
            "pg_dump fehlt; ohne es gibt es keine Sicherung und keine Aktualisierung. Paket: postgresql-client",
            "pg_dump is missing; without it there is no backup and no update. Package: postgresql-client",
        )


def _ports(settings: Settings) -> Findings:
    doors = [
        ("port", settings.host, settings.port),
        ("http_port", settings.host, settings.http_port),
        ("mail_in_port", settings.mail_in_host, settings.mail_in_port),
    ]
    place = settings.proxy_listen
    if place and not place.startswith("unix:"):
        host, _, port = place.rpartition(":")
        doors.append(("proxy_listen", host.strip("[]"), int(port)))
    for name, host, number in doors:
        if number is not None:
            yield from _port(name, host, number)
    if place and place.startswith("unix:"):
        folder = Path(place.removeprefix("unix:")).parent
        if folder.exists() and not os.access(folder, os.W_OK):
            yield _fault(
                f"In {folder} darf dieses Konto keinen Socket anlegen (proxy_listen).",
                f"This account may not make a socket in {folder} (proxy_listen).",
            )


def _port(name: str, host: str, number: int) -> Findings:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with closing(socket.create_server((host, number), family=family)):
            return
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            yield _hint(
                f"Den Port {number} ({name}) hat schon ein Programm; läuft Siegelpost, ist das richtig so.",
                f"A program has the port {number} ({name}) already; that is right if Siegelpost is running.",
            )
        elif error.errno == errno.EACCES:
            yield _fault(
                f"Den Port {number} ({name}) darf dieses Konto nicht öffnen: siehe docs/operations.de.md.",
                f"This account may not open the port {number} ({name}): see docs/operations.md.",
            )
        else:
            yield _fault(
                f"Auf {host} lässt sich der Port {number} ({name}) nicht öffnen: {error.strerror}.",
                f"The port {number} ({name}) cannot be opened on {host}: {error.strerror}.",
            )


def _certificates(settings: Settings) -> Findings:
    files = [("trust_roots", root) for root in settings.trust_roots]
    files += [("acme_ca", settings.acme_ca)] if settings.acme_ca else []
    for name, file in files:
        try:
            load_pem_x509_certificates(file.read_bytes())
        except OSError as error:
            yield _fault(f"{name}: {file} ist nicht lesbar: {error.strerror}.", f"{name}: {file} cannot be read.")
        except ValueError:
            yield _fault(
                f"{name}: In {file} steht kein Zertifikat (PEM).", f"{name}: there is no certificate (PEM) in {file}."
            )
    now, host = datetime.now(UTC), settings.public_host
    served = open_store(settings).current()
    if not served or settings.proxy_listen:
        return  # one is made at the first start; a proxy has its own
    if not any(each.valid_at(now) for each in served):
        yield _fault(
            "Das Zertifikat gilt nicht mehr oder noch nicht. Wie Sie ein neues bekommen: docs/certificates.md.",
            "The certificate is no longer, or not yet, valid. How to get a new one: docs/certificates.md.",
        )
    if not any(_covers(each.names, host) for each in served):
        yield _fault(
            f"Das Zertifikat gilt nicht für {host} (public_url).", f"The certificate is not for {host} (public_url)."
        )


def _covers(names: tuple[str, ...], host: str) -> bool:
    return host in names or f"*.{host.partition('.')[2]}" in names


def _address(settings: Settings) -> Findings:
    if settings.public_url is None:
        yield _hint(
            f"public_url fehlt; Links führen deshalb zu {settings.public_address}.",
            f"public_url is missing; links therefore lead to {settings.public_address}.",
        )
    elif settings.port != HTTPS_PORT and f":{settings.port}" not in settings.public_url and not settings.proxy_listen:
        yield _hint(
            f"public_url nennt den Port {settings.port} nicht; das ist richtig, wenn der Router 443 dorthin leitet.",
            f"public_url does not name the port {settings.port}; that is right if the router leads 443 there.",
        )
    for network in settings.trusted_proxies:
        if str(network).endswith("/0"):
            yield _fault(
                f"trusted_proxies nennt mit {network} die ganze Welt: Jeder könnte eine fremde Adresse angeben.",
                f"trusted_proxies names the whole world by {network}: anybody could claim another's address.",
            )


def _mail(settings: Settings) -> Findings:
    if settings.mail_from and not is_mail_address(settings.mail_from):
        yield _fault("mail_from ist keine E-Mail-Adresse.", "mail_from is no e-mail address.")
    for kind, host, user, password in (
        ("smtp", settings.smtp_host, settings.smtp_user, settings.smtp_password),
        ("imap", settings.imap_host, settings.imap_user, settings.imap_password),
    ):
        if host and bool(user) != bool(password.get_secret_value()):
            lacking = f"{kind}_password" if user else f"{kind}_user"
            yield _fault(f"Für {host} fehlt {lacking}.", f"For {host}, {lacking} is missing.")
        if not host and (user or password.get_secret_value()):
            yield _hint(
                f"{kind}_user und {kind}_password gelten nur zusammen mit {kind}_host.",
                f"{kind}_user and {kind}_password count together with {kind}_host only.",
            )
    here = settings.smtp_host in ("localhost", "127.0.0.1", "::1")
    if settings.smtp_host and settings.smtp_security == "none" and not here and not settings.smtp_allow_plaintext:
        yield _fault(
            "smtp_security = none gilt nur für diesen Rechner; über das Netz ginge die Mail offen.",
            "smtp_security = none is for this machine only; over the network the mail would go readable.",
        )


CHECKS = (
    ConfigurationCheck("variables", Words("Umgebungsvariablen", "Environment variables"), _variables),
    ConfigurationCheck("file", Words("Einstellungsdatei", "Settings file"), _file),
    ConfigurationCheck("folder", Words("Datenordner", "Data folder"), _folder),
    ConfigurationCheck("keys", Words("Schlüssel", "Keys"), _keys),
    ConfigurationCheck("database", Words("Datenbank", "Database"), _database),
    ConfigurationCheck("ports", Words("Ports", "Ports"), _ports),
    ConfigurationCheck("certificates", Words("Zertifikate", "Certificates"), _certificates),
    ConfigurationCheck("address", Words("Öffentliche Adresse", "Public address"), _address),
    ConfigurationCheck("mail", Words("E-Mail", "E-mail"), _mail),
)

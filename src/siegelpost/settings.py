"""Every setting of a Siegelpost installation, in one typed place.

A value comes from, strongest first: the command line, the environment (``SIEGELPOST_PORT=443``), the TOML file
(``siegelpost.toml`` in the data folder, or the one named by ``SIEGELPOST_CONFIG``), the default below. What an
office changes while it works (mail server, texts, test operation) is not here: it lives in the database.
"""

import os
import socket
import tomllib
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from siegelpost import keys, misconfigured
from siegelpost.toolbox.sealing import Sealer

HTTPS_PORT = 443
CONFIG_NAME = "siegelpost.toml"

Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """The settings, each documented by its description; ``docs/settings.md`` is held equal to them by a test."""

    model_config = SettingsConfigDict(
        env_prefix=misconfigured.PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    data: Path = Field(Path("data"), description="Folder for the database, files, keys and certificates.")
    host: str = Field("0.0.0.0", description="Address to listen on; `::` listens on IPv4 and IPv6.")  # noqa: S104 - it is there to be reached
    port: Port = Field(8443, description="HTTPS port.")
    http_port: Port | None = Field(None, description="Plain-HTTP port that only redirects to HTTPS; off when empty.")
    workers: int = Field(2, ge=1, le=64, description="Worker processes that answer HTTPS requests.")
    public_url: str | None = Field(
        None,
        pattern=r"^https://[^/\s]+$",
        description="The address recipients reach the server by, as in links; by default the host's name and port.",
    )
    allowed_hosts: list[str] = Field(
        [], description="Further host names this server answers to, besides its public one and `localhost`."
    )
    database_url: str | None = Field(
        None, description="PostgreSQL as `postgresql://user:password@host/name`; empty means SQLite in the data folder."
    )
    language: Literal["de", "en"] = Field("de", description="Language of command-line messages and of new offices.")
    time_zone: str = Field("Europe/Berlin", description="Time zone in which times are shown.")
    trust_roots: list[Path] = Field(
        [], description="PEM files of further authorities that recipients' browsers trust (a house authority)."
    )
    trusted_proxies: list[IPv4Network | IPv6Network] = Field(
        [], description="Networks of reverse proxies whose word about the client's address is believed."
    )
    proxy_header: Literal["x-forwarded-for", "forwarded"] = Field(
        "x-forwarded-for",
        description="The header in which these proxies write the client's address; the other one may be made up by "
        "the client and is not looked at.",
    )
    proxy_listen: str | None = Field(
        None,
        pattern=r"^(unix:/\S+|(\[[0-9a-fA-F:]+\]|[0-9.]+):\d{1,5})$",
        description="Where a reverse proxy hands requests on in plain HTTP, as `127.0.0.1:8080` or `unix:/path`; only "
        "this machine and `trusted_proxies` are let in. No certificate of one's own is needed then.",
    )
    fetch_from: list[IPv4Network | IPv6Network] = Field(
        [],
        description="Private networks from which a missing intermediate certificate may be fetched all the same, "
        "because a house authority lives there; from the open internet it always may.",
    )
    acme_directory: str | None = Field(
        None,
        pattern=r"^https://",
        description="ACME directory that the assistant obtains certificates from; empty means Let's Encrypt.",
    )
    acme_ca: Path | None = Field(
        None, description="PEM of the root by which that directory's own HTTPS is trusted (a house authority)."
    )
    resolve: dict[str, str] = Field(
        {},
        description="Names the certificate check looks up here instead of in the DNS, as `{name: address}`: "
        "for split DNS, where the server itself is not told the public address.",
    )
    smtp_host: str | None = Field(
        None, description="Mail server for outgoing mail; when set, it wins over the one in the office's settings."
    )
    smtp_port: Port | None = Field(
        None, description="Its port; by default 587 for `starttls`, 465 for `tls`, 25 for `none`."
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="Protection of the connection to `smtp_host`; `none` is for this machine only."
    )
    smtp_user: str = Field("", description="User name at `smtp_host`; empty means no sign-in.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at `smtp_host`.")
    smtp_allow_plaintext: bool = Field(
        False, description="Allow unprotected connections to a mail server on another machine (a closed network)."
    )
    mail_from: str | None = Field(
        None, description="Sender's address of all mails; when set, it wins over the one in the office's settings."
    )
    imap_host: str | None = Field(
        None,
        description="Mail server on which the sender's mailbox is searched for bounces and answers; when set, it wins "
        "over the one in the office's settings. Without either nobody is asked to order by reply.",
    )
    imap_port: Port = Field(993, description="Its port for IMAP over TLS.")
    imap_user: str = Field("", description="User name of that mailbox.")
    imap_password: SecretStr = Field(SecretStr(""), description="Password of that mailbox.")
    imap_folder: str = Field("INBOX", pattern=r'^[^"\\\r\n]+$', description="Folder in which bounces arrive.")
    mail_in_port: Port | None = Field(
        None,
        description="Port on which a mail server beside this one hands in bounces and answers; empty means none.",
    )
    mail_in_host: str = Field("127.0.0.1", description="Address that port listens on.")
    mail_in_protocol: Literal["lmtp", "smtp"] = Field("lmtp", description="What is spoken on that port.")
    mail_trusted_servers: list[str] = Field(
        [],
        description="Names (authserv-ids, RFC 8601) under which your own mail server says in incoming mails whether "
        "the sender is genuine; beside those of the mailbox in the office's settings. No other server is believed.",
    )
    log_format: Literal["console", "json"] = Field("console", description="Form of log lines on standard error.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    timestamp_url: str | None = Field(
        None, description="RFC 3161 authority that time-stamps checkpoints; empty means none."
    )
    backup_stamp: Path | None = Field(
        None,
        description="File that a backup of your own touches when it is done; the security checklist tells its age. "
        "By default the one that `siegelpost backup` touches in the data folder.",
    )
    demo_mailbox: Path | None = Field(
        None, description="Folder of the demonstration's mailbox, readable at `/mailbox/`; empty means there is none."
    )
    push_allow_private: bool = Field(
        False,
        description="Allow push services on private addresses and other ports (a push service of one's own, tests).",
    )
    metrics_token: str | None = Field(
        None, description="Bearer token for `/metrics`; without it only this machine may read them."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Strongest first: the command line, the environment, the TOML file."""
        given = init_settings()
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file(given.get("data")))

    @property
    def database_path(self) -> Path:
        """The SQLite file; unused when ``database_url`` is set."""
        return self.data / "siegelpost.sqlite3"

    @property
    def backup_stamp_path(self) -> Path:
        """The file whose age is that of the last backup: ``backup_stamp``, or the one ``siegelpost backup`` leaves."""
        return self.backup_stamp or self.data / "backup.stamp"

    @property
    def public_address(self) -> str:
        """The base of every link, without a slash at the end: ``public_url``, or this machine's name and the port."""
        if self.public_url:
            return self.public_url
        return f"https://{socket.getfqdn()}" + ("" if self.port == HTTPS_PORT else f":{self.port}")

    @property
    def public_host(self) -> str:
        """Host name (or address, an IPv6 one without brackets) of the public address."""
        return urlsplit(self.public_address).hostname or "localhost"

    def secret(self, name: str) -> bytes:
        """32 random bytes that belong to this installation, made on first use and kept in ``keys/<name>`` (0600).

        Raises:
            siegelpost.keys.KeyMissingError: they are gone, and the database depends on them.
        """
        return keys.secret(self.keys, name, self.database_url, self.database_path)

    @property
    def keys(self) -> Path:
        """The folder (0700) of the installation's own secrets, one file (0600) each."""
        return self.data / "keys"


def _file(data: Path | None = None) -> Path:
    folder = data or os.environ.get("SIEGELPOST_DATA") or Settings.model_fields["data"].default
    return Path(os.environ.get("SIEGELPOST_CONFIG", Path(folder) / CONFIG_NAME))


@cache
def load() -> Settings:
    """The settings of this process, read once.

    Raises:
        siegelpost.misconfigured.MisconfiguredError: one is misspelt, or has a value that is not allowed.
    """
    known = list(Settings.model_fields)
    misconfigured.refuse_misspelt(os.environ, known)
    try:
        return Settings()
    except ValidationError as error:
        raise misconfigured.explained(error, _file(), os.environ, known) from None
    except SettingsError as error:
        named = next((name for name in known if f'"{name}"' in str(error)), "")
        raise misconfigured.no_json(named) from None  # what it came from may repeat the value
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise misconfigured.unreadable(error, _file()) from error


# Mails hold recipients' secret links, fields the office's passwords and second factors: the database has them sealed.
MAILS = Sealer(lambda: load().secret("mail"))
FIELDS = Sealer(lambda: load().secret("fields"))


def configure(**overrides: object) -> Settings:
    """Set options of the command line before anything reads the settings.

    They travel through the environment, so that child processes see the same.
    """
    for name, value in overrides.items():
        if value is not None:
            os.environ[f"SIEGELPOST_{name.upper()}"] = str(value)
    load.cache_clear()
    return load()

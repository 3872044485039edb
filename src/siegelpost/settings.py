"""Every setting of a Siegelpost installation, in one typed place.

A value comes from, strongest first: the command line, the environment (``SIEGELPOST_PORT=443``), the TOML file
(``siegelpost.toml`` in the data folder, or the one named by ``SIEGELPOST_CONFIG``), the default below. What an
office changes while it works (mail server, texts, test operation) is not here: it lives in the database.
"""

import os
import re
import socket
from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from siegelpost import keys, misconfigured, settings_file
from siegelpost.misconfigured import MisconfiguredError
from siegelpost.toolbox.sealing import Sealer
from siegelpost.toolbox.words import Words

HTTPS_PORT = 443
CONFIG_NAME = "siegelpost.toml"

Port = Annotated[int, Field(ge=1, le=65535)]
_HOST = r"^([^\s/:@\[\]]+|\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]?)$"


def _is_address(text: str) -> str:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        raise PydanticCustomError("ip_address", "no address") from None
    return text


HostName = Annotated[str, Field(pattern=_HOST)]


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
        pattern=r"^https://[^/\s?#@\\]+$",
        examples=["https://expose.ihr-buero.de"],
        description="The address recipients reach the server by, as in links; by default the host's name and port.",
    )
    allowed_hosts: list[Annotated[str, Field(pattern=r"^(\*|[^\s/:@]+|\[[0-9a-fA-F:.]+\])$")]] = Field(
        [],
        examples=['["www.ihr-buero.de"]'],
        description="Further host names this server answers to, besides its public one and `localhost`.",
    )
    database_url: str | None = Field(
        None,
        examples=["postgresql://siegelpost:passwort@127.0.0.1/siegelpost"],
        description="PostgreSQL as `postgresql://user:password@host/name`; empty means SQLite in the data folder.",
    )
    language: Literal["de", "en"] = Field("de", description="Language of command-line messages and of new offices.")
    time_zone: str = Field(
        "Europe/Berlin", examples=["Europe/Berlin"], description="Time zone in which times are shown."
    )
    trust_roots: list[Path] = Field(
        [],
        examples=['["/etc/siegelpost/haus.pem"]'],
        description="PEM files of further authorities that recipients' browsers trust (a house authority).",
    )
    trusted_proxies: list[IPv4Network | IPv6Network] = Field(
        [],
        examples=['["127.0.0.1/32", "10.0.0.0/8"]'],
        description="Networks of reverse proxies whose word about the client's address is believed.",
    )
    proxy_header: Literal["x-forwarded-for", "forwarded"] = Field(
        "x-forwarded-for",
        description="The header in which these proxies write the client's address; the other one may be made up by "
        "the client and is not looked at.",
    )
    proxy_listen: str | None = Field(
        None,
        pattern=r"^(unix:/\S+|(\[[0-9a-fA-F:]+\]|[0-9.]+):\d{1,5})$",
        examples=["127.0.0.1:8080"],
        description="Where a reverse proxy hands requests on in plain HTTP, as `127.0.0.1:8080` or `unix:/path`; only "
        "this machine and `trusted_proxies` are let in. No certificate of one's own is needed then.",
    )
    balancers: list[IPv4Network | IPv6Network] = Field(
        [],
        description="Networks of load balancers that pass TLS on untouched and begin each connection with a PROXY "
        "header (version 1 or 2); from there it has to be, from elsewhere it is not looked at.",
    )
    balanced_ports: list[Literal["https", "http"]] = Field(
        ["https"], description="At which ports the balancers do so: `https`, `http`, or both."
    )
    private_networks: list[IPv4Network | IPv6Network] = Field(
        [],
        examples=['["192.168.10.0/24"]'],
        description="Private networks that may be asked where others have named the address: for a missing "
        "intermediate certificate of a house authority, a time stamp, a push service of one's own; there on any port. "
        "The open internet may always be asked, on the usual ports.",
    )
    acme_directory: str | None = Field(
        None,
        pattern=r"^https://[^/\s?#@\\]+(/\S*)?$",
        examples=["https://acme.ihr-buero.de/directory"],
        description="ACME directory that the assistant obtains certificates from; empty means Let's Encrypt.",
    )
    acme_ca: Path | None = Field(
        None, description="PEM of the root by which that directory's own HTTPS is trusted (a house authority)."
    )
    ct_monitor: str | None = Field(
        None,
        pattern=r"^https?://[^{}]*\{domain\}[^{}]*$",
        description="A monitor of the public certificate logs that answers in JSON as crt.sh does, with `{domain}` in "
        "place of the domain; asked only when somebody wants to know who has certificates for it. Empty: nobody.",
    )
    outside_service: str | None = Field(
        None,
        pattern=r"^https?://[^/\s?#@\\]+(/\S*)?$",
        examples=["https://pruefung.ihr-buero.de/"],
        description="A service of your own (or your partner's) on the internet that tells the assistant from which "
        "address it was asked, and which ports it reaches there (docs/surroundings.md); empty: nobody is asked.",
    )
    resolve: dict[str, Annotated[str, AfterValidator(_is_address)]] = Field(
        {},
        examples=['{"expose.ihr-buero.de" = "203.0.113.7"}'],
        description="Names the certificate check looks up here instead of in the DNS, as `{name: address}`: "
        "for split DNS, where the server itself is not told the public address.",
    )
    ftp_port: Port | None = Field(
        None,
        examples=[21],
        description="Port on which programs hand properties over by FTP with TLS (docs/intake.md); empty means none. "
        "Needs the extra `portal`.",
    )
    sftp_port: Port | None = Field(
        None,
        examples=[2222],
        description="Port on which programs hand properties over by SFTP (docs/intake.md); empty means none. Needs the "
        "extra `portal`.",
    )
    ftp_passive_ports: str = Field(
        "50000-50099",
        pattern=r"^\d{4,5}-\d{4,5}$",
        description="Ports on which the files of FTP come; they have to be open from outside, as `ftp_port`.",
    )
    ftp_public_address: IPv4Address | None = Field(
        None,
        examples=["203.0.113.7"],
        description="The IPv4 address under which those ports are reached from outside, where a router stands between.",
    )
    smtp_host: HostName | None = Field(
        None,
        examples=["mail.ihr-buero.de"],
        description="Mail server for outgoing mail; when set, it wins over the one in the office's settings.",
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
        None,
        pattern=r"^[^\s@<>]+@[^\s@<>]+$",
        examples=["expose@ihr-buero.de"],
        description="Sender's address of all mails; when set, it wins over the one in the office's settings.",
    )
    imap_host: HostName | None = Field(
        None,
        examples=["mail.ihr-buero.de"],
        description="Mail server on which the sender's mailbox is searched for bounces and answers; when set, it wins "
        "over the one in the office's settings. Without either nobody is asked to order by reply.",
    )
    imap_port: Port = Field(993, description="Its port for IMAP over TLS.")
    imap_user: str = Field("", description="User name of that mailbox.")
    imap_password: SecretStr = Field(SecretStr(""), description="Password of that mailbox.")
    imap_folder: str = Field(
        "INBOX", pattern=r'^[^"\\\r\n]+$', examples=["INBOX"], description="Folder in which bounces arrive."
    )
    mail_in_port: Port | None = Field(
        None,
        description="Port on which a mail server beside this one hands in bounces and answers; empty means none.",
    )
    mail_in_host: str = Field("127.0.0.1", description="Address that port listens on.")
    mail_in_protocol: Literal["lmtp", "smtp"] = Field("lmtp", description="What is spoken on that port.")
    mail_trusted_servers: list[str] = Field(
        [],
        examples=['["mx.ihr-buero.de"]'],
        description="Names (authserv-ids, RFC 8601) under which your own mail server says in incoming mails whether "
        "the sender is genuine; beside those of the mailbox in the office's settings. No other server is believed.",
    )
    log_format: Literal["console", "json"] = Field("console", description="Form of log lines on standard error.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least level that is logged; of libraries only warnings and errors are."
    )
    timestamp_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s?#@\\]+(/\S*)?$",
        examples=["http://zeitstempel.dfn.de"],
        description="RFC 3161 authority that time-stamps checkpoints; empty means none.",
    )
    backup_stamp: Path | None = Field(
        None,
        description="File that a backup of your own touches when it is done; the security checklist tells its age. "
        "By default the one that `siegelpost backup` touches in the data folder.",
    )
    demo_mailbox: Path | None = Field(
        None, description="Folder of the demonstration's mailbox, readable at `/mailbox/`; empty means there is none."
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
        """Strongest first: what is given, the environment, in which options of the command line travel, the file."""
        content = content_of_file(init_settings().get("data"))
        known = {name: value for name, value in content.items() if name in cls.model_fields}
        return init_settings, env_settings, InitSettingsSource(settings_cls, known)

    @field_validator("*", mode="before")
    @classmethod
    def _says_something(cls, value: Any, info: ValidationInfo) -> Any:
        """A secret that was meant to be put in and was not must not mean "none", and true is not 1."""
        field = cls.model_fields[str(info.field_name)]
        if value == "" and field.default is None:
            raise PydanticCustomError("empty", "empty")
        if isinstance(value, bool) and field.annotation is not bool:
            raise PydanticCustomError("wrong_form", "true or false")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise PydanticCustomError("time_zone", "no time zone") from None
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str | None) -> str | None:
        if value is None:
            return value
        from psycopg import Error  # an office on SQLite never loads it
        from psycopg.conninfo import conninfo_to_dict

        try:
            # An address, or libpq's other form: "host=… dbname=…".
            is_one = value.startswith(("postgresql://", "postgres://")) or re.match(r"[a-z_]+\s*=", value)
            parts = conninfo_to_dict(value) if is_one else {}
        except Error:
            parts = {}
        # A password with a slash or an @ in it falls apart, and would be repeated where the rest is complained of.
        ports = str(parts.get("port", "0")).split(",")
        if (
            not parts
            or not all(each.isdecimal() for each in ports if each)
            or "@" in f"{parts.get('host')}{parts.get('dbname')}"
        ):
            raise PydanticCustomError("database_url", "no address of PostgreSQL")
        return value

    @field_validator("public_url", "proxy_listen", "acme_directory", "timestamp_url")
    @classmethod
    def _has_a_port_that_is_one(cls, value: str | None) -> str | None:
        try:
            found = urlsplit(value if value and "://" in value else f"//{value or ''}")
            good = value is None or value.startswith("unix:") or found.port != 0
        except ValueError:
            good = False
        if not good:
            raise PydanticCustomError("port", "no port")
        return value

    @model_validator(mode="after")
    def _no_port_twice(self) -> Self:
        taken: dict[int | None, str] = {}
        for name in ("port", "http_port", "mail_in_port", "ftp_port", "sftp_port"):
            number = getattr(self, name)
            if number is not None and number in taken:
                raise PydanticCustomError("same_port", "same port", {"name": name, "other": taken[number]})
            taken[number] = name
        if not self.ftp_ports:
            raise PydanticCustomError("port", "no ports")
        return self

    @property
    def ftp_ports(self) -> range:
        """``ftp_passive_ports`` as numbers; none where they are upside down."""
        first, last = map(int, self.ftp_passive_ports.split("-"))
        return range(first, min(last, 65535) + 1)

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


# Options of the command line, which travel through the environment; here only to say that it was they.
_OPTIONS: set[str] = set()


def file_in_use(data: Path | None = None) -> Path:
    """The settings' file: the one that is named, or the one in the data folder, whether it is there or not."""
    folder = data or os.environ.get(f"{misconfigured.PREFIX}DATA") or Settings.model_fields["data"].default
    return Path(os.environ.get(f"{misconfigured.PREFIX}CONFIG") or Path(folder) / CONFIG_NAME)


def said_in(name: str, content: Mapping[str, object]) -> Words | None:
    """Where a setting was said: an option, a variable, or a line of the file; None where nobody did.

    Args:
        content: of the file.
    """
    if name in _OPTIONS:
        return Words(option := f"--{name.replace('_', '-')}", option)
    variable = next((one for one in os.environ if one.upper() == f"{misconfigured.PREFIX}{name.upper()}"), None)
    if variable:
        return Words(variable, variable)
    if name not in content:
        return None
    file = file_in_use()
    line = settings_file.line_of(file, name)
    return Words(f"{file}, Zeile {line}", f"{file}, line {line}") if line else Words(str(file), str(file))


def content_of_file(data: Path | None = None) -> dict[str, Any]:
    """What stands in the settings' file.

    Raises:
        siegelpost.misconfigured.MisconfiguredError: it cannot be read, or is named and missing.
    """
    return settings_file.read(file_in_use(data), named=bool(os.environ.get(f"{misconfigured.PREFIX}CONFIG")))


@cache
def load() -> Settings:
    """The settings of this process, read once.

    Raises:
        siegelpost.misconfigured.MisconfiguredError: one is misspelt, or has a value that is not allowed.
    """
    known = Settings.model_fields
    content = content_of_file()

    def place(name: str) -> Words:
        return said_in(name, content) or Words(str(file_in_use()), str(file_in_use()))

    mistakes = misconfigured.variables(os.environ, known)[0]
    mistakes += misconfigured.unknown_keys(content, known, place)
    try:
        found = Settings()
    except ValidationError as error:
        mistakes += misconfigured.explained(error, known, place)
    except SettingsError as error:
        # What it came from may repeat the value.
        mistakes.append(misconfigured.no_json(next((name for name in known if f'"{name}"' in str(error)), "")))
    if mistakes:
        raise MisconfiguredError(mistakes)
    return found


# Mails hold recipients' secret links, fields the office's passwords and second factors: the database has them sealed.
MAILS = Sealer(lambda: load().secret("mail"))
FIELDS = Sealer(lambda: load().secret("fields"))


def configure(**overrides: object) -> Settings:
    """Set options of the command line before anything reads the settings.

    They travel through the environment, so that child processes see the same.
    """
    for name, value in overrides.items():
        if value is not None:
            _OPTIONS.add(name)
            os.environ[f"SIEGELPOST_{name.upper()}"] = str(value)
    load.cache_clear()
    return load()

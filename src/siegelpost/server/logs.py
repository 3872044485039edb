"""Log lines of the server's processes, on standard error, from structlog and from the standard library alike."""

import logging
import logging.config
import re

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from siegelpost.settings import Settings

# Who says what the setting asks for. Of everybody else, the libraries, only what is wrong: what they do they tell with
# addresses and what was said, of people who may ask to be erased, and nobody erases a log.
_SPEAKERS = ("siegelpost", "django")
# Chatty below this, and of no use to an office.
_QUIET = {"django.request": "ERROR", "mail.log": "ERROR"}


class _Secrets:
    """Blots secret parts of addresses out of whole lines: what was said, values within values, tracebacks."""

    def __init__(self) -> None:
        # Until the routes are known, before which nobody is answered: whatever has a token's length.
        self._found = re.compile(r"(/)[A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])")

    def learn(self) -> None:
        """Take what is secret from the routes; once, before processes are forked."""
        from siegelpost.web.secret_addresses import in_texts

        self._found = in_texts()

    def __call__(self, _logger: object, _method: str, line: str | bytes) -> str | bytes:
        """Put ``…`` in their place."""
        return self._found.sub(r"\1…", line) if isinstance(line, str) else line


secrets = _Secrets()


# By these Django says that what came in was forged or malformed. Where it was raised tells nobody anything.
_ABOUT_INPUT = "django.security"


def shorten(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """One line for what strangers can cause at will: no traceback, and not more than a line's worth of their text."""
    if str(event.get("logger", "")).startswith(_ABOUT_INPUT):
        event.pop("exc_info", None)
        event["event"] = str(event["event"])[:200]
    return event


def configure(settings: Settings) -> None:
    """Set up logging of this process by ``log_format`` and ``log_level``."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        shorten,
    ]
    # Tracebacks without the values of variables: these may be tokens, passwords, people.
    traceback = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
    last: list[structlog.typing.Processor] = (
        [traceback, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if settings.log_format == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
            )
        ]
    )
    levels = {**dict.fromkeys(_SPEAKERS, settings.log_level), **_QUIET}
    logging.raiseExceptions = False  # what is said of a line that could not be written holds it in clear
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, secrets],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": "ERROR" if settings.log_level == "ERROR" else "WARNING"},
            "loggers": {name: {"level": level} for name, level in levels.items()},
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )

"""Log lines of the server's processes, on standard error, from structlog and from the standard library alike."""

import logging
import logging.config
import re

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from siegelpost.settings import Settings

# Chatty below this, and of no use to an office.
_QUIET = {"asyncio": "WARNING", "uvicorn": "WARNING", "django.request": "ERROR"}


# Whoever reads a log must not be able to open a recipient's page or sign in.
_TOKEN = re.compile(r"(/s/|/sign-in/|/calendar/)[A-Za-z0-9_-]{16,}")


def blot_tokens(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Put ``…`` in the place of the secret tokens in addresses."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _TOKEN.sub(r"\1…", value)
    return event


def configure(settings: Settings) -> None:
    """Set up logging of this process by ``log_format`` and ``log_level``."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        blot_tokens,
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
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": settings.log_level},
            "loggers": {name: {"level": level} for name, level in _QUIET.items()},
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

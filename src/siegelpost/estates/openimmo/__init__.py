"""A reader for OpenImmo, the German exchange format for properties. Pure: no Django, no network, no writing.

``with read(path) as transfer: …`` gives everything a file says as typed, frozen values, read apart from the server; see
:mod:`siegelpost.estates.openimmo.reader` for what is read and :mod:`~.limits` for what is refused.
"""

from siegelpost.estates.openimmo.file import read
from siegelpost.estates.openimmo.messages import Message, OpenImmoError
from siegelpost.estates.openimmo.values import Action, Attachment, Delivery, Property, Provider, Rejected, Transfer

__all__ = [
    "Action",
    "Attachment",
    "Delivery",
    "Message",
    "OpenImmoError",
    "Property",
    "Provider",
    "Rejected",
    "Transfer",
    "read",
]

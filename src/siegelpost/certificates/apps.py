"""Registers the room with Django."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.certificates"
    label = "certificates"

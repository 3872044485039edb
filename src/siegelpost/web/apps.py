"""Registers the room with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.web"
    label = "web"

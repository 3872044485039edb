"""Text of strangers, shown so that it can do nothing but be read."""


def visible(text: str, keep: str = "") -> str:
    """Text that cannot steer a terminal, forge a line or turn the direction of writing."""
    return "".join(c if c.isprintable() or c in keep else f"\\u{ord(c):04x}" for c in text)

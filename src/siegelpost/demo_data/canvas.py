"""A small drawing board for the sample office's pictures, in units of a 1500 × 1000 sheet."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from typing import Literal

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 1500, 1000
# Drawn larger and reduced at the end: Pillow itself draws without smooth edges.
SCALE = 2

Point = tuple[float, float]
Colour = str | tuple[int, int, int, int]


class Canvas:
    """One picture being drawn; later strokes cover earlier ones, colours may be translucent."""

    def __init__(self, seed: int, background: str = "#ffffff") -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), background)
        self.draw = ImageDraw.Draw(self.image, "RGBA")
        # Leaves and bricks are scattered the same way every time.
        self.chance = random.Random(seed)  # noqa: S311 - not for secrets

    def gradient(self, top: str, bottom: str, y: float = 0, height: float = HEIGHT) -> None:
        """A vertical blend over the whole width."""
        band = Image.linear_gradient("L").resize((WIDTH * SCALE, int(height * SCALE)))
        colours = (Image.new("RGB", band.size, bottom), Image.new("RGB", band.size, top))
        self.image.paste(Image.composite(*colours, band), (0, int(y * SCALE)))

    def rect(self, x: float, y: float, w: float, h: float, fill: Colour, radius: float = 0) -> None:
        """A rectangle by its upper left corner and size."""
        box = (x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE)
        self.draw.rounded_rectangle(box, radius * SCALE, fill=fill)

    def poly(self, points: Sequence[Point], fill: Colour) -> None:
        """A filled polygon."""
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """An ellipse by its centre and radii."""
        self.draw.ellipse(((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE), fill=fill)

    def arch(self, x: float, y: float, w: float, h: float, fill: Colour) -> None:
        """A rectangle whose upper end is half an ellipse as high as half its width."""
        self.draw.pieslice((x * SCALE, y * SCALE, (x + w) * SCALE, (y + w) * SCALE), 180, 360, fill=fill)
        self.rect(x, y + w / 2, w, h - w / 2, fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float = 2) -> None:
        """An open line."""
        self.draw.line([(x * SCALE, y * SCALE) for x, y in points], fill=fill, width=int(width * SCALE), joint="curve")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        fill: Colour,
        anchor: Literal["mm", "lm", "rm"] = "mm",
    ) -> None:
        """A line of text around or beside a point."""
        font = ImageFont.load_default(size * SCALE)
        self.draw.text((x * SCALE, y * SCALE), text, font=font, fill=fill, anchor=anchor)

    def glow(self, points: Sequence[Point], colour: str, strength: int, blur: float) -> None:
        """Light or shadow with soft edges; ``strength`` from 0 to 255."""
        # Soft edges need no fine grid: a quarter of the resolution saves most of the time.
        mask = Image.new("L", (WIDTH // 2, HEIGHT // 2), 0)
        ImageDraw.Draw(mask).polygon([(x / 2, y / 2) for x, y in points], fill=strength)
        mask = mask.filter(ImageFilter.GaussianBlur(blur / 2)).resize(self.image.size)
        self.image.paste(Image.new("RGB", self.image.size, colour), (0, 0), mask)

    def tree(self, x: float, ground: float, size: float, colours: Sequence[str]) -> None:
        """A tree of many round clumps, lit from the upper left."""
        self.poly(
            [
                (x - size * 0.05, ground),
                (x - size * 0.03, ground - size),
                (x + size * 0.03, ground - size),
                (x + size * 0.06, ground),
            ],
            "#5b4636",
        )
        for layer, colour in enumerate(colours):
            for _ in range(26):
                dx = self._scatter(size * 0.2) - layer * size * 0.04
                dy = self._scatter(size * 0.19) - layer * size * 0.05
                radius = size * self.chance.uniform(0.08, 0.15) * (1 - layer * 0.18)
                self.ellipse(x + dx, ground - size * 1.15 + dy, radius, radius, colour)

    def _scatter(self, spread: float) -> float:
        """Near the middle mostly, and never so far out that a clump would float in the air."""
        return max(-1.7, min(1.7, self.chance.gauss(0, 1))) * spread

    def bush(self, x: float, ground: float, w: float, h: float, colours: Sequence[str]) -> None:
        """A low row of clumps that stands on the ground."""
        for layer, colour in enumerate(colours):
            for _ in range(int(w / 9)):
                radius = h * self.chance.uniform(0.28, 0.5) * (1 - layer * 0.2)
                self.ellipse(
                    x + self.chance.uniform(0, w),
                    ground - radius * 0.8 - self.chance.uniform(0, h * 0.4) - layer * h * 0.08,
                    radius,
                    radius,
                    colour,
                )

    def bricks(self, x: float, y: float, w: float, h: float, tones: Sequence[str], size: float = 26) -> None:
        """Scattered single bricks over a wall, enough to make it brick."""
        for _ in range(int(w * h / 900)):
            row = self.chance.randrange(max(1, int(h / (size / 2.6))))
            left = x + self.chance.uniform(0, max(1.0, w - size))
            self.rect(left, y + row * (size / 2.6), size, size / 2.6 - 1.4, self.chance.choice(tones))

    def jpeg(self, quality: int = 84) -> bytes:
        """The finished picture."""
        out = io.BytesIO()
        self.image.reduce(SCALE).save(out, "JPEG", quality=quality, optimize=True)
        return out.getvalue()

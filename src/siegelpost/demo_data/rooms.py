"""Rooms of the sample office's properties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from siegelpost.demo_data.canvas import HEIGHT, WIDTH, Canvas

VANISHING = (750, 430)
LEFT, RIGHT, TOP, FLOOR = 260, 1240, 130, 700


@dataclass(frozen=True)
class Palette:
    """The colours of one room."""

    wall: str
    side: str
    floor: tuple[str, str]
    accent: str
    soft: str
    sky: tuple[str, str]


LIVING = Palette("#efe7da", "#e2d7c5", ("#b98a5a", "#a97a4c"), "#3f6f6a", "#c98b5b", ("#9cc4dd", "#f5e3c6"))
GARDEN = Palette("#f1efe8", "#e3dfd3", ("#cbb391", "#bda27d"), "#a8574a", "#7a9a72", ("#8fc1e3", "#dfeedd"))
BRIGHT = Palette("#f4f5f2", "#e6e8e4", ("#d3c3a6", "#c6b492"), "#3d5a80", "#d9a05b", ("#a6cfe6", "#eef4f0"))
SHOP = Palette("#e9e2d6", "#d8cebd", ("#8f8a84", "#827d77"), "#2e4a45", "#b5653f", ("#b8c7d0", "#efe4d4"))


def _shell(canvas: Canvas, palette: Palette) -> None:
    canvas.rect(0, 0, WIDTH, HEIGHT, palette.wall)
    canvas.poly([(0, 0), (WIDTH, 0), (RIGHT, TOP), (LEFT, TOP)], "#fbf9f5")
    canvas.poly([(0, 0), (LEFT, TOP), (LEFT, FLOOR), (0, HEIGHT)], palette.side)
    canvas.poly([(WIDTH, 0), (RIGHT, TOP), (RIGHT, FLOOR), (WIDTH, HEIGHT)], palette.side)
    canvas.poly([(LEFT, FLOOR), (RIGHT, FLOOR), (WIDTH, HEIGHT), (0, HEIGHT)], palette.floor[0])
    for index in range(-8, 40):
        x = LEFT + index * (RIGHT - LEFT) / 28
        foot = VANISHING[0] + (x - VANISHING[0]) * (HEIGHT - VANISHING[1]) / (FLOOR - VANISHING[1])
        if LEFT <= x <= RIGHT:
            canvas.line([(x, FLOOR), (foot, HEIGHT)], palette.floor[1], 2.5)
    for index in range(4):
        canvas.rect(LEFT - 2, TOP + index * 5, RIGHT - LEFT + 4, 3, (255, 255, 255, 190))
    canvas.rect(LEFT, FLOOR - 22, RIGHT - LEFT, 22, "#fdfbf7")
    canvas.line([(LEFT, TOP), (LEFT, FLOOR)], (0, 0, 0, 26), 2)
    canvas.line([(RIGHT, TOP), (RIGHT, FLOOR)], (0, 0, 0, 26), 2)


def _window(canvas: Canvas, x: float, y: float, w: float, h: float, palette: Palette) -> None:
    canvas.rect(x - 14, y - 14, w + 28, h + 28, "#fdfbf7")
    steps = 40
    for step in range(steps):
        canvas.rect(x, y + h * step / steps, w, h / steps + 1, _mix(*palette.sky, step / steps))
    for index in range(6):
        canvas.ellipse(x + w * (index + 0.5) / 6, y + h - 6, w / 9, 46 + 18 * (index % 3), "#7fa57c")
    canvas.rect(x, y + h, w, 60, "#fdfbf7")
    canvas.rect(x - 14, y + h + 14, w + 28, 60, palette.wall)
    canvas.rect(x - 24, y + h + 8, w + 48, 14, "#ffffff")
    canvas.rect(x + w / 2 - 5, y, 10, h, "#fdfbf7")
    canvas.rect(x, y + h * 0.3, w, 8, "#fdfbf7")
    canvas.glow(
        [(x, FLOOR + 20), (x + w, FLOOR + 20), (x + w * 1.25, HEIGHT - 40), (x + w * 0.1, HEIGHT - 40)],
        "#fff6dc", 130, 26,
    )  # fmt: skip


def _mix(first: str, second: str, share: float) -> str:
    def channels(colour: str) -> list[int]:
        return [int(colour[index : index + 2], 16) for index in (1, 3, 5)]

    pairs = zip(channels(first), channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _curtain(canvas: Canvas, x: float, y: float, h: float, colour: str) -> None:
    canvas.rect(x, y, 62, h, colour)
    for fold in range(4):
        canvas.rect(x + 6 + fold * 16, y, 5, h, (0, 0, 0, 24))


def _plant(canvas: Canvas, x: float, ground: float, size: float) -> None:
    canvas.poly(
        [(x - size * 0.2, ground - size * 0.36), (x + size * 0.2, ground - size * 0.36),
         (x + size * 0.15, ground), (x - size * 0.15, ground)],
        "#c9765a",
    )  # fmt: skip
    for index in range(13):
        lean = (index - 6) / 6
        tip = (x + lean * size * 0.55, ground - size * (1.25 - abs(lean) * 0.55))
        canvas.poly(
            [(x - 5, ground - size * 0.34), ((x + tip[0]) / 2 - 14, (ground + tip[1]) / 2 - size * 0.18), tip,
             ((x + tip[0]) / 2 + 14, (ground + tip[1]) / 2 - size * 0.1), (x + 5, ground - size * 0.34)],
            "#4f7f55" if index % 2 else "#6a9a66",
        )  # fmt: skip


def _lamp(canvas: Canvas, x: float, y: float, colour: str) -> None:
    canvas.line([(x, 40), (x, y)], "#3a3a3a", 3)
    canvas.poly([(x - 22, y), (x + 22, y), (x + 62, y + 56), (x - 62, y + 56)], colour)
    canvas.glow([(x - 60, y + 56), (x + 60, y + 56), (x + 130, y + 190), (x - 130, y + 190)], "#ffe9b8", 110, 24)


def _sofa(canvas: Canvas, x: float, y: float, w: float, colour: str, pillow: str) -> None:
    canvas.glow(
        [(x - 20, y + 172), (x + w + 20, y + 172), (x + w + 50, y + 220), (x - 40, y + 220)], "#2a1d12", 120, 12
    )
    canvas.rect(x, y, w, 130, colour, radius=26)
    canvas.rect(x - 34, y + 46, 74, 136, colour, radius=24)
    canvas.rect(x + w - 40, y + 46, 74, 136, colour, radius=24)
    canvas.rect(x + 20, y + 84, w - 40, 92, _mix(colour, "#ffffff", 0.1), radius=18)
    canvas.rect(x + w / 2 - 2, y + 84, 4, 88, (0, 0, 0, 40))
    canvas.rect(x + 44, y + 36, 92, 78, pillow, radius=16)
    canvas.rect(x + w - 150, y + 40, 92, 74, _mix(pillow, "#ffffff", 0.45), radius=16)
    for foot in (x, x + w - 14):
        canvas.rect(foot, y + 180, 14, 22, "#5b4030")


def _art(canvas: Canvas, x: float, y: float, w: float, h: float, colours: Sequence[str]) -> None:
    canvas.rect(x + 5, y + 7, w, h, (0, 0, 0, 36))
    canvas.rect(x, y, w, h, "#3d342b")
    canvas.rect(x + 7, y + 7, w - 14, h - 14, "#fbf7ee")
    canvas.ellipse(x + w * 0.42, y + h * 0.44, w * 0.22, w * 0.22, colours[0])
    canvas.rect(x + w * 0.46, y + h * 0.4, w * 0.34, h * 0.36, colours[1])
    canvas.rect(x + w * 0.16, y + h * 0.76, w * 0.68, 5, colours[2])


def living_room(palette: Palette, seed: int) -> bytes:
    """A living room: window, sofa, rug, lamp, plant."""
    canvas = Canvas(seed)
    _shell(canvas, palette)
    _window(canvas, 330, 220, 210, 330, palette)
    _window(canvas, 640, 220, 210, 330, palette)
    for x in (262, 858):
        _curtain(canvas, x, 190, 500, _mix(palette.soft, "#ffffff", 0.55))
    canvas.rect(250, 182, 690, 10, "#5b4a3a", radius=5)
    _art(canvas, 970, 250, 180, 230, (palette.soft, palette.accent, "#3d342b"))
    canvas.ellipse(790, 880, 520, 96, _mix(palette.soft, "#ffffff", 0.6))
    canvas.ellipse(790, 880, 470, 80, _mix(palette.soft, "#ffffff", 0.75))
    _sofa(canvas, 500, 600, 520, palette.accent, palette.soft)
    canvas.glow([(600, 905), (960, 905), (980, 940), (580, 940)], "#2a1d12", 90, 12)
    canvas.ellipse(780, 862, 170, 38, "#8b5e3c")
    canvas.ellipse(780, 854, 170, 36, "#a97450")
    for x in (670, 880):
        canvas.line([(x, 876), (x - 8, 940)], "#6d4a30", 8)
    canvas.rect(748, 812, 40, 36, "#f4efe4", radius=8)
    canvas.ellipse(830, 850, 44, 10, "#e9d8b5")
    _plant(canvas, 1180, 800, 250)
    _lamp(canvas, 430, 120, palette.soft)
    return canvas.jpeg()


def kitchen(palette: Palette, seed: int) -> bytes:
    """A kitchen with a dining table."""
    canvas = Canvas(seed)
    _shell(canvas, palette)
    canvas.rect(LEFT, 380, RIGHT - LEFT, 120, "#f7f3ea")
    for row in range(4):
        for column in range(26):
            shade = canvas.chance.randrange(0, 26)
            canvas.rect(LEFT + column * 38 + 1, 381 + row * 30, 36, 28, (110, 140, 130, shade))
    for index in range(5):
        x = LEFT + 10 + index * 120
        canvas.rect(x, 190, 114, 190, palette.accent)
        canvas.rect(x + 8, 198, 98, 174, _mix(palette.accent, "#ffffff", 0.09))
        canvas.rect(x + 92, 330, 6, 30, "#e6d3a4")
    for index in range(6):
        x = LEFT + 10 + index * 120
        canvas.rect(x, 520, 114, 190, palette.accent)
        canvas.rect(x + 8, 528, 98, 174, _mix(palette.accent, "#ffffff", 0.09))
        canvas.rect(x + 40, 540, 34, 6, "#e6d3a4")
    canvas.rect(LEFT, 496, 735, 24, "#d9b88a")
    canvas.rect(LEFT + 250, 486, 130, 10, "#3a3d3f")
    canvas.rect(LEFT + 540, 420, 10, 76, "#b9bcbd")
    canvas.line([(LEFT + 545, 424), (LEFT + 580, 424), (LEFT + 580, 446)], "#b9bcbd", 8)
    canvas.rect(LEFT + 40, 440, 60, 56, "#c9765a", radius=10)
    canvas.rect(LEFT + 112, 420, 40, 76, "#7a9a72", radius=8)
    _window(canvas, 1010, 210, 190, 280, palette)
    canvas.glow([(480, 930), (1180, 930), (1220, 975), (440, 975)], "#2a1d12", 110, 14)
    for x in (560, 840, 1060):
        canvas.rect(x, 690, 90, 130, _mix(palette.soft, "#3a2a1a", 0.2), radius=14)
        canvas.rect(x + 8, 820, 10, 120, "#5b4030")
        canvas.rect(x + 72, 820, 10, 120, "#5b4030")
    canvas.poly([(500, 790), (1150, 790), (1220, 850), (430, 850)], "#c89a68")
    canvas.poly([(430, 850), (1220, 850), (1220, 874), (430, 874)], "#a97c4e")
    for x in (470, 1160):
        canvas.rect(x, 874, 24, 100, "#8f6640")
    canvas.ellipse(820, 812, 90, 18, "#f4efe4")
    for x, colour in ((780, "#d9534f"), (815, "#e7b04b"), (850, "#7fa650")):
        canvas.ellipse(x, 798, 22, 20, colour)
    _lamp(canvas, 700, 170, palette.soft)
    _lamp(canvas, 960, 170, palette.soft)
    return canvas.jpeg()


def shop_floor(palette: Palette, seed: int) -> bytes:
    """A sales room with shelves, a counter and a large window to the street."""
    canvas = Canvas(seed)
    _shell(canvas, palette)
    canvas.bricks(LEFT, TOP + 24, 330, 520, ("#c98a6c", "#b97a5e", "#d29b80", "#c08468"), 44)
    _window(canvas, 660, 200, 500, 380, palette)
    for row in range(4):
        y = 210 + row * 110
        canvas.rect(300, y + 78, 280, 12, "#7d5a3c")
        for column in range(7):
            colour = canvas.chance.choice((palette.accent, palette.soft, "#dcb35c", "#7a9a86", "#f4efe4"))
            height = canvas.chance.randrange(36, 72)
            canvas.rect(310 + column * 38, y + 78 - height, 28, height, colour, radius=5)
    canvas.glow([(560, 930), (1140, 930), (1180, 970), (520, 970)], "#1c1815", 120, 14)
    canvas.rect(560, 720, 580, 220, "#6f4e35")
    for index in range(1, 10):
        canvas.line([(560 + index * 58, 730), (560 + index * 58, 940)], (0, 0, 0, 46), 2.5)
    canvas.rect(540, 696, 620, 30, "#d9b88a")
    canvas.rect(960, 630, 100, 66, "#2f3437", radius=8)
    canvas.rect(620, 640, 50, 56, "#f4efe4", radius=10)
    _plant(canvas, 1290, 900, 240)
    for x in (560, 800, 1040):
        _lamp(canvas, x, 110, "#2f3437")
    return canvas.jpeg()

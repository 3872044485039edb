"""The four houses of the sample office, seen from the street."""

from __future__ import annotations

from siegelpost.demo_data.canvas import Canvas, Point

LEAVES = ("#3f6b45", "#558653", "#7ba866")
AUTUMN = ("#8a5a2b", "#b97a31", "#dba54a")
GLASS = "#8fb3c4"
WARM_GLASS = "#ffdf9a"


def _window(canvas: Canvas, x: float, y: float, w: float, h: float, glass: str, frame: str = "#f7f4ee") -> None:
    canvas.rect(x - 5, y - 5, w + 10, h + 10, frame)
    canvas.rect(x, y, w, h, glass)
    canvas.poly([(x, y + h * 0.75), (x + w * 0.75, y), (x + w, y), (x, y + h)], (255, 255, 255, 44))
    canvas.rect(x + w / 2 - 2.5, y, 5, h, frame)
    canvas.rect(x, y + h * 0.34, w, 5, frame)


def _street(canvas: Canvas, y: float, pavement: str = "#c9c2b6", road: str = "#8d8a86") -> None:
    canvas.rect(0, y, 1500, 60, pavement)
    for x in range(0, 1500, 75):
        canvas.line([(x, y), (x - 30, y + 60)], (0, 0, 0, 26), 1.5)
    canvas.rect(0, y + 60, 1500, 12, "#a9a298")
    canvas.rect(0, y + 72, 1500, 1000 - y, road)
    for row in range(8):
        for x in range(-60, 1560, 62):
            shade = canvas.chance.randrange(10, 34)
            canvas.rect(x + (row % 2) * 31, y + 76 + row * 17, 58, 14, (255, 255, 255, shade), radius=4)


def town_house() -> bytes:
    """A stuccoed town house of about 1905 in the evening light (flat for sale)."""
    canvas = Canvas(1905)
    canvas.gradient("#6f94b8", "#f6d9b8", 0, 870)
    for x, w, h in ((0, 260, 330), (1240, 260, 380)):
        canvas.rect(x, 850 - h - 150, w, h + 150, "#b9a58f")
        canvas.poly([(x - 20, 700 - h), (x + 30, 610 - h), (x + w - 30, 610 - h), (x + w + 20, 700 - h)], "#7b6a62")
        for column in range(3):
            for row in range(4):
                canvas.rect(x + 34 + column * 78, 730 - h + row * 112, 40, 66, "#8d97a0")
    canvas.glow([(1010, 170), (1260, 240), (1260, 870), (1180, 880)], "#3a3230", 90, 26)
    left, right, top, bottom = 270, 1210, 250, 860
    canvas.poly([(left - 10, top), (left + 70, 110), (right - 70, 110), (right + 10, top)], "#545a66")
    for x in range(left + 80, right - 60, 34):
        canvas.line([(x, 112), (x - 10, top - 4)], (0, 0, 0, 30), 2)
    for x in (430, 660, 890):
        canvas.poly([(x, 140), (x + 75, 92), (x + 150, 140)], "#6a7180")
        canvas.rect(x + 12, 138, 126, 100, "#efe3cf")
        _window(canvas, x + 42, 150, 66, 80, WARM_GLASS)
    canvas.rect(left, top, right - left, bottom - top, "#ecd9bb")
    canvas.rect(left, 690, right - left, bottom - 690, "#cdb491")
    for y in range(706, bottom, 26):
        canvas.line([(left, y), (right, y)], (90, 70, 40, 70), 2)
    for x in (left, right - 44):
        for y in range(top + 14, bottom, 42):
            canvas.rect(x, y, 44, 26, "#f8eedb")
    for y, thick in ((top - 8, 26), (520, 12), (680, 18)):
        canvas.rect(left - 16, y, right - left + 32, thick, "#f8eedb")
        canvas.rect(left - 10, y + thick, right - left + 20, 7, (70, 50, 30, 60))
    for x in range(left + 8, right - 20, 30):
        canvas.rect(x, top + 22, 14, 14, "#f8eedb")
    columns = (355, 515, 690, 865, 1025)
    for row, (y, h) in enumerate(((315, 130), (555, 100), (720, 96))):
        for index, x in enumerate(columns):
            if row == 2 and index == 2:
                continue
            glass = WARM_GLASS if (row + index * 2) % 5 in (0, 3) else GLASS
            _window(canvas, x, y, 96, h, glass)
            if row == 0:
                canvas.poly([(x - 18, 304), (x + 48, 276), (x + 114, 304)], "#f8eedb")
            if row < 2:
                canvas.rect(x - 12, y + h + 7, 120, 9, "#f8eedb")
    canvas.rect(655, 470, 170, 12, "#d8c3a0")
    for x in range(660, 824, 11):
        canvas.line([(x, 414), (x, 470)], "#2f3437", 2)
    canvas.line([(655, 414), (825, 414)], "#2f3437", 4)
    for x in (668, 700, 735, 772, 800):
        canvas.ellipse(x, 412, 14, 10, "#a8434f")
        canvas.ellipse(x + 9, 418, 10, 7, "#567a4a")
    canvas.arch(680, 712, 118, 148, "#f8eedb")
    canvas.arch(692, 724, 94, 136, "#3c5a4c")
    canvas.arch(706, 736, 66, 50, WARM_GLASS)
    canvas.rect(737, 790, 4, 70, "#2c4439")
    canvas.rect(664, 856, 150, 10, "#b7aa98")
    canvas.glow([(690, 860), (790, 860), (850, 930), (630, 930)], "#ffe7b0", 90, 16)
    _street(canvas, 862)
    canvas.tree(150, 872, 330, LEAVES)
    canvas.tree(1370, 872, 300, LEAVES)
    canvas.line([(1238, 866), (1238, 610)], "#2f3437", 7)
    canvas.ellipse(1238, 596, 20, 24, "#fff2c9")
    canvas.glow([(1180, 540), (1300, 540), (1300, 660), (1180, 660)], "#fff0c0", 150, 30)
    return canvas.jpeg()


def brick_house() -> bytes:
    """A brick single-family house with a garden on a clear day."""
    canvas = Canvas(1978)
    canvas.gradient("#5f9fd0", "#dcedf5", 0, 720)
    for x, y, r in ((240, 170, 60), (310, 150, 80), (400, 180, 58), (1080, 110, 52), (1150, 96, 70), (1230, 120, 50)):
        canvas.ellipse(x, y, r * 1.5, r * 0.55, (255, 255, 255, 205))
    canvas.bush(-20, 690, 1540, 130, ("#4d7b56", "#62946a", "#7fae7d"))
    canvas.gradient("#8fbb63", "#5d9347", 660, 340)
    canvas.tree(1340, 720, 400, LEAVES)
    wall, dark = "#b5593f", ("#a24c35", "#c06a4e", "#96442f", "#bb6147")
    gable: list[Point] = [(330, 440), (610, 150), (890, 440)]
    canvas.glow([(330, 780), (1180, 780), (1300, 830), (420, 830)], "#1f3a1c", 120, 18)
    canvas.rect(330, 440, 560, 340, wall)
    canvas.rect(890, 470, 300, 310, "#aa5139")
    canvas.poly(gable, wall)
    canvas.bricks(330, 440, 560, 340, dark)
    canvas.bricks(890, 470, 300, 310, dark)
    for step in range(14):
        y = 190 + step * 18
        half = (y - 150) * 280 / 290
        canvas.bricks(610 - half + 22, y, half * 2 - 44, 16, dark)
    canvas.poly([(865, 480), (610, 165), (640, 128), (1150, 128), (1240, 480)], "#4a4f57")
    for row in range(14):
        y = 150 + row * 24
        canvas.line([(628 + (y - 128) * 0.72, y), (1156 + (y - 128) * 0.25, y)], (255, 255, 255, 26), 2)
    canvas.poly([(300, 462), (610, 138), (640, 120), (640, 156), (334, 474)], "#3d4148")
    canvas.poly([(920, 462), (610, 138), (640, 120), (652, 140), (900, 484)], "#3d4148")
    for index in range(6):
        canvas.poly(
            [(820 + index * 52, 210), (866 + index * 52, 210), (886 + index * 52, 300), (838 + index * 52, 300)],
            "#26394f",
        )
        canvas.line([(843 + index * 52, 210), (862 + index * 52, 300)], (255, 255, 255, 60), 2)
    canvas.rect(1040, 70, 64, 110, "#8d4630")
    canvas.rect(1032, 62, 80, 16, "#5f6168")
    _window(canvas, 530, 270, 160, 120, GLASS)
    for x in (386, 700):
        _window(canvas, x, 520, 140, 150, GLASS)
        canvas.rect(x - 12, 680, 164, 12, "#ded8cf")
        canvas.bush(x, 684, 140, 26, ("#b5495b", "#d9798a", "#5f8a4f"))
    canvas.rect(556, 524, 114, 256, "#f4efe6")
    canvas.rect(568, 536, 90, 244, "#2d5a57")
    canvas.rect(584, 552, 58, 96, "#a9c7cf")
    canvas.ellipse(646, 670, 5, 5, "#e8d9a8")
    canvas.rect(540, 778, 146, 14, "#c9c2b7")
    canvas.poly([(520, 520), (613, 462), (706, 520)], "#3d4148")
    _window(canvas, 934, 540, 216, 180, "#9cc0cf")
    canvas.poly([(560, 792), (668, 792), (800, 1000), (520, 1000)], "#d4c8b4")
    for step in range(7):
        canvas.line([(556 - step * 5, 815 + step * 27), (686 + step * 18, 815 + step * 27)], (110, 95, 70, 70), 2)
    canvas.rect(900, 770, 330, 22, "#c2a07a")
    for x in range(905, 1230, 20):
        canvas.line([(x, 770), (x, 792)], (70, 45, 20, 70), 1.5)
    canvas.bush(250, 812, 290, 62, ("#3f6b45", "#5c8c58", "#d7c9e8"))
    canvas.bush(690, 826, 210, 46, ("#3f6b45", "#6d9c5c", "#f0d673"))
    canvas.tree(130, 800, 300, AUTUMN)
    for _ in range(420):
        left, top = canvas.chance.uniform(0, 1500), canvas.chance.uniform(830, 1000)
        if not 480 < left < 820:
            canvas.line([(left, top), (left + canvas.chance.uniform(-4, 4), top - 12)], (40, 90, 40, 90), 1.5)
    return canvas.jpeg()


def new_building() -> bytes:
    """A white block of flats with balconies, built a few years ago (rental flat)."""
    canvas = Canvas(2019)
    canvas.gradient("#86b7d9", "#eef5f4", 0, 870)
    for x, y in ((180, 150), (250, 130), (1240, 190), (1310, 170)):
        canvas.ellipse(x, y, 110, 34, (255, 255, 255, 190))
    canvas.bush(-30, 830, 1560, 150, ("#6d9a80", "#83ad8d"))
    left, right = 250, 1240
    canvas.glow([(left + 40, 850), (right + 60, 850), (right + 160, 890), (left, 890)], "#2b3b35", 120, 16)
    canvas.rect(left + 110, 96, right - left - 220, 140, "#d8d3ca")
    canvas.rect(left + 90, 84, right - left - 180, 16, "#8c8f90")
    for x in range(left + 150, right - 230, 170):
        canvas.rect(x, 122, 128, 114, "#7f9aa6")
        canvas.poly([(x, 210), (x + 90, 122), (x + 128, 122), (x, 236)], (255, 255, 255, 50))
    canvas.rect(left, 230, right - left, 630, "#f3f1ec")
    canvas.rect(left, 222, right - left, 14, "#b9b6af")
    canvas.rect(690, 236, 130, 624, "#b98a5c")
    for x in range(690, 820, 13):
        canvas.line([(x, 236), (x, 860)], (80, 50, 20, 80), 2)
    for row in range(4):
        y = 262 + row * 150
        for x in (300, 860):
            canvas.rect(x, y, 330, 116, "#c7cbc9")
            for part in range(3):
                glass = WARM_GLASS if (row, x, part) in {(1, 300, 1), (2, 860, 0), (0, 860, 2)} else "#8aa9b5"
                canvas.rect(x + 8 + part * 108, y + 8, 98, 108, glass)
                canvas.poly(
                    [(x + 8 + part * 108, y + 90), (x + 80 + part * 108, y + 8), (x + 106 + part * 108, y + 8),
                     (x + 8 + part * 108, y + 116)],
                    (255, 255, 255, 46),
                )  # fmt: skip
            if row < 3:
                canvas.rect(x - 16, y + 112, 362, 13, "#e0ddd6")
                canvas.rect(x - 16, y + 125, 362, 8, (60, 60, 60, 60))
                canvas.rect(x - 12, y + 64, 354, 50, (205, 225, 228, 120))
                canvas.line([(x - 12, y + 62), (x + 342, y + 62)], "#5d6467", 4)
                canvas.bush(x + 20 + row * 70, y + 66, 70, 26, ("#4f7f55", "#76a568"))
        _window(canvas, 724, y + 12, 62, 90, GLASS, "#54585a")
    canvas.rect(700, 742, 110, 118, "#3e4c50")
    canvas.rect(712, 754, 86, 106, "#a9c4c9")
    canvas.rect(690, 728, 130, 14, "#3e4c50")
    canvas.gradient("#a3c476", "#82ad5d", 856, 60)
    canvas.bush(240, 872, 430, 46, ("#4d7c52", "#6fa066", "#c9dba0"))
    canvas.bush(840, 872, 410, 46, ("#4d7c52", "#6fa066", "#e6c7d3"))
    _street(canvas, 908, "#d7d3ca", "#9b9a98")
    canvas.poly([(690, 860), (820, 860), (850, 910), (660, 910)], "#d7d3ca")
    canvas.tree(120, 900, 280, LEAVES)
    canvas.tree(1385, 905, 320, LEAVES)
    return canvas.jpeg()


def gabled_shop() -> bytes:
    """A stepped brick gable of the old town with a shop below (commercial unit)."""
    canvas = Canvas(1548)
    canvas.gradient("#9fb4c6", "#f1e6d6", 0, 870)
    for x, w, tone, top in ((-40, 480, "#c98d6a", 330), (1060, 480, "#d9c7a8", 300)):
        canvas.rect(x, top, w, 560, tone)
        canvas.poly([(x - 10, top), (x + w / 2, top - 190), (x + w + 10, top)], "#7a4a3a")
        for row in range(3):
            for column in range(4):
                _window(canvas, x + 50 + column * 112, top + 40 + row * 140, 58, 84, GLASS)
    wall, dark = "#9c4434", ("#8a392b", "#ab5140", "#7c3226", "#a34a39")
    left, right = 420, 1080
    for step in range(6):
        inset, y = step * 52, 400 - step * 66
        canvas.rect(left + inset, y, right - left - inset * 2, 470, wall)
        canvas.rect(left + inset - 5, y - 9, 62, 11, "#6d2c22")
        canvas.rect(right - inset - 57, y - 9, 62, 11, "#6d2c22")
        canvas.bricks(left + inset, y, right - left - inset * 2, 66, dark)
    canvas.bricks(left, 400, right - left, 300, dark)
    for row, (y, offsets) in enumerate(((165, (0,)), (270, (-105, 0, 105)), (395, (-205, -70, 70, 205)))):
        for offset in offsets:
            canvas.arch(750 + offset - 40, y - 10, 80, 104, "#c9856b")
            canvas.arch(750 + offset - 31, y, 62, 94, "#f4ece0")
            glass = WARM_GLASS if (row + offset) % 2 else "#6f8f9e"
            canvas.arch(750 + offset - 25, y + 6, 50, 88, glass)
            canvas.rect(750 + offset - 2, y + 6, 4, 88, "#f4ece0")
            canvas.rect(750 + offset - 25, y + 46, 50, 4, "#f4ece0")
    canvas.rect(left, 520, right - left, 22, "#6d2c22")
    canvas.rect(left, 560, right - left, 300, "#2e4a45")
    canvas.rect(left + 20, 566, right - left - 40, 58, "#243b37")
    canvas.text(750, 595, "AM STINTUFER 3", 34, "#e9d9ae")
    for x, w in ((450, 330), (910, 140)):
        canvas.rect(x, 668, w, 172, "#f6e3b6")
        canvas.glow([(x, 668), (x + w, 668), (x + w, 840), (x, 840)], "#fff3d0", 120, 14)
        canvas.rect(x, 790, w, 50, "#d9c39a")
    for x, colour in ((480, "#7a9a86"), (540, "#c8794f"), (600, "#50707f"), (668, "#b65a62"), (720, "#dcb35c")):
        canvas.rect(x, 742, 34, 50, colour, radius=6)
        canvas.ellipse(x + 17, 740, 17, 6, "#f5efe2")
    canvas.line([(500, 668), (500, 700)], "#2f3437", 2)
    canvas.ellipse(500, 708, 18, 12, "#2f3437")
    canvas.line([(690, 668), (690, 694)], "#2f3437", 2)
    canvas.ellipse(690, 702, 18, 12, "#2f3437")
    canvas.rect(800, 660, 92, 200, "#203430")
    canvas.rect(812, 672, 68, 130, "#f3dca8")
    canvas.ellipse(872, 770, 4, 4, "#e9d9ae")
    for index in range(12):
        edge = 436 + index * 52.5
        canvas.poly(
            [(edge, 624), (edge + 52.5, 624), (edge + 57, 676), (edge - 4, 676)], "#efe6d2" if index % 2 else "#a5473a"
        )
        canvas.ellipse(edge + 26, 676, 29, 11, "#efe6d2" if index % 2 else "#a5473a")
    canvas.bush(430, 868, 90, 70, ("#3f6b45", "#5f8f5a", "#86b173"))
    canvas.rect(440, 846, 70, 24, "#7d5a44")
    canvas.bush(985, 868, 90, 70, ("#3f6b45", "#5f8f5a", "#86b173"))
    canvas.rect(995, 846, 70, 24, "#7d5a44")
    _street(canvas, 862, "#bdb3a6", "#8b857d")
    canvas.glow([(450, 866), (1050, 866), (1150, 980), (350, 980)], "#ffdf9a", 70, 30)
    return canvas.jpeg()

"""How wide text is in Verdana at 11 px, the font of shields.io badges.

The widths come from `anafanafo 2.0.0 <https://www.npmjs.com/package/anafanafo>`_
(``data/verdana-11px-normal.json``), which badge-maker measures with, so that a badge
has the size that shields.io would give it. Its licence, MIT, asks for this notice:

    Copyright (c) 2018 Metabolize LLC

    Permission is hereby granted, free of charge, to any person obtaining a copy of
    this software and associated documentation files (the "Software"), to deal in the
    Software without restriction, including without limitation the rights to use, copy,
    modify, merge, publish, distribute, sublicense, and/or sell copies of the Software,
    and to permit persons to whom the Software is furnished to do so, subject to the
    following conditions:

    The above copyright notice and this permission notice shall be included in all
    copies or substantial portions of the Software.

    THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED,
    INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A
    PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT
    HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
    CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE
    OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

from bisect import bisect_right
from functools import cache


def text_width(text: str) -> float:
    """Measure text as anafanafo does.

    Args:
        text: Any text; each code point is measured alone, without kerning. Control
            characters are 0 wide, and those not in the table are as wide as an "m".

    Returns:
        The width in CSS pixels.
    """
    total = 0.0
    # NOTE: Not sum(), which rounds floats otherwise from Python 3.12 on. badge-maker
    # truncates the total, so that a last bit can make a badge two pixels wider.
    for character in text:
        total += _width(ord(character))
    return total


def _width(code: int) -> float:
    if code < 0x20 or code == 0x7F:
        return 0.0
    firsts, ranges = _table()
    last, width = ranges[bisect_right(firsts, code) - 1]
    return width if code <= last else _WIDTH_OF_M


_WIDTH_OF_M = 10.7


@cache
def _table() -> tuple[list[int], list[tuple[int, float]]]:
    """Unpack the table on first use: first code points, and (last, width) of each."""
    found = []
    width = 0.0
    for token in _WIDTHS.split():
        if token.endswith(":"):
            width = float(token[:-1])
        else:
            first, _, last = token.partition("-")
            found.append((int(first, 16), int(last or first, 16), width))
    found.sort()
    return [first for first, _, _ in found], [(last, width) for _, last, width in found]


# ``width: code points``, in px and hex: anafanafo's ranges for Latin, Greek, Cyrillic,
# punctuation, currency, letter-like signs, arrows, pictographs, dingbats, ideographs
# and full-width forms. Its other 9,600, for mathematics, presentation forms and
# ideographs beyond the BMP, are left out: a badge is not worth them. U+00FF is missing
# there too, like the last character of most blocks.
_WIDTHS = """
0: ad 483-486 488-489 200b-200f 2028-202e 2060-206e 0.69: 200a 1.83: 2006 1.93: 202f
2.2: 1c0 2009 2.44: 205f 2.57: 2772-2773 2.74: 1c2 2.75: 2005 2.79: 196 2.95: 27
2018-201b 3.02: 69 6c ec-ef 129 12b 12d 12f 131 13a 13c 390 3af 3b9 3ca 456-457 1e2f
1e37 1ec9 1ecb 3.03: 276c-276d 3.05: 2759 3.06: 19a 1ab 1ad 1d0 1f0 209 20b 234 237 249
3f3 4cf 1e2d 1e39 1e3b 1e3d 1e6b 1e6f 1e71 1e97 1e9b 205e 3.09: 1c1 2016 3.13: 142 3.18:
2758 3.22: 2148 3.25: 13e 3.48: 2027 204f 3.49: 236 276a-276b 3.56: 2113 3.58: 2035 2043
2045-2046 3.65: 371 3.66: 197 1c3 1cf 208 20a 211 213 24d 374-375 37a 37f 4c0 1e1f 1e2c
1e59 1e5d 1e5f 3.67: 482 2004 2024 2774-2775 3.75: 2149 3.78: 1aa 3.79: 6a 135 458 3.87:
20 66 a0 3.88: 2038 3.97: 2032 2044 4: 2c 2e b7 2008 4.24: 3ef 4.28: 1a8 23f 248 1e61
1e65 1e67 1e69 4.29: 2768-2769 4.31: 275b-275c 4.33: 21 74 a1 163 165 167 21b 1e6d 4.35:
21d 46f 499 4df 511 4.37: 242 4.4: 2129 4.43: 529 4.45: 3f5-3f6 4.51: 4f7 4fb 2770-2771
4.57: 275a 4.58: 214e 4.61: 370 4.62: 3db 4.63: 49 cc-cf 128 12a 12c 12e 130 399 3aa
406-407 1e2e 1ec8 1eca 4.64: 1be 203d 4.65: 1e9d 4.66: 1e9c 4.69: 72 155 157 159 1e5b
4.7: 2137 4.72: 4ed 4.81: 4ad 4.88: 188 1b6 1b9-1ba 1bd 1ce 1dd 1df 1e1 1ef 201 203 205
207 225 227 229 240 247 37b-37d 3e7 3f2 481 4ab 4d1 4d3 4d7 4db 4e1 528 1e01 1e19 1e1b
1e1d 1e91 1e95 1e9a 4.89: 1efd 4.91: 3dd 4.96: 3df 4.98: 507 50d 5: 28-29 2d 2f 3a-3b 4a
5b-5d 7c a6 134 37e 387 408 2039-203a 5.03: 3b6 5.04: 140 1efe 5.05: 22 201c-201f 5.09:
27a7 5.11: 2041 5.14: 373 5.16: 213e 5.17: 48d 2023 5.18: 18d 433 453 491 493 5.23: 3ee
5.3: 204e 2051 5.31: ffa1 ffa4 ffa7 5.33: 19b 5.34: 49f 5.44: 271d 5.45: 3d1 5.46: 3c4
442 5.49: 3fc 4c6 513 5.5: 180 183 185 18c 199 19e 1a5 1b4 1bb-1bc 1bf 1d2 1d4 1d6 1da
1e5 1e7 1e9 1eb 1ed 20d 20f 215 217 21f 221 223 22b 22d 22f 231 233 235 23c 24b 3d9 3f8
473 48f 4e7 4eb 4ef 4f1 4f3 4fd 501 1e03 1e07 1e0b 1e0f 1e11 1e13 1e21 1e23 1e27 1e29
1e2b 1e35 1e45 1e49 1e4b 1e4f 1e57 1e73 1e75 1e77 1e7b 1e8b 1e8d 1e8f 1e96 1e99 2000
2002 203f-2040 2050 2054 2191 2193 2195 21a8 266a 266f ff61-ffa0 ffa2-ffa3 ffa5-ffa6
ffa8-ffbe ffc2-ffc7 ffca-ffcf ffd2-ffd7 ffda-ffdc ffe9-ffee 5.51: 190 46e 498 4de 4e0
510 2138 5.53: 3be 4b7 4cc 4f5 5.57: 1efc 5.59: 3c2 5.6: 3d0 3ed 3f1 276e-276f 5.61:
2666 5.63: 2125 5.64: 3ad 3b5 5.66: 2147 5.67: 495 4c4 5.73: 63 73 e7 107 109 10b 10d
15b 15d 15f 161 219 3e5 455 1e09 1e63 20b0 5.76: 52d 5.77: 437 5.78: 7a 17a 17c 17e 1e93
5.79: 3d5 5.84: 2660 5.86: 26a8 5.87: 241 2142-2143 5.88: 441 5.89: 48b 4c8 4ca 4e3 4e5
5.91: 271f 5.93: 1b7-1b8 1ee 5.94: 38a 213d 5.96: b0 b2-b3 b9 3e8-3e9 2036 204c 5.97:
463 204d 5.98: 2762-2763 6: 3f aa ba bf 2022 6.02: 44d 454 6.06: 2052 6.07: 271e 6.09:
3e1 6.11: 1c9 6.12: 4c 139 13b 13d 13f 191 1a6-1a7 3dc 3f7 48e 1e1e 1e36 1e56 1e60 1e64
1e66 1e68 20ba 6.13: 2033-2034 6.16: 1f7 3d7 3f0 6.18: 141 52c 6.19: 21c 2136 6.21: 26ac
6.22: 20b8 20bc-20bd 6.23: 393 3cf 403 413 47b 490 492 6.28: 44c 2717 6.31: 4a1 506
6.32: 46 182 184 18b 48c 500 6.33: 3de 6.35: 210e 2720 6.36: 4f6 4fa 2010-2011 6.38: 377
6.39: 3eb 2146 6.4: 1a9 6.46: 372 6.48: 475 477 1efb 6.49: 3c7 467 6.51: 6b 76 78-79 fd
137-138 177 3b3 3ba-3bb 3bd 43a 443 445 45c 45e 49b 49d 4af 4b1 4b3 1e31 1e33 1e7d 1e7f
1ef3 1ef5 1ef7 1ef9 6.53: 2056 2058-2059 205b 2665 6.54: 432 6.55: 65 e8-eb 113 115 117
119 11b 435 450-451 4d9 1e15 1e17 1eb9 1ebb 1ebd 1ebf 1ec1 1ec3 1ec5 1ec7 6.58: 2107
6.6: 44f 20b9 6.61: 61 e0-e5 101 103 105 1fb 430 1ea1 1ea3 1ea5 1ea7 1ea9 1eab 1ead 1eaf
1eb1 1eb3 1eb5 1eb7 6.62: 50f 1e9f 2102 210d 2115 2119-211a 211d 2124 219c-21a7
21ab-21ad 21af 21ba-21bb 21bd-21bf 21c1-21c3 21c7-21ca 21ce 21d5-21dd 21eb-21ef
21f1-21f4 21f6-21fe 2604 2607-2608 260a-260d 2613 2618-261b 2620-262e 2638-2639
263d-263f 2641 2643-2647 2654-265f 2670-2671 267e 2680-268b 2690-2692 2694-269c
26b0-26b1 6.63: 50 3a1 420 4b5 1e54 20b1 2108 26b2 6.64: 222 6.66: de 447 4b9 6.68: 6f
f2-f6 f8 14d 14f 151 1a1 1ff 3bf 3cc 43e 4e9 1e4d 1e51 1e53 1ecd 1ecf 1ed1 1ed3 1ed5
1ed7 1ed9 1edb 1edd 1edf 1ee1 1ee3 6.69: 3b4 6.72: 18e 1ac 1ae 1b5 204 206 224 228
23d-23e 246 4ac 4d6 1e18 1e1a 1e1c 1e38 1e3a 1e3c 1e6a 1e6e 1e70 1e90 1e94 6.73: f0
6.75: 133 6.76: 431 210f 6.77: 59 dd 176 178 3a5 3ab 3e4 40e 417 423 4ae 4b0 1ef2 1ef4
1ef6 1ef8 6.78: 54 162 164 166 21a 3a4 422 4a9 525 1e6c 20ae 6.82: df 3b2 6.83: 43b
6.84: 434 6.85: 62 64 67 70-71 fe 111 11d 11f 121 123 1f5 3ac 3b1 440 4a5 51b 1e05 1e0d
1e55 20ab 2144 6.86: 3b8 6.87: 203c 6.88: 3c1 6.89: 471 6.9: 212f 6.92: 527 6.93: 16d
173 3c3 6.94: 3b0 3c5 3cb 3cd 494 51f 6.96: 45 68 6e 75 c8-cb f1 f9-fc 112 114 116 118
11a 125 127 144 146 148 14b 169 16b 16f 171 1d8 1dc 1f9 395 3ae 3b7 3fb 400-401 415 452
45b 4bb 4ce 1e14 1e16 1e25 1e47 1e79 1eb8 1eba 1ebc 1ebe 1ec0 1ec2 1ec4 1ec6 1ee5 1ee7
204a-204b 211e 6.97: 461 47f 6.98: 7b 7d 6.99: 24 2a 30-39 5f-60 a2-a5 a7-a8 af b4 b6 b8
192 384-385 487 2007 2012-2013 2017 2020-2021 203e 20a0 20a3-20a4 20ac ffe5 7.01: 3c0
43d 43f 45f 4a3 7.04: 3bc 438-439 45d 2104 7.05: 44a 7.06: b5 7.09: ab bb 446 7.1: 2135
21de-21df 21e1 21e3 7.12: 10f 7.14: 39e 7.15: 1a4 220 4b6 4cb 4f4 7.22: 3ea 20bf 2663
7.24: 3d6 7.26: 1b0 4ec 1ee9 1eeb 1eed 1eef 1ef1 2139 26a5 7.27: 3e6 7.3: 2132 214a
7.33: 2025 7.34: 186-187 1e3 210 212 23b 243 24c 3da 3f9 3fd-3fe 480 49e 4aa 4c3 4d5
1e02 1e06 1e58 1e5c 1e5e 211f 2765 7.35: 275d-275e 7.38: 462 7.39: 4f9 7.4: 3a3 213c
7.44: 20b6 2718 7.45: 465 7.46: 4c5 512 1e9e 7.49: 42c 517 52e 7.5: 273d 7.52: 41 53 56
c0-c5 100 102 104 15a 15c 15e 160 1fa 218 386 391 405 410 1e62 1e7c 1e7e 1ea0 1ea2 1ea4
1ea6 1ea8 1eaa 1eac 1eae 1eb0 1eb2 1eb4 1eb6 20b3-20b4 212b 7.53: 51e 7.54: 42 58 5a 179
17b 17d 392 396 39b 3a7 411-412 425 4b2 1e04 1e92 7.56: 526 2744 7.58: 4bd 4bf 2746
7.59: 2709 7.6: 46b 4c2 4dd 7.61: 1a3 2721 7.62: 4b 136 39a 40c 41a 49a 49c 515 1e30
1e32 20ad 212a 7.64: 2736 7.65: 52 154 156 158 50e 1e5a 2745 27ad-27ae 7.66: 43c 7.67:
2055 2134 214b 7.68: 43 c7 106 108 10a 10c 421 1e08 205c 20a1-20a2 20b5 7.69: 3ec 7.7:
26e2 7.71: 404 42d 273e 7.72: 24a 7.73: 394 7.76: 505 7.77: 42f 524 2048-2049 7.78: 273b
2743 7.79: 4ee 4f0 4f2 273c 7.83: 427 4b8 4ba 7.84: 2145 2749 7.89: 212d 7.9: 212e 213f
7.93: 376 7.94: 189 193-194 198 19d 19f 1b2 1cd 1d1 1d3 1d5 1d9 1de 1e0 1e4 1e6 1e8 1ea
1ec 200 202 20c 20e 214 216 21e 226 22a 22c 22e 230 232 23a 244 24e 3d2 3d4 3d8 3f4 466
472 48a 4c7 4c9 4d0 4d2 4da 4e2 4e4 4e6 4ea 4fc 4fe 50c 1e00 1e0a 1e0e 1e10 1e12 1e20
1e22 1e26 1e28 1e2a 1e34 1e44 1e48 1e4a 1e4e 1e72 1e74 1e76 1e7a 1e87 1e8a 1e8c 1e8e
1e98 2123 7.95: 203b 2141 2732 7.98: 245 7.99: 26 2128 8.03: 20b7 8.04: 149 8.05: 55
d9-dc 168 16a 16c 16e 170 172 1d7 1db 3e0 1e78 1ee4 1ee6 2761 8.08: 41b 8.11: 519 8.12:
470 8.15: 26a6 8.17: 1b1 8.19: 2731 8.2: 414 8.23: 4e d1 143 145 147 14a 1f8 39d 1e46
20a6 2798 279a 8.24: 2733 8.25: 2100-2101 2106 2130 2640 2642 266b 8.26: 388 40d 418-419
8.27: 48 124 126 397 3a0 40f 41d 41f 4a2 509 1e24 8.28: 20be 8.29: 38e 271c 8.3: 18f 4d8
8.32: 1af 1ee8 1eea 1eec 1eee 1ef0 8.35: 2037 271b 273a 2751-2752 8.36: 181 271a
2766-2767 27b2 8.37: 426 2716 8.38: 514 2111 2715 274f-2750 8.39: 47a 8.4: 2719 8.41:
2713 8.45: 2738 8.47: 195 8.48: 44 10e 503 1e0c 27b4 27b6 8.5: 239 8.51: 238 8.53: 47 d0
110 11c 11e 120 122 1f4 20b2 2737 8.54: 26ad 8.56: 1cc 3e3 1e41 2114 8.59: 1b3 8.62: 42a
8.63: 2756 8.64: 4a0 274b 8.65: 2722 2747 8.66: 4f 51 d2-d6 d8 14c 14e 150 1fe 398 39f
41e 4a8 4e8 50b 51a 1e4c 1e50 1e52 1ecc 1ece 1ed0 1ed2 1ed4 1ed6 1ed8 270e 2748 8.67:
2723-2724 2776-2793 8.68: 4a7 2706 272a 2741-2742 8.69: 3c6 2707 2725 2734 8.7: 2708
274a 8.71: 2735 2739 8.72: 402 2726 8.73: 2727 8.74: 44b 8.75: 2127 8.76: 521 8.77: 4b4
8.78: 436 497 8.82: 504 8.84: 502 8.87: 1a0 1eda 1edc 1ede 1ee0 1ee2 8.88: 2047 8.91:
214c 8.94: 52b 8.95: 3c9 3ce 474 476 47d 8.96: 18a 2740 8.98: 19c 272e 9: 23 2b 3c-3e 5e
77 7e ac b1 d7 f7 175 3a9 40b 51d 1e81 1e83 1e85 1e89 2026 2126 9.01: 3a6 424 9.04: 3c8
9.06: 210c 2729 272c 9.09: 2118 273f 9.11: 3e2 27a1 9.13: 516 2610-2612 9.14: 20bb 272f
27ba 9.16: 272d 9.17: 469 279f 9.18: 20aa 9.2: 27a9-27aa 9.23: 44e 9.25: 444 272b 9.27:
4d 39c 41c 1e3e 1e42 9.31: 2109 2714 9.36: 4a4 9.41: 2117 9.45: 268e 9.49: 268d 9.51:
21b0-21b2 21b4 21b6-21b7 21bc 21c0 21d1 21d3 21f0 260f 262f 9.52: 27b5 9.54: 27ab-27ac
9.56: 21cf 9.57: 389 9.58: 132 3a8 9.59: 4f8 9.6: 274d 27a0 27bb 9.61: 211c 27af 27b1
9.64: 448 9.66: 4bc 4be 9.67: 268c 9.68: 21cd 9.69: 38c 9.7: 214d 9.71: 26a4 27a8 9.76:
449 9.77: 27b7 27b9 9.78: 1c8 1e2 3fa 4cd 4d4 1e40 9.79: 3d3 9.8: 52a 9.81: 26a2 9.83:
2794 9.86: 46a 4c1 4dc 268f 9.87: 2110 26a3 9.9: 2630-2637 9.97: 508 9.98: 38f 9.99: 523
10.01: 2764 10.02: 2042 2710 10.05: 459-45a 10.08: 263c 10.09: 27a4 10.1: 279b 27be
10.11: 2131 10.12: 42b 26a9 10.15: 2140 2730 10.16: 26a7 2799 27a2-27a3 10.17: 1a2
10.19: 279c 27bc 10.21: 279d-279e 10.23: 27a5 10.24: 21d2 21d4 27a6 10.26: 270f 10.27:
213a 10.29: 46d 10.3: 1efa 10.38: 1c6 1f3 1e86 211b 10.39: 2711 10.4: 27b3 10.41: 2112
10.45: 1f6 50a 212c 10.51: e6 1fd 10.57: 2702 10.63: 27b8 10.65: 464 10.67: 27bd 10.7:
6d 416 496 1e3f 1e43 20a5 10.72: 2057 2701 2703 2712 10.74: 2122 10.78: 2704 10.79: 520
10.8: 153 10.82: 47c 10.83: c6 1fc 10.87: 21aa 10.88: 57 174 51c 1e80 1e82 1e84 1e88
20a9 2103 ffe6 10.97: 210b 11: 40 a9 ae bc-be 1c7 1cb 378-379 380-383 38b 38d 3a2 2001
2003 2014-2015 2053 205a 205d 20af 20c0-20ce 210a 2190 2192 2194 2196-219b 21a9 21ae
21b3 21b5 21b8-21b9 21c4-21c6 21cb-21cc 21d0 21e0 21e2 21e4-21ea 21f5 2600-2603
2605-2606 2609 260e 2614-2617 261c-261f 2648-2653 2661-2662 2664 2667-2669 266c-266e
2672-267d 267f 2693 269d-26a1 26aa-26ab 26b3-26e1 26e3-26fe 2700 2705 270a-270d 2728
274c 274e 2753-2755 2757 275f-2760 2795-2797 27b0 2e80-2efe 2ff0-2ffe 3000-302d
3030-303e 3400-4dbe 4e00-9ffe f900-fafe ff00-ff60 ffbf-ffc1 ffc8-ffc9 ffd0-ffd1
ffd8-ffd9 ffdd-ffe4 ffe7-ffe8 11.23: 263a 11.33: 428 11.34: 518 11.35: 4a6 11.36: 468
11.38: 42e 11.44: 479 11.49: 429 11.57: 263b 11.61: 26ae 11.77: 152 11.79: 2133 11.84:
25 2105 12.13: 40a 12.22: 1ca 522 12.3: 409 26af 12.41: 2120 12.8: 20a7 12.83: 1c5 1f2
20a8 12.89: 2116 12.9: 460 47e 13.06: 478 13.29: 46c 14.66: 1c4 1f1 14.91: 2031 16.53:
2121 16.74: 2030 17.6: 302e-302f 18.04: 213b
"""

"""Writes a core module of 12 MB, half of it code and half of it data, which nothing exports: for benches of opening."""

import random
import sys
from collections.abc import Iterable
from pathlib import Path

FUNCTIONS = 6000
STEPS = 110
DATA = 6_000_000

I32, LOCAL_GET, I32_CONST, I32_ADD, I32_MUL, I32_XOR, END = 0x7F, 0x20, 0x41, 0x6A, 0x6C, 0x73, 0x0B


def unsigned(value: int) -> bytes:
    """A number in LEB128."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def vector(items: Iterable[bytes]) -> bytes:
    """How many there are, and all of them."""
    written = list(items)
    return unsigned(len(written)) + b"".join(written)


def sized(content: bytes) -> bytes:
    """The size first."""
    return unsigned(len(content)) + content


def function(rng: random.Random) -> bytes:
    """A function of one number, which does arithmetic with it."""
    body = bytearray([0, LOCAL_GET, 0])
    for _ in range(STEPS):
        constant = rng.randrange(1 << 26, 1 << 27)
        body += bytes([I32_CONST]) + unsigned(constant)
        body += bytes([rng.choice([I32_ADD, I32_MUL, I32_XOR]), LOCAL_GET, 0, I32_ADD])
    return sized(bytes([*body, END]))


def module() -> bytes:
    """The whole: types, functions, a memory, code and data."""
    rng = random.Random(0)
    pages = DATA // 65536 + 1
    sections = {
        1: vector([bytes([0x60, 1, I32, 1, I32])]),
        3: vector([b"\0"] * FUNCTIONS),
        5: vector([b"\0" + unsigned(pages)]),
        10: vector(function(rng) for _ in range(FUNCTIONS)),
        11: vector([bytes([0, I32_CONST, 0, END]) + sized(rng.randbytes(DATA))]),
    }
    return b"\0asm\1\0\0\0" + b"".join(bytes([number]) + sized(content) for number, content in sections.items())


Path(sys.argv[1]).write_bytes(module())

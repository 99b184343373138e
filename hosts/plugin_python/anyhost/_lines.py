"""What a component prints, as lines: for a function of the embedder's."""

from collections.abc import Callable

# The longest line, in bytes; a longer one is split.
_MAX_LINE = 4096
# A component must not steer the terminal that shows a log, nor forge its lines.
_CONTROL = {code: f"\\u{{{code:x}}}" for code in [*range(0x20), *range(0x7F, 0xA0)] if code != 9}
_ESCAPED = str.maketrans(_CONTROL | {10: "\\n", 13: "\\r"})


class Lines:
    """One of a component's outputs: `push` takes bytes, `printed` is called with each line."""

    def __init__(self, printed: Callable[[str], object]) -> None:
        self._printed = printed
        self._unfinished = b""

    def push(self, content: bytes) -> None:
        """Takes what was written."""
        content, self._unfinished, start = self._unfinished + content, b"", 0
        while True:
            end = content.find(b"\n", start, start + _MAX_LINE)
            if end >= 0:
                self._end(content[start:end])
                start = end + 1
            elif len(content) - start >= _MAX_LINE:
                self._end(content[start : start + _MAX_LINE])
                start += _MAX_LINE
            else:
                break
        self._unfinished = content[start:]

    def finish(self) -> None:
        """What is there of a line is one."""
        if self._unfinished:
            line, self._unfinished = self._unfinished, b""
            self._end(line)

    def _end(self, line: bytes) -> None:
        self._printed(line.removesuffix(b"\r").decode(errors="replace").translate(_ESCAPED))

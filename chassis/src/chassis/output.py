"""Output on terminals and pipes whose encoding does not have every character."""

import codecs
import io
import sys

ERRORS = "shop-spelled"
SPELLED = {"✓": "+", "✗": "x", "•": "*", "→": "->", "…": "...", "₹": "Rs "}


def spelled(error: UnicodeError) -> tuple[str, int]:
    r"""Replace what cannot be encoded: signs by ASCII, letters by JSON's `\u00e9`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(SPELLED.get(sign) or _escaped(sign) for sign in signs), error.end


def _escaped(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    return "".join(rf"\u{unit}" for unit in units)


def spell() -> None:
    """Let this process's output spell characters that its encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)


codecs.register_error(ERRORS, spelled)

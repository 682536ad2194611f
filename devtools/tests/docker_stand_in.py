"""A program called docker that does what a test tells it, and remembers its calls."""

import json
import sys

PROGRAM = """\
#!{python}
import json, pathlib, re, sys
folder = pathlib.Path({folder!r})
said = " ".join(sys.argv[1:])
with (folder / "calls").open("a") as calls:
    calls.write(said + "\\n")
for pattern, (code, text) in json.loads((folder / "answers.json").read_text()):
    if re.search(pattern, said):
        for option in sys.argv:
            if option.startswith("--iidfile="):
                pathlib.Path(option.partition("=")[2]).write_text("sha256:1234")
        print(text, file=sys.stderr if code else sys.stdout)
        sys.exit(code)
"""


class Docker:
    """The program: `answer()` tells it what to do, `calls` what it was asked."""

    def __init__(self, folder):
        self.folder, self.answers = folder, []
        program = folder / "docker"
        text = PROGRAM.format(python=sys.executable, folder=str(folder))
        program.write_text(text)
        program.chmod(0o755)
        self.answer("", 0, "")

    def answer(self, pattern, code, text):
        """Answer calls that fit a pattern; what is told later is asked first."""
        self.answers.insert(0, (pattern, (code, text)))
        (self.folder / "answers.json").write_text(json.dumps(self.answers))

    @property
    def calls(self):
        """The calls so far, each as one line."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

"""Fake programs: a test defines their answers, and they record their calls."""

import json
import sys

PROGRAM = """\
#!{python}
import json, pathlib, re, sys
folder, name = pathlib.Path({folder!r}), {name!r}
said = " ".join(sys.argv[1:])
with (folder / "calls").open("a") as calls:
    calls.write(name + " " + said + "\\n")
if "--filename=-" in sys.argv:
    (folder / "given").write_text(sys.stdin.read())
for pattern, (code, text) in json.loads((folder / f"{{name}}.json").read_text()):
    if re.search(pattern, said):
        for option in sys.argv:
            if option.startswith("--iidfile="):
                pathlib.Path(option.partition("=")[2]).write_text("sha256:1234")
            if option.startswith("--metadata-file="):
                about = (folder / f"{{name}}.about").read_text()
                pathlib.Path(option.partition("=")[2]).write_text(about)
        print(text, file=sys.stderr if code else sys.stdout)
        sys.exit(code)
"""


class StandIn:
    """A fake program: `answer()` defines its answers, `calls` lists its calls."""

    def __init__(self, folder, name):
        self.folder, self.name, self.answers = folder, name, []
        program = folder / name
        text = PROGRAM.format(python=sys.executable, folder=str(folder), name=name)
        program.write_text(text)
        program.chmod(0o755)
        self.answer("", 0, "")

    def answer(self, pattern, code, text):
        """Answer calls that match a pattern; later patterns are tried first."""
        self.answers.insert(0, (pattern, (code, text)))
        (self.folder / f"{self.name}.json").write_text(json.dumps(self.answers))

    def describe(self, text):
        """Write `text` into the file of the option `--metadata-file`."""
        (self.folder / f"{self.name}.about").write_text(text)

    @property
    def calls(self):
        """The calls so far, each as one line."""
        mine = [line.partition(" ") for line in self.all_calls]
        return [words for name, _, words in mine if name == self.name]

    @property
    def all_calls(self):
        """The calls of every program, each as one line that begins with its name."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def given(self):
        """What the last program that reads its standard input was given."""
        return (self.folder / "given").read_text()

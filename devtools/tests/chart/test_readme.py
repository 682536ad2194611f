"""The chart's README lists the values with their defaults and comments."""

import yaml

from devtools.chart import readme
from devtools.chart.render import CHART

TEXT = """\
# About the file.

# The first | of
# two lines.
image:
  # Empty: none.
  tag: ""
  sizes: {a: 1}
  hosts:
    - name: x
"""


def test_a_value_has_its_path_its_default_and_its_comment():
    assert [str(value) for value in readme.values(TEXT)] == [
        r"| `image` |  | The first \| of two lines. |",
        '| `image.tag` | `""` | Empty: none. |',
        '| `image.sizes` | `{"a": 1}` |  |',
        '| `image.hosts` | `[{"name": "x"}]` |  |',
    ]


def test_the_readme_is_written_from_the_values():
    assert readme.PATH.read_text(encoding="utf-8") == readme.document(), (
        "make chart ARGS=--rewrite"
    )


def test_every_top_level_value_is_in_the_readme():
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))

    listed = {line.split("`")[1].partition(".")[0] for line in rows()}
    assert listed == set(values)


def test_every_values_file_is_in_the_readme():
    text = readme.PATH.read_text(encoding="utf-8")

    for path in CHART.glob("values*.yaml"):
        assert f"`{path.name}`" in text


def rows():
    """Return the lines of the table of values."""
    lines = readme.document().partition("## Values\n")[2].splitlines()
    return [line for line in lines if line.startswith("| `")]

"""Generates the mutants of the workspace in which it is started.

mutmut has no command for this step alone. The mutants must be known before some of
them are chosen, and those that the type checker finds need no test.
"""

import os
from pathlib import Path

from mutmut.__main__ import create_mutants
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.file_mutation import filter_mutants_with_type_checker
from mutmut.utils.file_utils import (
    copy_also_copy_files,
    copy_src_dir,
    walk_mutatable_files,
)

MYPY = ("mypy", "--config-file", "../mypy.toml", "--output", "json")
# mutmut marks its own code with `type: ignore`, also where that is not needed.
OPTIONS = ("--disable-error-code", "unused-ignore")
CAUGHT_BY_TYPES = 37  # mutmut's code of a mutant that the type checker finds


def main() -> None:
    """Copy the code, generate the mutants, and run the type checker on them."""
    Path("mutants").mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(os.cpu_count() or 1)
    config().type_check_command = [*MYPY, *OPTIONS, *config().only_mutate]
    mark(set(filter_mutants_with_type_checker()))


def mark(caught: set[str]) -> None:
    """Store which mutants the type checker finds."""
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        found = caught & data.exit_code_by_key.keys()
        data.exit_code_by_key.update(dict.fromkeys(found, CAUGHT_BY_TYPES))
        data.save()


if __name__ == "__main__":
    main()

"""`make mutation`: the tests against mutants that mutmut generates."""

import sys

import click

from verification.mutation.run import run


@click.command()
@click.argument("modules", nargs=-1)
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    default=0,
    show_default="all",
    help="How many mutants of each package are drawn.",
)
@click.option("--seed", type=int, default=1, help="Another seed draws other mutants.")
@click.option("--write", is_flag=True, help="Write the score into docs/mutants.md.")
def main(modules: tuple[str, ...], sample: int, seed: int, write: bool) -> None:
    """Run the mutants of all modules, or of those whose path contains an argument.

    Results are kept in var/mutation; a run continues where an earlier one ended.
    """
    sys.exit(run(modules, sample, seed, writes=write))


if __name__ == "__main__":
    main()

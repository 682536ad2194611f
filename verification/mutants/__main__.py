"""`make mutants`: mutation testing with patches that leave out one rule each."""

import sys

import click

from verification.mutants.run import run


@click.command()
@click.argument("names", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    """Run all mutants, or those named; a test must fail for each."""
    sys.exit(run(names))


if __name__ == "__main__":
    main()

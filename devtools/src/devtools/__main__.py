"""The shop's command line, which the Makefile calls: `python -m devtools run`."""

import sys

import click

from chassis import env_files, output
from devtools.layout import PACKAGES, SERVICES


@click.group()
def main() -> None:
    """Run the shop, try it, and check its code."""
    output.spell()


@main.command()
def run() -> None:
    """Start everything and show the logs until Ctrl-C."""
    from devtools.local import run as module

    sys.exit(module.run())


@main.command()
def demo() -> None:
    """Run a purchase, a cancellation and an expiry in the running shop."""
    from devtools.demo import command as module

    sys.exit(module.run())


@main.command()
@click.option("--user-svc", metavar="URL", help="Use this database, not the target's.")
@click.option("--product-svc", metavar="URL")
@click.option("--order-svc", metavar="URL")
@click.option("--payment-svc", metavar="URL")
@click.option("--ledger", metavar="URL", help="Address of the sandbox, or none.")
@click.option(
    "--drained", is_flag=True, help="Nothing is in progress: check everything."
)
@click.option("--slack", type=float, help="Seconds that an operation may take.")
@click.option(
    "--queue-was-lost", is_flag=True, help="Messages were lost with the queue."
)
def audit(
    ledger: str | None,
    drained: bool,
    slack: float | None,
    queue_was_lost: bool,
    **databases: str | None,
) -> None:
    """Check that nothing is lost, sold twice or charged twice."""
    from devtools.audit import command

    given = {name.replace("_", "-"): url for name, url in databases.items() if url}
    sys.exit(
        command.run(
            given,
            ledger or "",
            drained=drained,
            slack=slack,
            queue_was_lost=queue_was_lost,
        )
    )


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def images(arguments: tuple[str, ...]) -> None:
    """Build all images; arguments go to docker build."""
    from devtools.compose import images as module

    module.build(arguments)


@main.command()
def sbom() -> None:
    """Write the contents of each image."""
    from devtools.compose import sbom as module

    module.write_all()


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def compose(arguments: tuple[str, ...]) -> None:
    """Build, start and wait; arguments go to docker build."""
    from devtools.compose import command as module

    module.up(arguments)


@main.command(name="compose-down", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def compose_down(arguments: tuple[str, ...]) -> None:
    """Stop the containers; arguments go to docker compose down."""
    from devtools.compose import command as module

    module.down(arguments)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def kind(arguments: tuple[str, ...]) -> None:
    """Deploy the shop to a kind cluster; arguments go to docker build."""
    from devtools.kind import command as module

    module.up(arguments)


@main.command(name="kind-down")
def kind_down() -> None:
    """Delete the cluster."""
    from devtools.kind import command as module

    module.down()


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def flask(service: str, arguments: tuple[str, ...]) -> None:
    """Run a flask command of a service with the settings of the local run."""
    from devtools.local import commands

    sys.exit(commands.run(service, arguments))


@main.command()
def stop() -> None:
    """Stop a shop that was started elsewhere."""
    from devtools.local import running

    click.echo("The shop is stopped." if running.stop() else "No shop was running.")


@main.command()
def clean() -> None:
    """Stop the shop and remove its databases, secrets and logs."""
    from devtools.local import running

    folder = running.clean()
    click.echo(f"Removed {folder}." if folder else "There was nothing to remove.")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run every test on SQLite and PostgreSQL; arguments go to pytest."""
    from devtools.checks import suite

    sys.exit(suite.run(arguments))


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--rewrite", is_flag=True, help="Rewrite the golden files and README.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def chart(rewrite: bool, arguments: tuple[str, ...]) -> None:
    """Lint, render and test the chart with Helm 3 and 4; arguments go to pytest."""
    from devtools.chart import run as module

    sys.exit(module.rewrite() if rewrite else module.run(arguments))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def e2e(arguments: tuple[str, ...]) -> None:
    """Run the end-to-end suite on a running shop; arguments go to pytest."""
    from devtools.checks import e2e as module

    sys.exit(module.run(arguments))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def operations(arguments: tuple[str, ...]) -> None:
    """Upgrade, scale and kill pods on the cluster; arguments go to pytest."""
    from devtools.checks import e2e as module

    sys.exit(module.run(arguments, "operations"))


@main.command()
def lint() -> None:
    """Check style, types, imports, requirements and sizes."""
    from devtools.checks import lint as module

    sys.exit(module.run())


@main.command()
@click.argument("packages", nargs=-1, type=click.Choice(PACKAGES))
def coverage(packages: tuple[str, ...]) -> None:
    """Measure the branch coverage of packages, or of all."""
    from devtools.checks import coverage as module

    sys.exit(module.run(packages))


@main.command()
def compat() -> None:
    """List what is narrower than in the last release."""
    from devtools.release import compat as module

    sys.exit(module.run())


@main.command()
@click.argument("version")
def release(version: str) -> None:
    """Make the commit that is a release."""
    from devtools.release import command

    sys.exit(command.run(version))


@main.command()
@click.argument("registry")
def publish(registry: str) -> None:
    """Push signed images and the chart to a registry."""
    from devtools.compose import publish as module

    module.run(registry)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def vulnerabilities(arguments: tuple[str, ...]) -> None:
    """Look for vulnerabilities of the pins; arguments go to pip-audit."""
    from devtools.checks import vulnerabilities as module

    sys.exit(module.run(arguments))


@main.command()
def diagrams() -> None:
    """Write docs/states.md from the transition tables."""
    from devtools.checks import diagrams as module

    module.write()


@main.command()
def security() -> None:
    """Write the controls and the table of roles into docs/security.md."""
    from devtools.checks.security import controls, page, roles

    page.write(controls=controls.part(), roles=roles.part(roles.documents()))


@main.command(name="normalize-env")
def normalize_env() -> None:
    """Rewrite the .env files as UTF-8 with LF line ends."""
    from devtools.layout import IMAGES, ROOT
    from devtools.local.normalize import normalize

    paths = [ROOT / ".env", *(ROOT / folder / ".env" for folder in IMAGES)]
    changes = [change for path in paths if (change := normalize(path))]
    for change in changes:
        click.echo(str(change))
    if not changes:
        found = sum(path.is_file() for path in paths)
        click.echo(f"{found} .env files found, all of them UTF-8 with LF already.")


@main.command()
@click.option("--uv", default="uv", help="Path of uv.")
@click.option("--upgrade", is_flag=True, help="Use the newest versions.")
def requirements(uv: str, upgrade: bool) -> None:
    """Pin all requirements from the pyproject files."""
    from devtools.checks import requirements as module

    module.compile_all(uv, upgrade)


if __name__ == "__main__":
    try:
        main()
    except env_files.EnvFileError as wrong:
        sys.exit(str(wrong))

"""The output of a shop that is ready: addresses, accounts, time, memory."""

from rich.console import Console
from rich.table import Table

from devtools.layout import SANDBOX, SERVICES
from devtools.local.credentials import DEMO_ROLES
from devtools.local.logs import COLOURS
from devtools.target import Target

PAGES = {"Swagger": "/swagger/", "ReDoc": "/redoc/", "Admin": "/admin/"}
WIDE = 116


def show(console: Console, target: Target, seconds: float, memory: str) -> None:
    """Print the tables and the last line, which reports that the shop is ready.

    `memory` is a half sentence: "all processes together use 400 MiB".
    """
    console.print()
    console.print(_services(target, console.width >= WIDE))
    console.print(_accounts(target))
    console.print(
        f"[bold green]The shop is ready[/] after {seconds:.1f} s; {memory}. "
        f"Try [bold]make demo[/]; {target.stop}."
    )
    console.print()


def _services(target: Target, wide: bool) -> Table:
    table = Table(title="The shop", title_justify="left", header_style="bold")
    for heading in ("Service", *(PAGES if wide else ("", "Address"))):
        table.add_column(heading, no_wrap=True)
    for name in SERVICES:
        urls = [target.address(name) + path for path in PAGES.values()]
        cells = urls if wide else ["\n".join(PAGES), "\n".join(urls)]
        table.add_row(f"[{COLOURS[name]}]{name}[/]", *cells)
    for name in (SANDBOX, "sqs", "gateway"):
        if url := target.address(name):
            cells = [f"{url}/", "", ""] if wide else ["", f"{url}/"]
            table.add_row(f"[{COLOURS.get(name, 'white')}]{name}[/]", *cells)
    return table


def _accounts(target: Target) -> Table:
    accounts = target.accounts()
    table = Table(title="Demo accounts", title_justify="left", header_style="bold")
    for heading in ("Role", "E-mail", "Password"):
        table.add_column(heading, no_wrap=True)
    for role in DEMO_ROLES:
        prefix = f"DEMO_{role.upper()}_"
        table.add_row(role, accounts[prefix + "EMAIL"], accounts[prefix + "PASSWORD"])
    return table

"""What `make run` shows when the shop is ready: addresses, accounts, time, memory."""

from rich.console import Console
from rich.table import Table

from shop.credentials import DEMO_ROLES
from shop.environment import Site
from shop.layout import SANDBOX, SERVICES
from shop.logs import COLOURS

PAGES = {"Swagger": "/swagger/", "ReDoc": "/redoc/", "Admin": "/admin/"}
WIDE = 116


def show(console: Console, site: Site, seconds: float, memory: int) -> None:
    """Print the tables and the last line, which says that the shop is ready."""
    console.print()
    console.print(_services(site, console.width >= WIDE))
    console.print(_accounts(site))
    size = f"{memory / 2**20:.0f} MiB"
    console.print(
        f"[bold green]The shop is ready[/] after {seconds:.1f} s; all processes "
        f"together use {size} (PSS). Try [bold]make demo[/]; Ctrl-C stops it."
    )
    console.print()


def _services(site: Site, wide: bool) -> Table:
    table = Table(title="The shop", title_justify="left", header_style="bold")
    for heading in ("Service", *(PAGES if wide else ("", "Address"))):
        table.add_column(heading, no_wrap=True)
    for name in SERVICES:
        urls = [site.address(name) + path for path in PAGES.values()]
        cells = urls if wide else ["\n".join(PAGES), "\n".join(urls)]
        table.add_row(f"[{COLOURS[name]}]{name}[/]", *cells)
    other = {SANDBOX: site.address(SANDBOX) + "/", "sqs": site.address("sqs")}
    for name, url in other.items():
        if name != "sqs" or site.has_embedded_queue():
            cells = [url, "", ""] if wide else ["", url]
            table.add_row(f"[{COLOURS[name]}]{name}[/]", *cells)
    return table


def _accounts(site: Site) -> Table:
    accounts = site.accounts()
    table = Table(title="Demo accounts", title_justify="left", header_style="bold")
    for heading in ("Role", "E-mail", "Password"):
        table.add_column(heading, no_wrap=True)
    for role in DEMO_ROLES:
        prefix = f"DEMO_{role.upper()}_"
        table.add_row(role, accounts[prefix + "EMAIL"], accounts[prefix + "PASSWORD"])
    return table

"""The modules that money and stock depend on, and the packages that test them."""

from dataclasses import dataclass
from pathlib import Path

from devtools.layout import CHASSIS, ROOT, module


@dataclass(frozen=True)
class Target:
    """A package, the patterns of its modules that are mutated, and their tests."""

    package: str
    patterns: tuple[str, ...]
    tests: tuple[str, ...] = ("tests",)

    @property
    def source(self) -> Path:
        """The folder of the Python package, from the package's own folder."""
        return Path("src") / module(self.package)

    def modules(self) -> list[Path]:
        """Return the mutated modules, from the package's own folder."""
        folder = ROOT / self.package
        found = (
            path.relative_to(folder)
            for pattern in self.patterns
            for path in (folder / self.source).glob(pattern)
        )
        return sorted(path for path in found if path.suffix == ".py")


MANAGERS, STEPS = "managers/*.py", "steps/**/*.py"
RAZORPAY = ("razorpay/*.py", "razorpay_service.py")
TARGETS = (
    Target("payment-svc", (MANAGERS, STEPS, *RAZORPAY)),
    Target("order-svc", (MANAGERS, STEPS)),
    Target("product-svc", (MANAGERS,)),
    Target(
        CHASSIS,
        (
            "web/idempotency.py",
            "messaging/inbox.py",
            "messaging/outbox.py",
            "leases.py",
            "state_machine/machine.py",
        ),
        (
            "tests/web/test_idempotency.py",
            "tests/messaging",
            "tests/test_leases.py",
            "tests/state_machine",
        ),
    ),
    Target("user-svc", (MANAGERS, STEPS)),
)


def chosen(names: tuple[str, ...]) -> list[tuple[Target, list[Path]]]:
    """Return the targets with the modules whose path contains one of the names.

    `payment-svc` names a package, `payment-svc/src/payment_svc/managers` a folder;
    without names, all modules are returned.
    """
    pairs = [
        (target, [path for path in target.modules() if _is_named(target, path, names)])
        for target in TARGETS
    ]
    return [(target, paths) for target, paths in pairs if paths]


def _is_named(target: Target, path: Path, names: tuple[str, ...]) -> bool:
    whole = str(Path(target.package) / path)
    return not names or any(name in whole for name in names)

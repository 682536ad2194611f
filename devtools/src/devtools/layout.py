"""What the repository holds and where: services, processes, ports, state."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
REQUIREMENTS = ROOT / "requirements"
VERSION = ROOT / "VERSION"
CHASSIS, DEVTOOLS = "chassis", "devtools"
SANDBOX = "razorpay-sandbox"
SERVICES = ("user-svc", "product-svc", "order-svc", "payment-svc")
IMAGES = (*SERVICES, SANDBOX)
PACKAGES = (CHASSIS, *IMAGES, DEVTOOLS)
VERIFICATION = "verification"  # never installed: its commands start in ROOT
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Port:
    """A port's variable, which moves it, and its usual number."""

    variable: str
    usual: int


PORTS = {
    "user-svc": Port("USER_SVC_PORT", 8000),
    "product-svc": Port("PRODUCT_SVC_PORT", 8001),
    "order-svc": Port("ORDER_SVC_PORT", 8002),
    "payment-svc": Port("PAYMENT_SVC_PORT", 8003),
    SANDBOX: Port("SANDBOX_PORT", 8004),
    "sqs": Port("SQS_PORT", 4566),
}
PREFIXES = {
    "user-svc": "/user",
    "product-svc": "/products",
    "order-svc": "/orders",
    "payment-svc": "/payments",
}


def module(folder: str) -> str:
    """Return the Python package of a folder: `order-svc` holds `order_svc`."""
    return folder.replace("-", "_")


def version() -> str:
    """Return the version of the repository, which its images and its chart have."""
    return VERSION.read_text().strip()


def state_folder() -> Path:
    """Return where databases, secrets and logs of the local run are kept."""
    return ROOT / os.environ.get("SHOP_VAR", "var")

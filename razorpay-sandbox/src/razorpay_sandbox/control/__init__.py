"""The control API, not part of Razorpay: what its customers, staff and banks do."""

from flask import Flask

from razorpay_sandbox.control import account, disputes, ledger, links, refunds


def init_app(app: Flask) -> None:
    """Register the control API, unless SANDBOX_CONTROL is off."""
    if app.extensions["sandbox"].settings.control:
        for part in (ledger, links, refunds, disputes, account):
            app.register_blueprint(part.blp)

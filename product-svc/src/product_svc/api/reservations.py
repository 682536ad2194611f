"""Reservations of stock: for order-svc, by the order's id."""

from typing import Any

from flask import Response
from flask.views import MethodView

from chassis.failpoints import failpoint
from chassis.web import auth
from chassis.web.api import STAFF, Blueprint, no_content
from product_svc.extensions import db
from product_svc.managers import Outcome, ReservationManager
from product_svc.models import Reservation
from product_svc.schemas import (
    ReleaseQuerySchema,
    ReservationSchema,
    ReserveSchema,
    RestockSchema,
)

blp = Blueprint(
    "reservations", __name__, url_prefix="/products/reservations", description=__doc__
)
SCOPE = "stock:reserve"
SHORT = "`insufficient_stock` with the short lines, `unknown_product` with their ids"


def _manager() -> ReservationManager:
    return ReservationManager(db.session, str(auth.caller()))


def _settled(outcome: Outcome) -> Reservation:
    """Commit what came out; a refusal has left its tombstone by then."""
    failpoint("reservation.before_commit")
    db.session.commit()
    failpoint("reservation.committed")
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome.reservation


@blp.route("/<id:order_id>/")
class ReservationById(MethodView):
    """The reservation of one order."""

    @blp.requires(SCOPE, STAFF)
    @blp.problems(_404="")
    @blp.resource(ReservationSchema)
    def get(self, order_id: int) -> Reservation:
        """Show a reservation."""
        return _manager().get(order_id)

    @blp.requires(SCOPE)
    @blp.arguments(ReserveSchema)
    @blp.problems(_409=f"{SHORT}, `reservation_mismatch`", _410="it is over for good")
    @blp.alt_response(200, schema=ReservationSchema, description="It is held already")
    @blp.response(201, ReservationSchema)
    def put(self, body: dict[str, Any], order_id: int) -> Any:
        """Hold stock for an order: all lines or none, once."""
        outcome = _manager().reserve(order_id, body["items"], body["expires_in"])
        return _settled(outcome), 201 if outcome.is_new else 200

    @blp.requires(SCOPE)
    @blp.arguments(ReleaseQuerySchema, location="query")
    @blp.problems(_409="`already_committed`")
    @blp.response(204)
    def delete(self, query: dict[str, Any], order_id: int) -> Response:
        """Let go of an order's stock; a late PUT finds a tombstone."""
        _manager().release(order_id, final=query["final"])
        failpoint("reservation.before_release_commit")
        db.session.commit()
        failpoint("reservation.released")
        return no_content()


@blp.route("/<id:order_id>/commit/")
class ReservationCommit(MethodView):
    """The sale of what an order holds."""

    @blp.requires(SCOPE)
    @blp.problems(_404="", _409="`reservation_gone`: refund the order")
    @blp.response(200, ReservationSchema)
    def post(self, order_id: int) -> Reservation:
        """Take an order's stock for good, again from the shelf if it was let go."""
        return _settled(_manager().commit(order_id))


@blp.route("/<id:order_id>/restock/")
class ReservationRestock(MethodView):
    """The return of what an order took."""

    @blp.requires(SCOPE)
    @blp.arguments(RestockSchema)
    @blp.problems(_409="`not_committed`, `restock_too_large`")
    @blp.response(200, ReservationSchema)
    def post(self, body: dict[str, Any], order_id: int) -> Reservation:
        """Put returned goods back on the shelf, once for each return."""
        manager = _manager()
        reservation = manager.restock(order_id, body["return_id"], body["items"])
        db.session.commit()
        failpoint("reservation.restocked")
        return reservation

"""Reservations of stock, made by order-svc under the order's id."""

from typing import Any

from flask import Response
from flask.views import MethodView

from chassis import action_log
from chassis.failpoints import failpoint
from chassis.web import auth, etag
from chassis.web.api import STAFF, Blueprint, no_content
from product_svc.extensions import db
from product_svc.managers import Outcome, ReservationManager
from product_svc.models import Reservation
from product_svc.schemas import (
    ProlongSchema,
    ReleaseQuerySchema,
    ReservationSchema,
    ReserveSchema,
    RestockSchema,
)

blp = Blueprint(
    "reservations", __name__, url_prefix="/products/reservations", description=__doc__
)
SCOPE = "stock:reserve"
SHORT = (
    "`insufficient_stock` with the lines that lack stock, `unknown_product` with the "
    "ids of the products"
)


def _manager() -> ReservationManager:
    return ReservationManager(db.session, str(auth.caller()))


def _guarded(order_id: int) -> ReservationManager:
    """Return the manager, if the request's If-Match names the reservation."""
    manager = _manager()
    if etag.is_given():
        found = manager.find(order_id)
        etag.check(found and ReservationSchema().dump(found))
    return manager


def _committed(outcome: Outcome) -> Reservation:
    """Commit the transaction, also the tombstone of a refusal; raise the refusal."""
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
    @blp.guarded
    @blp.problems(
        _404="",
        _409=f"{SHORT}, `reservation_mismatch`",
        _410="the reservation has ended",
    )
    @blp.alt_response(
        200,
        schema=ReservationSchema,
        description="The order already has this reservation",
    )
    @blp.response(201, ReservationSchema)
    @action_log.saga_step()
    def put(self, body: dict[str, Any], order_id: int) -> Any:
        """Reserve stock for an order, once: all lines or none."""
        manager = _guarded(order_id)
        outcome = manager.reserve(order_id, body["items"], body["expires_in"])
        return _committed(outcome), 201 if outcome.is_new else 200

    @blp.requires(SCOPE)
    @blp.arguments(ReleaseQuerySchema, location="query")
    @blp.guarded
    @blp.problems(_404="", _409="`already_committed`")
    @blp.response(204)
    @action_log.saga_step()
    def delete(self, query: dict[str, Any], order_id: int) -> Response:
        """Release an order's stock; a late PUT is then refused."""
        _guarded(order_id).release(order_id, final=query["final"])
        failpoint("reservation.before_release_commit")
        db.session.commit()
        failpoint("reservation.released")
        return no_content()


@blp.route("/<id:order_id>/prolong/")
class ReservationProlongation(MethodView):
    """A later expiry of an order's reservation."""

    @blp.requires(SCOPE)
    @blp.arguments(ProlongSchema)
    @blp.problems(_404="", _410="the reservation has ended")
    @blp.response(200, ReservationSchema)
    @action_log.saga_step()
    def post(self, body: dict[str, Any], order_id: int) -> Reservation:
        """Hold an order's stock for longer; a reservation is never shortened."""
        reservation = _manager().prolong(order_id, body["expires_in"])
        db.session.commit()
        failpoint("reservation.prolonged")
        return reservation


@blp.route("/<id:order_id>/commit/")
class ReservationCommit(MethodView):
    """The sale of an order's reserved stock."""

    @blp.requires(SCOPE)
    @blp.problems(_404="", _409="`reservation_gone`: refund the order")
    @blp.response(200, ReservationSchema)
    @action_log.saga_step()
    def post(self, order_id: int) -> Reservation:
        """Sell an order's stock; released stock is sold if it is still available."""
        return _committed(_manager().commit(order_id))


@blp.route("/<id:order_id>/restock/")
class ReservationRestock(MethodView):
    """The return of goods that an order bought."""

    @blp.requires(SCOPE)
    @blp.arguments(RestockSchema)
    @blp.problems(_404="", _409="`not_committed`, `restock_too_large`")
    @blp.response(200, ReservationSchema)
    @action_log.saga_step()
    def post(self, body: dict[str, Any], order_id: int) -> Reservation:
        """Add returned goods to the stock, once for each return."""
        return_id, lines = body["return_id"], body["items"]
        reservation = _manager().restock(order_id, return_id, lines)
        db.session.commit()
        failpoint("reservation.restocked")
        return reservation

"""W3C trace context: accepted from requests and messages, passed on and exported.

A trace is all that a client's headers may put into our own calls and messages. Baggage
is neither accepted nor sent: no service reads it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.propagators.textmap import Getter, default_getter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

MOST_STATE = 512  # characters of `tracestate` that W3C requires to be passed on


class Bounded(Getter[Any]):
    """Reads the headers of a request, without a `tracestate` that is too long."""

    def __init__(self, inner: Getter[Any]) -> None:
        self.inner = inner

    def get(self, carrier: Any, key: str) -> list[str] | None:
        """Return the lines of a header; two lines count as one."""
        lines = self.inner.get(carrier, key)
        is_long = lines is not None and len(",".join(lines)) > MOST_STATE
        return None if is_long and key == "tracestate" else lines

    def keys(self, carrier: Any) -> list[str]:
        """Return the names of the headers."""
        return self.inner.keys(carrier)


class TraceOnly(TraceContextTextMapPropagator):
    """W3C trace context within limits that every server accepts."""

    def extract(
        self,
        carrier: Any,
        context: Context | None = None,
        getter: Getter[Any] = default_getter,
    ) -> Context:
        """Return the context of an incoming request or message."""
        return super().extract(carrier, context, Bounded(getter))


def init_app(app: Flask, service: str) -> None:
    """Open a span for each request; call before other request hooks are registered."""
    propagate.set_global_textmap(TraceOnly())
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
            OTLPSpanExporter,
        )

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    app.extensions["tracer"] = provider.get_tracer("chassis")
    flask: Any = FlaskInstrumentor()
    flask.instrument_app(
        app, tracer_provider=provider, excluded_urls="healthz,readyz,metrics"
    )


@contextmanager
def consuming(name: str, traceparent: str) -> Iterator[None]:
    """Continue the trace of a message's sender."""
    context = propagate.extract({"traceparent": traceparent})
    tracer: trace.Tracer = current_app.extensions["tracer"]
    kind = trace.SpanKind.CONSUMER
    with tracer.start_as_current_span(f"consume {name}", context, kind):
        yield

"""W3C trace context: accepted from requests and messages, passed on and exported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app
from opentelemetry import propagate, trace
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def init_app(app: Flask, service: str) -> None:
    """Open a span for each request; call before other request hooks are registered."""
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

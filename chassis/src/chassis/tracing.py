"""W3C trace context: accepted from requests and messages, passed on and exported.

A trace is all that a client's headers may put into our own calls and messages. Baggage
is neither accepted nor sent: no service reads it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app
from opentelemetry import context as contexts
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.wsgi import wsgi_getter
from opentelemetry.propagators.textmap import Getter, default_getter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
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


IDS = RandomIdGenerator()
SAMPLED = trace.TraceFlags(trace.TraceFlags.SAMPLED)


def _names(parent: trace.SpanContext) -> trace.SpanContext:
    """Return the context of a request's span; a trace begins when it has no parent."""
    span_id = IDS.generate_span_id()
    if not parent.is_valid:
        return trace.SpanContext(IDS.generate_trace_id(), span_id, False, SAMPLED)
    return trace.SpanContext(
        parent.trace_id, span_id, False, parent.trace_flags, parent.trace_state
    )


class Continuing:
    """WSGI middleware: continues the client's trace without recording a span.

    While nothing exports, a request should not pay for a span that is dropped.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Name the span of the request, then call the app."""
        parent: trace.Span = trace.INVALID_SPAN
        if "HTTP_TRACEPARENT" in environ:
            found = propagate.extract(environ, getter=wsgi_getter)
            parent = trace.get_current_span(found)
        span = trace.NonRecordingSpan(_names(parent.get_span_context()))
        token = contexts.attach(trace.set_span_in_context(span))
        try:
            return self.app(environ, start_response)
        finally:
            contexts.detach(token)


def init_app(app: Flask, service: str) -> None:
    """Continue the trace of each request, and export its span where that is set up.

    Call this before other request hooks are registered.
    """
    propagate.set_global_textmap(TraceOnly())
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    app.extensions["tracer"] = provider.get_tracer("chassis")
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        _export(app, provider)
    else:
        app.wsgi_app = Continuing(app.wsgi_app)  # type: ignore[method-assign]


def _export(app: Flask, provider: TracerProvider) -> None:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
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

# Builds the image of any service: docker build --build-arg SERVICE=order-svc .
# The default command starts the web server, `flask --app order_svc worker` the worker,
# and `flask --app order_svc db upgrade` runs the migrations.
# make publish names it by digest.
ARG BASE=python:3.13-slim-trixie
FROM ${BASE} AS build
ARG SERVICE
WORKDIR /app
COPY requirements/${SERVICE}.txt /build/requirements.txt
# With a private certificate authority, pass its certificates as the secret `ca`.
# hadolint ignore=DL3042 # the cache is a mount and not part of the image
RUN --mount=type=secret,id=ca --mount=type=cache,target=/var/cache/pip \
    if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi \
 && python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python --cache-dir /var/cache/pip install \
    --require-hashes --only-binary :all: --no-compile -r /build/requirements.txt
COPY docker/slim /build/
RUN sh /build/slim /opt/venv/lib/python3.13/site-packages \
 && python -m compileall -q -j 0 /opt/venv/lib
COPY chassis/src chassis/src
COPY ${SERVICE}/src ${SERVICE}/src
# The sandbox does not use the chassis.
RUN case ${SERVICE} in razorpay-sandbox) rm -r chassis ;; esac \
 && python -m compileall -q -j 0 .

FROM ${BASE}
ARG SERVICE
COPY --from=build /opt/venv /opt/venv
COPY docker/serve docker/ready /usr/local/bin/
# The user owns the code, so that `skaffold dev` can replace it; elsewhere the root file
# system is read-only. /data is for SQLite files.
RUN install -d -o 10001 -g 10001 /data
COPY --from=build --chown=10001:10001 /app /app
ENV SERVICE_NAME=${SERVICE} \
    PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/chassis/src:/app/${SERVICE}/src \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
ARG VERSION=0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.vendor="shop" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["serve"]

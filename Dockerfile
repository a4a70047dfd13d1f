FROM node:24-slim AS page
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm install --no-save --ignore-scripts --no-audit --no-fund --no-update-notifier
COPY frontend .
RUN npm exec --offline -- vite build

FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock requirements-dev.lock ./
RUN pip install --require-hashes --requirement requirements.lock
# The builder comes from a lock as well, into a Python of its own that does not leave this stage.
RUN python -m venv /builder && /builder/bin/pip install --require-hashes --requirement requirements-dev.lock
COPY pyproject.toml README.md ./
COPY tools/page_in_wheel.py tools/
COPY backend backend
COPY --from=page /build/backend/server/page backend/server/page
RUN /builder/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist . && pip install --no-deps dist/*.whl \
    && python -m compileall -q /venv/lib

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home blockyard && install -d -o blockyard /data
COPY --from=build /venv /venv
# Nothing is written but to /data and /tmp, so that the root can be read-only.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BLOCKYARD_DATA_DIR=/data
USER blockyard
WORKDIR /data
VOLUME /data
EXPOSE 8020
# SIGTERM hands unfinished runs over: give it the time that docs/operations.md names.
STOPSIGNAL SIGTERM
ENTRYPOINT ["blockyard"]
CMD ["serve"]

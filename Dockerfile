# Allay in a container: slim, no root, nothing written but to /data and /tmp. docs/operations.md says how it is run.
FROM python:3.11-slim-trixie AS wheels
WORKDIR /build
COPY requirements.lock .
RUN pip wheel --no-cache-dir --require-hashes --wheel-dir /wheels -r requirements.lock

# trixie has the client of PostgreSQL 17, as compose.yaml has the server: pg_dump refuses a newer one.
FROM python:3.11-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home /data --shell /usr/sbin/nologin allay \
    && install -d -o allay -g allay /data /backups
COPY --from=wheels /wheels /wheels
COPY requirements.lock /app/
RUN pip install --no-cache-dir --no-index --find-links /wheels --require-hashes -r /app/requirements.lock && rm -r /wheels
WORKDIR /app
COPY accounts accounts
COPY config config
COPY locale locale
COPY notifications notifications
COPY qa qa
COPY static static
COPY templates templates
COPY workflow workflow
COPY manage.py gunicorn.conf.py ./
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ALLAY_VAR=/data
USER allay
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-m", "config.alive"]
ENTRYPOINT ["tini", "--"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/tmp", "--graceful-timeout", "30"]

# Allay in a container: slim, no root, nothing written but to /data, /backups and /tmp. docs/operations.md says how it is run.
FROM python:3.11-slim-trixie AS packages
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --prefix /packages -r requirements.lock

# trixie has the client of PostgreSQL 17, as compose.yaml has the server: pg_dump refuses a newer one.
FROM python:3.11-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client tini \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 allay \
    && useradd --uid 10001 --gid allay --home-dir /data --no-create-home --shell /usr/sbin/nologin allay \
    && install -d -o allay -g allay /data /backups
COPY --from=packages /packages /usr/local
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
# By number: whoever starts it can see that this is not root.
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-m", "config.alive"]
ENTRYPOINT ["tini", "--"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/tmp", "--graceful-timeout", "30"]

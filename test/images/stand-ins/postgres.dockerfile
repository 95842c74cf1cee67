# PostgreSQL from npm's embedded binaries, told what the official image is told: POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD, /docker-entrypoint-initdb.d.
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/* && useradd postgres
COPY native /opt/postgres
COPY postgres.sh /usr/local/bin/entrypoint
RUN chmod -R a+rX /opt/postgres && chmod a+x /opt/postgres/bin/* /usr/local/bin/entrypoint && mkdir -p /var/lib/postgresql && chown postgres /var/lib/postgresql
VOLUME /var/lib/postgresql
USER postgres
STOPSIGNAL SIGINT
CMD ["entrypoint"]

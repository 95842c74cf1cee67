#!/bin/sh
set -e
data=/var/lib/postgresql/data
if [ ! -f "$data/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password
  /opt/postgres/bin/initdb -D "$data" --username="$POSTGRES_USER" --pwfile=/tmp/password --auth-host=scram-sha-256 --encoding=UTF8 --locale=C
  echo 'host all all all scram-sha-256' >> "$data/pg_hba.conf"
  echo "create database \"$POSTGRES_DB\"" | /opt/postgres/bin/postgres --single -D "$data" postgres
  cat /docker-entrypoint-initdb.d/*.sql | /opt/postgres/bin/postgres --single -D "$data" "$POSTGRES_DB"
fi
exec /opt/postgres/bin/postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp

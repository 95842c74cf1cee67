#!/bin/sh
set -e
data=/var/lib/postgresql/data
if [ ! -f "$data/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password
  /opt/postgres/bin/initdb -D "$data" --username="$POSTGRES_USER" --pwfile=/tmp/password --auth-host=scram-sha-256 --encoding=UTF8 --locale=C
  echo 'host all all all scram-sha-256' >> "$data/pg_hba.conf"
  # As the official one does it: a server that is there for this alone, on a socket.
  /opt/postgres/bin/pg_ctl -D "$data" -w start -o "-c listen_addresses='' -c unix_socket_directories=/tmp"
  export PGHOST=/tmp PGUSER="$POSTGRES_USER" PGPASSWORD="$POSTGRES_PASSWORD"
  echo "create database \"$POSTGRES_DB\"" | psql -v ON_ERROR_STOP=1 postgres
  for file in /docker-entrypoint-initdb.d/*.sql; do [ ! -f "$file" ] || psql -v ON_ERROR_STOP=1 -f "$file" "$POSTGRES_DB"; done
  /opt/postgres/bin/pg_ctl -D "$data" -w stop -m fast
fi
exec /opt/postgres/bin/postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp

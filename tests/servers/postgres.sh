# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.sh sets the names of folders and of the user
# PostgreSQL: how it is initialised, started, asked and stopped.

postgres_stop_signal() { echo INT; }

postgres_programs() { echo "$(root_of "$1")/usr/lib/postgresql/${1#postgres}/bin"; }

postgres_init() {
  "${as_server[@]}" "$(postgres_programs "$1")/initdb" --pgdata="$2" --no-sync --no-instructions \
    --username=postgres --pwfile="$home/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
}

postgres_start() {
  local name=$1 port=$2 old option options=() wait=off
  # What was committed is with the kernel then, and stays where only the server is killed.
  if [[ -n ${KYSERA_TEST_DURABLE:-} ]]; then wait=on; fi
  # After a restart of the machine a stranger may have the old server's number, which PostgreSQL would respect.
  old=$(head -n 1 "$data/$name/postmaster.pid" 2>/dev/null) || old=
  if [[ -n $old && -d /proc/$old ]]; then rm "$data/$name/postmaster.pid"; fi
  # No sockets in the file system: their paths are limited to some hundred characters.
  for option in listen_addresses=127.0.0.1 unix_socket_directories= max_connections=400 \
    fsync=off full_page_writes=off synchronous_commit=$wait wal_level=minimal max_wal_senders=0 max_wal_size=256MB \
    dynamic_shared_memory_type=mmap jit=off timezone=UTC log_timezone=UTC \
    ssl=on "ssl_ca_file=$tls/ca.pem" "ssl_cert_file=$tls/server.pem" "ssl_key_file=$tls/server.key"; do
    options+=(-c "$option")
  done
  # The kernel interface which PostgreSQL 18 would rather use is closed in many containers.
  if [[ $name == postgres18 ]]; then options+=(-c io_method=sync); fi
  launch "$name" "$(postgres_programs "$name")/postgres" -D "$data/$name" --data-directory="$data/$name" \
    --port="$port" "${options[@]}"
}

postgres_version() {
  "${clean[@]}" PGPASSWORD="$(<"$home/password")" PGCONNECT_TIMEOUT=5 "$(postgres_programs "$1")/psql" -XAtw \
    "host=127.0.0.1 port=$2 user=postgres dbname=postgres sslmode=verify-full sslrootcert=$tls/ca.pem" \
    -c "select split_part(version(), ' on ', 1)"
}

# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.sh sets the names of folders and of the user
# MySQL and MariaDB: how they are initialised, started, asked and stopped.

mysql_stop_signal() { echo TERM; }

mysql_init() {
  local name=$1 folder=$2 root
  root=$(root_of "$name")
  if [[ $name == mysql9 ]]; then
    "${as_server[@]}" "$root/usr/sbin/mysqld" --no-defaults --initialize-insecure --basedir="$root/usr" \
      --datadir="$folder" --innodb-flush-method=nosync
  else
    "${as_server[@]}" "$root/usr/bin/mariadb-install-db" --no-defaults --basedir="$root/usr" \
      --datadir="$folder" --skip-test-db --auth-root-authentication-method=normal --innodb-flush-method=nosync
  fi
}

mysql_start() {
  local name=$1 port=$2 root password options flush=0
  # As `synchronous_commit` of PostgreSQL.
  if [[ -n ${KYSERA_TEST_DURABLE:-} ]]; then flush=2; fi
  root=$(root_of "$name") password=$(<"$home/password")
  # The server runs this before it lets anybody in.
  secret_file "$home/$name.sql" <<SQL
create user if not exists root@'127.0.0.1';
grant all on *.* to root@'127.0.0.1' with grant option;
alter user root@'127.0.0.1' identified by '$password';
alter user root@localhost identified by '$password';
SQL
  options=(--bind-address=127.0.0.1 --port="$port" --socket=server.sock --pid-file=server.pid
    --init-file="$home/$name.sql" --skip-name-resolve --max-connections=400 --character-set-server=utf8mb4
    --default-time-zone=+00:00 --skip-log-bin
    --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=$flush --innodb-flush-method=nosync
    --innodb-doublewrite=OFF
    --ssl-ca="$tls/ca.pem" --ssl-cert="$tls/server.pem" --ssl-key="$tls/server.key")
  if [[ $name == mysql9 ]]; then
    options+=(--mysqlx=OFF --secure-file-priv=NULL --innodb-redo-log-capacity=16M)
    launch "$name" "$root/usr/sbin/mysqld" --no-defaults --basedir="$root/usr" --datadir="$data/$name" "${options[@]}"
  else
    options+=(--innodb-log-file-size=16M)
    launch "$name" "$root/usr/sbin/mariadbd" --no-defaults --basedir="$root/usr" --datadir="$data/$name" "${options[@]}"
  fi
}

mysql_version() {
  local root client
  local login=(--user=root --host=127.0.0.1 --port="$2" --protocol=TCP --connect-timeout=5
    --ssl-ca="$tls/ca.pem" --skip-column-names --batch --execute="select version()")
  root=$(root_of "$1")
  case $1 in
    mysql9) client=("$root/usr/bin/mysql" --no-defaults --ssl-mode=VERIFY_IDENTITY) ;;
    mariadb) client=("$root/usr/bin/mariadb" --no-defaults --ssl-verify-server-cert) ;;
  esac
  "${clean[@]}" MYSQL_PWD="$(<"$home/password")" "${client[@]}" "${login[@]}" |
    sed '/MariaDB/!s/^/MySQL /; s/^\(.*\)-MariaDB/MariaDB \1/'
}

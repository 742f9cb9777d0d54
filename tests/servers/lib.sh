# shellcheck shell=bash
# What `up`, `down`, `status`, `summary` and `with` share: names, folders, finding, starting and stopping.

umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(dirname "$(dirname "$here")")
known=(sqlite postgres15 postgres18 mysql9 mariadb)

# shellcheck source=fetch.sh
source "$here/fetch.sh"
# shellcheck source=postgres.sh
source "$here/postgres.sh"
# shellcheck source=mysql.sh
source "$here/mysql.sh"

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

servers_of() {
  local name
  for name in "$@"; do [[ $name == sqlite ]] || echo "$name"; done
}

joined() { printf '%s, ' "$@" | sed 's/, $//'; }

is_in() {
  local item=$1
  shift
  [[ " $* " == *" $item "* ]]
}

# Sets `chosen` and `left_out` from KYSERA_TEST_SERVERS; SQLite counts like the others but needs no server.
choose() {
  local name wanted
  IFS=', ' read -ra wanted <<<"${KYSERA_TEST_SERVERS:-${known[*]}}"
  chosen=() left_out=()
  for name in "${wanted[@]}"; do
    is_in "$name" "${known[@]}" || die "KYSERA_TEST_SERVERS: no server '$name'; known are $(joined "${known[@]}")"
  done
  for name in "${known[@]}"; do
    if is_in "$name" "${wanted[@]}"; then chosen+=("$name"); else left_out+=("$name"); fi
  done
}

# Sets `home` and the folders in it, and `as_server`, the prefix that runs a command as the servers' user:
# PostgreSQL refuses to run as root, and the others have no need to.
open_home() {
  home=${KYSERA_TEST_HOME:-$top/target/servers} owner=$(id -un) as_server=("${clean[@]}")
  if [[ $(id -u) == 0 ]]; then
    owner=postgres
    id "$owner" >/dev/null 2>&1 || owner=nobody
    as_server+=(setpriv "--reuid=$owner" "--regid=$(id -g "$owner")" --clear-groups)
  fi
  # The link made below dangles once somebody has emptied the temporary folder.
  if [[ -L $home && ! -d $home ]]; then rm "$home"; fi
  mkdir -p "$home"
  # A checkout in a private folder, such as root's own, is closed to the servers' user: they then live elsewhere.
  if ! "${as_server[@]}" test -x "$(realpath "$home")"; then
    rmdir "$home" || die "user $owner, who runs the servers, cannot reach $home: remove it and try again"
    ln -s "$(mktemp -d /var/tmp/kysera-servers.XXXXXX)" "$home"
    chmod 755 "$home/."
  fi
  home=$(realpath "$home")
  data=$home/data log=$home/log tls=$home/tls
  mkdir -p "$data" "$log" "$tls" "$home/root" "$home/version"
  chown "$owner" "$data"
}

# One run at a time changes anything here. Jobs of a killed run keep the lock until they are through.
lock_home() {
  exec 9>>"$home/lock"
  flock -n 9 && return 0
  echo "waiting for another run to be done with $home" >&2
  flock -w 600 9 || die "another run has held $home/lock for ten minutes"
}

# Nothing in the caller's environment (PGOPTIONS, MYSQL_HOST, a time zone) may change what is tested.
clean=(env -i "PATH=$PATH" LC_ALL=C.UTF-8 TZ=UTC)

# A file only the servers' user may read, with its text from standard input.
secret_file() {
  rm -f "$1"
  (umask 077 && cat >"$1")
  chown "$owner" "$1"
}

# Servers are recognised by their own command line, never by a pid file, so nothing can be stale. Their children may
# carry the same command line and are left out. The marks come through a file so that grep does not find itself.
pids_of() {
  local name marks=() found pid parent
  for name in "$@"; do marks+=({"--data-directory=","--datadir=","--pgdata="}"$data/$name"{,.new}); done
  found=$(grep -lzsxF -f <(printf '%s\n' "${marks[@]}") /proc/[0-9]*/cmdline | cut -d/ -f3 | tr '\n' ' ') || true
  for pid in $found; do
    read -r _ _ _ parent _ 2>/dev/null <"/proc/$pid/stat" || continue
    is_in "$parent" "$found" || echo "$pid"
  done
}

port_of() {
  local pid argument
  for pid in $(pids_of "$1"); do
    while read -rd '' argument; do
      if [[ $argument == --port=* ]]; then echo "${argument#*=}" && return 0; fi
    done <"/proc/$pid/cmdline"
  done 2>/dev/null
}

# Each server has its own residue, so that those starting side by side never pick the same port.
free_port() {
  local port index=0
  while [[ ${known[index]} != "$1" ]]; do index=$((index + 1)); done
  while port=$((20000 + RANDOM % 2000 * 5 + index)) && (: <"/dev/tcp/127.0.0.1/$port"); do :; done 2>/dev/null
  echo "$port"
}

kind_of() { case $1 in postgres*) echo postgres ;; *) echo mysql ;; esac }

# The answer of a real login: by TCP, with the password, over TLS, the certificate checked.
version_of() {
  local port
  port=$(port_of "$1")
  [[ -n $port ]] && "$(kind_of "$1")_version" "$1" "$port"
}

url_of() {
  case $1 in
    postgres*) echo "postgres://postgres:$(<"$home/password")@127.0.0.1:$2/postgres" ;;
    mysql9) echo "mysql://root:$(<"$home/password")@127.0.0.1:$2/mysql" ;;
    mariadb) echo "mariadb://root:$(<"$home/password")@127.0.0.1:$2/mysql" ;;
  esac
}

# One password and one certificate for all; the authority's key is thrown away so that nothing else can be signed.
make_secrets() {
  [[ -s $home/password ]] || openssl rand -hex 12 | secret_file "$home/password"
  [[ -s $tls/ca.pem && -s $tls/server.pem && -s $tls/server.key ]] && return 0
  local key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc)
  (
    cd "$tls"
    openssl req "${key[@]}" -x509 -days 3650 -subj "/CN=Kysera test authority" -keyout ca.key -out ca.new
    openssl req "${key[@]}" -x509 -days 3650 -subj "/CN=localhost" -keyout server.key -out server.pem \
      -CA ca.new -CAkey ca.key -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
      -addext "basicConstraints=critical,CA:FALSE" -addext "extendedKeyUsage=serverAuth"
    chmod 600 server.key
    chown "$owner" server.key
    rm ca.key
    mv ca.new ca.pem
  ) 2>"$log/tls.log" || die "cannot make the TLS certificate: $(tail -n 3 "$log/tls.log")"
}

# Starts a server that goes on when this script ends, and so must not hold the script's output or its lock open.
launch() {
  local name=$1
  shift
  (cd "$data/$name" && exec setsid "${as_server[@]}" "$@") </dev/null >>"$log/$name.log" 2>&1 3>&- 7>&- 9>&- &
}

wait_for() {
  local name=$1 tries
  for ((tries = 0; tries < 300; tries++)); do
    version_of "$name" 2>"$log/$name.login" >"$home/version/$name.new" && return 0
    sleep 0.1
    # The first look may come before the program has replaced the shell that starts it.
    if ((tries > 5)) && [[ -z $(pids_of "$name") ]]; then return 1; fi
  done
  cat "$log/$name.login"
  return 1
}

# Stops servers, also those still being initialised, in their own orderly way; who does not listen is killed.
stop() {
  local name pid tries signal
  for ((tries = 0; tries < 200; tries++)); do
    [[ -n $(pids_of "$@") ]] || return 0
    if ((tries % 10 == 0)); then
      for name in "$@"; do
        signal=KILL
        if ((tries < 150)); then signal=$("$(kind_of "$name")_stop_signal"); fi
        for pid in $(pids_of "$name"); do kill "-$signal" "$pid" 2>/dev/null || true; done
      done
    fi
    sleep 0.1
  done
  die "cannot stop $(joined "$@")"
}

# The file lists what runs, whichever run has started it, and is there only while something does.
write_env() {
  local name port
  : | secret_file "$home/env.new"
  for name in $(servers_of "${known[@]}"); do
    port=$(port_of "$name")
    [[ -z $port ]] || echo "KYSERA_${name^^}_URL=$(url_of "$name" "$port")"
  done >"$home/env.new"
  if [[ -s $home/env.new ]]; then
    echo "KYSERA_TEST_CA=$tls/ca.pem" >>"$home/env.new"
    mv "$home/env.new" "$home/env"
  else
    rm -f "$home/env" "$home/env.new"
  fi
}

# Brings one server up, re-using what is there: a running server that answers, its data folder, its programs.
up_one() {
  local name=$1 kind attempt
  kind=$(kind_of "$name")
  if ! version_of "$name" >"$home/version/$name.new"; then
    stop "$name"
    : >"$log/$name.log"
    fetch "$name"
    for ((attempt = 1; attempt <= 3; attempt++)); do
      # A port may be taken in between, and data that does not survive a crash is of no use: take new ones.
      if ((attempt == 3)); then rm -rf "${data:?}/$name"; fi
      if [[ ! -d $data/$name ]]; then
        rm -rf "${data:?}/$name.new"
        (cd "$data" && "${kind}_init" "$name" "$data/$name.new")
        mv "$data/$name.new" "$data/$name"
      fi
      "${kind}_start" "$name" "$(free_port "$name")"
      wait_for "$name" && break
      ((attempt < 3)) || return 1
      # One that runs but lets nobody in would not do so on another port either.
      if [[ -n $(pids_of "$name") ]]; then attempt=2; fi
      stop "$name"
    done
  fi
  mv "$home/version/$name.new" "$home/version/$name"
  printf '%-10s  127.0.0.1:%s  %s\n' "$name" "$(port_of "$name")" "$(<"$home/version/$name")" >&3
}

declare -A jobs=()
began=()

# Brings the chosen servers up side by side and says one line for each on descriptor 3.
bring_up() {
  local name failed=()
  lock_home
  if [[ ${chosen[*]} != sqlite ]]; then make_secrets; fi
  for name in $(servers_of "${chosen[@]}"); do
    [[ -n $(pids_of "$name") ]] || began+=("$name")
    # Job control gives each job a process group of its own, which `cancel` can end as a whole.
    set -m
    (
      set +m
      trap - INT TERM HUP EXIT
      up_one "$name"
    ) </dev/null >>"$log/$name.log" 2>&1 &
    jobs[$name]=$!
    set +m
  done
  for name in "${!jobs[@]}"; do
    wait "${jobs[$name]}" || failed+=("$name")
    unset "jobs[$name]"
  done
  rm -rf "$home/apt"
  write_env
  exec 9>&-
  [[ ${#failed[@]} == 0 ]] && return 0
  for name in "${failed[@]}"; do
    printf '\n%s did not come up; the end of %s:\n' "$name" "$log/$name.log"
    tail -n 12 "$log/$name.log" | cut -c1-300 | sed 's/^/  /'
  done >&2
  die "not up: $(joined "${failed[@]}")"
}

# Ends a `bring_up` in the middle of it and whatever it has started itself.
cancel() {
  local job
  [[ ${#jobs[@]} != 0 ]] || return 0
  for job in "${jobs[@]}"; do kill -TERM -- "-$job" || true; done 2>/dev/null
  wait
  [[ ${#began[@]} == 0 ]] || stop "${began[@]}"
  write_env
}

# What a run of the tests was about, also after the servers have been stopped.
summary() {
  local name used=()
  for name in "${chosen[@]}"; do
    if [[ $name == sqlite ]]; then
      used+=("SQLite (in the process)")
    else
      used+=("$(cat "$home/version/$name" 2>/dev/null || echo "$name (never up)")")
    fi
  done
  echo "servers: $(joined "${used[@]}")"
  [[ ${#left_out[@]} == 0 ]] || echo "left out: $(joined "${left_out[@]}")"
}

take_down() {
  lock_home
  stop "${known[@]}"
  rm -rf "$home/apt"
  write_env
  exec 9>&-
}

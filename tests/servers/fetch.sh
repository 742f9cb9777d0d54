# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.sh sets the names of folders and of the user
# Where the servers' programs come from: what the machine has installed, or else Debian's packages, unpacked under
# target/ with all libraries they need. Nothing is installed, so this needs no root and leaves the machine as it was.

# Where a server's programs lie: in its own root, or (empty) in the machine's.
root_of() { if [[ -e $home/root/$1/complete ]]; then echo "$home/root/$1"; fi; }

programs_of() {
  case $1 in
    postgres*) printf "/usr/lib/postgresql/${1#postgres}/bin/%s\n" postgres initdb psql ;;
    mysql9) printf '%s\n' /usr/sbin/mysqld /usr/bin/mysql ;;
    mariadb) printf '%s\n' /usr/sbin/mariadbd /usr/bin/{mariadb,my_print_defaults,resolveip} ;;
  esac
}

installed() {
  local program version
  for program in $(programs_of "$1"); do
    [[ -x $program ]] || return 1
  done
  version=$("$(programs_of "$1" | head -n 1)" --version)
  case $1 in
    mysql9) [[ $version == *" Ver 9."* ]] ;;
    mariadb) [[ $version == *" Ver 10.11."* ]] ;;
  esac
}

fetch() {
  [[ -z $(root_of "$1") ]] || return 0
  ! installed "$1" || return 0
  echo "$1: fetching its packages from Debian" >&3
  case $1 in
    postgres15) unpack "$1" bookworm postgresql-15 ;;
    postgres18) unpack "$1" sid postgresql-18 ;;
    mysql9) unpack "$1" sid mysql-server-core mysql-client-core ;;
    mariadb) unpack "$1" bookworm mariadb-server-core mariadb-client-core ;;
  esac
}

# The Debian mirror this machine uses already, or the one KYSERA_TEST_MIRROR names.
mirror() {
  local uri=${KYSERA_TEST_MIRROR:-}
  # shellcheck disable=SC2016 # the words in $() are apt-get's own
  [[ -n $uri ]] || uri=$(apt-get indextargets --no-release-info 'Identifier: Packages' \
    --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' |
    awk '$1 == "main" && $2 ~ /^(bookworm|trixie|forky|sid|oldstable|stable|testing|unstable)$/ { print $3; exit }')
  [[ -n $uri ]] || die "no Debian mirror in this machine's apt sources: set KYSERA_TEST_MIRROR to one"
  echo "$uri"
}

# apt-get with folders of its own, in which nothing is installed yet: it so brings every library, libc included.
private_apt() {
  local folder=$1
  shift
  apt-get -qq -o Dir::Etc::sourcelist="$folder/sources" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State="$folder" -o Dir::State::lists="$folder/lists" -o Dir::State::status="$folder/status" \
    -o Dir::Cache="$folder" -o Dir::Cache::archives="$folder/archives" \
    -o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=false \
    -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false -o APT::Update::Error-Mode=any \
    -o Debug::NoLocking=true "$@"
}

# unpack NAME SUITE PACKAGE..: the packages and what they depend on, into the root of that server.
unpack() {
  local name=$1 suite=$2 apt=$home/apt/$2 root=$home/root/$1 try uri archive
  shift 2
  uri=$(mirror)
  rm -rf "$root"
  mkdir -p "$root" "$apt/lists/partial" "$apt/archives/partial"
  # The servers of a suite take their turns here, and the first one fetches the package lists for all.
  exec 8>>"$apt/lock"
  flock 8
  : >>"$apt/status"
  echo "deb [target=Packages lang=none] $uri $suite main" >"$apt/sources"
  for try in 1 2 3; do
    if { [[ -e $apt/updated ]] || private_apt "$apt" update; } && touch "$apt/updated" &&
      private_apt "$apt" install --yes --download-only "$@"; then break; fi
    ((try < 3)) || die "cannot fetch $* from Debian $suite"
    # Sid changes under our feet, so the lists may be out of date by now.
    rm -f "$apt/updated"
    sleep "$try"
  done
  mv "$apt/archives" "$root/archives"
  exec 8>&-
  for archive in "$root"/archives/*.deb; do dpkg-deb --extract "$archive" "$root"; done
  rm -rf "$root/archives"
  wrap "$name" "$root"
  touch "$root/complete"
}

# Puts a script in the place of each program, which runs it by the loader and with the libraries of its own root:
# sid's programs need a newer libc than the machine has. A script, because initdb calls postgres by its place.
wrap() {
  local name=$1 root=$2 program
  for program in $(programs_of "$name"); do
    mv "$root$program" "$root$program.real"
    cat >"$root$program" <<'SH'
#!/bin/sh
root=${0%/usr/*}
for loader in "$root"/lib/*/ld-linux-*.so.? "$root"/usr/lib/*/ld-linux-*.so.?; do
  [ ! -e "$loader" ] || break
done
machine=$(basename "${loader%/*}")
exec "$loader" --library-path "$root/lib/$machine:$root/usr/lib/$machine:$root/usr/lib/mysql/private" \
  --argv0 "$0" "$0.real" "$@"
SH
    chmod 755 "$root$program"
  done
}

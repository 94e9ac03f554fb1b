# Installs what the peers need, by package name: from Debian, PyPI, npm and crates.io. What is there already stays.
# Sourced by `run`; expects $TOOLS.

debian() { # debian COMMAND PACKAGE
  command -v "$1" >/dev/null && return
  [ -n "${apt_updated:-}" ] || apt-get update -qq || return
  apt_updated=1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"
}

python_packages() { # python_packages FOLDER REQUIREMENTS
  local venv=$1 wanted
  wanted=$(sha256sum <"$2")
  [ "$(cat "$venv/installed" 2>/dev/null)" = "$wanted" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" || return
  # The file names the whole closure, so nothing is resolved here.
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$2" || return
  "$venv/bin/python" -m pip check || return
  printf '%s\n' "$wanted" >"$venv/installed"
}

node_packages() {
  local folder=$TOOLS/node
  cmp -s tests/peers/node/package-lock.json "$folder/package-lock.json" && [ -d "$folder/node_modules/soap" ] && return
  mkdir -p "$folder" || return
  cp tests/peers/node/package.json tests/peers/node/package-lock.json "$folder/" || return
  npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund || { rm -f "$folder/package-lock.json"; return 1; }
}

java_packages() {
  debian javac default-jdk-headless || return
  # The generator and the runtime of JAX-WS, which the JDK has no more.
  [ -f /usr/share/java/jaxws-rt.jar ] || debian no-such-command jaxws
}

dotnet_packages() {
  local folder=$TOOLS/dotnet
  debian mcs mono-mcs || return
  cmp -s tests/peers/dotnet.txt "$folder/installed" && return
  rm -rf "$folder"
  # Libraries and a runtime, no modules: the version of Python only names which file is meant.
  "$TOOLS/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --python-version 3.11 \
    --platform manylinux1_x86_64 --platform manylinux2014_x86_64 --target "$folder" -r tests/peers/dotnet.txt || return
  chmod +x "$folder/dotnetcore2/bin/dotnet"
  (cd "$folder/psycopg2_binary.libs" && ln -s libssl-*.so.1.1 libssl.so.1.1) || return
  cp tests/peers/dotnet.txt "$folder/installed"
}

cargo_insta() {
  # The version of the library that the suite's format follows.
  local version
  version=$(sed -n '/^name = "insta"$/{n;s/^version = "\(.*\)"$/\1/p}' Cargo.lock)
  [ "$("$TOOLS/bin/cargo-insta" --version 2>/dev/null)" = "cargo-insta $version" ] && return
  cargo install cargo-insta --version "$version" --locked --root "$TOOLS"
}

install_all() {
  mkdir -p "$TOOLS" || return
  debian curl curl && debian openssl openssl && debian xmllint libxml2-utils && debian php php-cli || return
  php -m | grep -qix soap || { apt-get update -qq && apt-get install -y -qq php-soap; } || return
  debian node nodejs && debian npm npm || return
  python3 -c 'import ensurepip' || debian no-such-command python3-venv || return
  python_packages "$TOOLS/venv" tests/peers/requirements.txt || return
  python_packages "$TOOLS/town-office" examples/town-office/requirements.txt || return
  java_packages && dotnet_packages || return
  node_packages && cargo_insta
}

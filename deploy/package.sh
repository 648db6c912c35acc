#!/bin/sh
# Makes what is released, in build/package, of the programs in build/packaged and build/portable; ./dev package calls it.
#
#     trafikito-agent_VERSION_ARCH.deb, trafikito-server_VERSION_ARCH.deb
#     trafikito-agent-VERSION-linux-MACHINE.tar.gz      for install.sh
#     trafikito-debug-VERSION-linux-MACHINE.tar.gz      debug information of all three programs: unpack it at /
#     trafikito-VERSION-linux-MACHINE.spdx.json         what they are made of
#     SHA256SUMS
#
# The same commit gives the same bytes in any directory; their time is the commit's, or SOURCE_DATE_EPOCH. MAINTAINER
# stands in the packages.
set -eu
umask 022
export LC_ALL=C TZ=UTC0
cd "$(dirname "$0")/.."

say() { echo "==> $*" >&2; }
fail() {
    echo "deploy/package.sh: error: $*" >&2
    exit 1
}

packaged=build/packaged portable=build/portable
made=build/package
work=build/packaging # everything is made here, and what is complete goes to $made
maintainer=${MAINTAINER:-Trafikito maintainers <maintainers@trafikito.example>}

# --- what is packaged ---------------------------------------------------------------------------------------------------

# MODE, file, place in the tarball. (The licences are of OpenSSL and of the C++ runtime, which are in its program.)
tarball_files='
755 deploy/install/install.sh                         install.sh
755 deploy/install/uninstall.sh                       uninstall.sh
755 deploy/install/trafikito                          trafikito
755 deploy/install/trafikito_wrapper.sh               trafikito_wrapper.sh
755 deploy/install/trafikito_agent.sh                 trafikito_agent.sh
644 deploy/systemd/trafikito-agent.service.in         share/systemd/trafikito-agent.service.in
644 deploy/systemd/trafikito-agent@.service.in        share/systemd/trafikito-agent@.service.in
755 deploy/sysv/trafikito-agent                       share/sysv/trafikito-agent
755 deploy/openrc/trafikito-agent                     share/openrc/trafikito-agent
644 deploy/examples/trafikito.cfg                     share/examples/trafikito.cfg
644 deploy/examples/available_commands.sh             share/examples/available_commands.sh
644 deploy/systemd/trafikito-agent.service.d/more-rights.conf  share/examples/trafikito-agent.service.d/more-rights.conf
644 deploy/systemd/trafikito-agent.service.d/as-root.conf      share/examples/trafikito-agent.service.d/as-root.conf
644 deploy/completions/trafikito.bash                 share/completions/trafikito.bash
644 deploy/completions/_trafikito                     share/completions/_trafikito
644 deploy/completions/trafikito.fish                 share/completions/trafikito.fish
644 build/packaged/trafikito-agent.8                  share/man/trafikito-agent.8
644 build/packaged/trafikito.cfg.5                    share/man/trafikito.cfg.5
644 build/packaged/available_commands.sh.5            share/man/available_commands.sh.5
644 deploy/debian/agent/copyright                     share/licences/copyright
644 /usr/share/common-licenses/Apache-2.0             share/licences/Apache-2.0
644 /usr/share/common-licenses/GPL-3                  share/licences/GPL-3
'

# --- of what and when ---------------------------------------------------------------------------------------------------

version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$packaged/CMakeCache.txt")
commit=$(sed -n 's/.*TRAFIKITO_COMMIT "\(.*\)"/\1/p' "$packaged/base/commit/commit.hpp")
architecture=$(dpkg --print-architecture)
machine=$(uname -m)

if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    if [ -e .git ]; then
        SOURCE_DATE_EPOCH=$(git -c safe.directory="$PWD" log -1 --format=%ct)
    else
        SOURCE_DATE_EPOCH=$(sed -n 's/^set(archived_time "\([0-9]*\)").*/\1/p' cmake/commit.cmake)
    fi
fi
[ -n "$SOURCE_DATE_EPOCH" ] || fail "this is neither a clone nor made by git archive: say the time of the sources, SOURCE_DATE_EPOCH=SECONDS"
export SOURCE_DATE_EPOCH

# --- programs -----------------------------------------------------------------------------------------------------------

# shipped PROGRAM RESULT: stripped; its debug information goes where a debugger looks for it by its build id.
shipped() {
    id=$(readelf -nW "$1" | sed -n 's/.*Build ID: //p')
    [ -n "$id" ] || fail "$1 has no build id"
    debug=$work/debug/usr/lib/debug/.build-id/$(echo "$id" | cut -c 1-2)/$(echo "$id" | cut -c 3-).debug
    mkdir -p "$(dirname "$debug")" "$(dirname "$2")"
    objcopy --only-keep-debug --compress-debug-sections=zlib "$1" "$debug"
    objcopy --strip-all --remove-section=.comment "$1" "$2"
    objcopy --add-gnu-debuglink="$debug" "$2"
    chmod 644 "$debug"
    chmod 755 "$2"
    ! strings -a "$debug" "$2" | grep -F "$PWD" >&2 || fail "$1 names a path of this machine"
}

check() { test/check_program.sh --checked --stripped "$@" || fail "it is not shipped: what is wrong stands above"; }

make_programs() {
    say "programs"
    loader='ld-linux-x86-64.so.2 ld-linux-aarch64.so.1'
    shipped "$portable/trafikito-agent" "$work/programs/trafikito-agent"
    check --glibc=2.34 --needed="libc.so.6 libgcc_s.so.1 libm.so.6 $loader" --at-most=8 "$work/programs/trafikito-agent"
    for part in agent server; do
        DESTDIR=$work/$part cmake --install "$packaged" --component "$part" --prefix /usr >"$work/install.log" ||
            fail "cmake could not install the $part: what is missing stands above"
        shipped "$packaged/trafikito-$part" "$work/$part/usr/sbin/trafikito-$part"
    done
    check --needed="libc.so.6 libgcc_s.so.1 libm.so.6 libssl.so.3 libcrypto.so.3 $loader" "$work/agent/usr/sbin/trafikito-agent"
    check --needed="libc.so.6 libgcc_s.so.1 libm.so.6 libssl.so.3 libcrypto.so.3 libsqlite3.so.0 libpq.so.5 libzstd.so.1 libsodium.so.23 $loader" "$work/server/usr/sbin/trafikito-server"
}

# --- the tarballs -------------------------------------------------------------------------------------------------------

# pack DIRECTORY NAME RESULT: the same bytes for the same files
pack() {
    tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=gnu -c "$2" |
        gzip -9n >"$3"
}

make_tarball() {
    name=trafikito-agent-$version-linux-$machine
    say "$name.tar.gz"
    tree=$work/tarball/$name
    install -D -m 755 "$work/programs/trafikito-agent" "$tree/trafikito-agent"
    echo "$tarball_files" | while read -r mode source place; do
        [ -n "$mode" ] || continue
        [ -f "$source" ] || fail "$source is missing, which the tarball has as $place"
        install -D -m "$mode" "$source" "$tree/$place"
    done
    pack "$work/tarball" "$name" "$work/made/$name.tar.gz"
}

# --- the packages -------------------------------------------------------------------------------------------------------

# fill FILE: its placeholders
fill() {
    sed -e "s|@VERSION@|$version|" -e "s|@COMMIT@|${commit:-unknown}|" -e "s|@ARCH@|$architecture|" \
        -e "s|@MAINTAINER@|$maintainer|" -e "s|@DATE@|$(date -R -d "@$SOURCE_DATE_EPOCH")|" \
        -e "s|@SIZE@|${size:-}|" -e "s|@SHLIBS@|${shlibs:-}|" "$1"
}

# What the program needs, as packages.
needed_packages() {
    mkdir -p "$work/shlibdeps/debian"
    printf 'Source: trafikito\n\nPackage: trafikito-%s\nArchitecture: any\n' "$1" >"$work/shlibdeps/debian/control"
    (cd "$work/shlibdeps" && dpkg-shlibdeps -O -e "../$1/usr/sbin/trafikito-$1" 2>../shlibdeps.log) |
        sed -n 's/^shlibs:Depends=//p'
}

make_deb() {
    part=$1 tree=$work/$1 source=deploy/debian/$1
    deb=trafikito-${part}_${version}_$architecture.deb
    say "$deb"
    documents=$tree/usr/share/doc/trafikito-$part
    install -D -m 644 "$source/copyright" "$documents/copyright"
    fill deploy/debian/changelog.in | gzip -9n >"$documents/changelog.gz"
    gzip -9nf "$tree"/usr/share/man/man*/*
    mkdir "$tree/DEBIAN"
    (cd "$tree" && find . -path ./DEBIAN -prune -o -type f -print0 | sort -z | xargs -0 md5sum | sed 's,  \./,  ,') |
        grep -v '  etc/' >"$tree/DEBIAN/md5sums"
    if [ -d "$tree/etc" ]; then (cd "$tree" && find etc -type f | sort | sed 's,^,/,') >"$tree/DEBIAN/conffiles"; fi
    size=$(find "$tree" -path "$tree/DEBIAN" -prune -o -printf '%y %s\n' |
        awk '{ sum += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print sum }')
    shlibs=$(needed_packages "$part")
    [ -n "$shlibs" ] || { cat "$work/shlibdeps.log" >&2; fail "dpkg-shlibdeps does not say what trafikito-$part needs"; }
    fill "$source/control.in" >"$tree/DEBIAN/control"
    for script in preinst postinst prerm postrm; do
        [ ! -f "$source/$script" ] || install -m 755 "$source/$script" "$tree/DEBIAN/$script"
    done
    find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --threads-max=1 --build "$tree" "$work/made/$deb" >/dev/null
}

make_debs() {
    # Where enrol writes.
    mkdir -p "$work/agent/etc/trafikito"
    make_deb agent
    install -D -m 644 deploy/debian/server/trafikito-server.default "$work/server/etc/default/trafikito-server"
    files=$work/server/usr/share/trafikito-server/agent-files
    install -D -m 755 deploy/install/install.sh "$files/install.sh"
    install -m 644 "$work/made/trafikito-agent-$version-linux-$machine.tar.gz" "$files/"
    make_deb server
}

# ------------------------------------------------------------------------------------------------------------------------

rm -rf "$made" "$work"
mkdir -p "$work/made"
make_programs
make_tarball
make_debs
say "debug information, bill of materials, checksums"
pack "$work/debug" usr "$work/made/trafikito-debug-$version-linux-$machine.tar.gz"
deploy/sbom.sh "$version" "${commit:-unknown}" "$work/made" >"$work/sbom" <<LINES
trafikito-agent-$version-linux-$machine.tar.gz $portable/trafikito-agent $work/programs/trafikito-agent ./trafikito-agent
trafikito-agent_${version}_$architecture.deb $packaged/trafikito-agent $work/agent/usr/sbin/trafikito-agent ./usr/sbin/trafikito-agent
trafikito-server_${version}_$architecture.deb $packaged/trafikito-server $work/server/usr/sbin/trafikito-server ./usr/sbin/trafikito-server
trafikito-server_${version}_$architecture.deb - - trafikito-agent-$version-linux-$machine.tar.gz
LINES
mv "$work/sbom" "$work/made/trafikito-$version-linux-$machine.spdx.json"
(cd "$work/made" && sha256sum ./* | sed 's,  \./,  ,' >../SHA256SUMS)
mv "$work/SHA256SUMS" "$work/made/"
mv "$work/made" "$made"
rm -rf "$work"

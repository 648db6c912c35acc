#!/bin/sh
# install_packages.sh NAME...: Debian packages for an image, without what only a machine needs of them. A NAME is an
# extended regular expression that the whole of a package's name must match.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
names=''
for name in "$@"; do
    found=$(apt-cache search --names-only "^$name\$" | cut -d ' ' -f 1)
    [ -n "$found" ] || { echo "install_packages.sh: error: no package is called $name" >&2; exit 1; }
    names="$names $found"
done
# shellcheck disable=SC2086 # a list of packages
apt-get install -y -q --no-install-recommends \
    -o Dpkg::Options::=--path-exclude='/usr/share/doc/*' -o Dpkg::Options::=--path-include='/usr/share/doc/*/copyright' \
    -o Dpkg::Options::=--path-exclude='/usr/share/man/*' -o Dpkg::Options::=--path-exclude='/usr/share/locale/*' $names
# The answers to debconf's questions, of which there were none, are a copy of the base's in this layer.
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/cache/debconf/* \
    /var/cache/ldconfig/aux-cache /var/lib/dpkg/*-old /var/log/*

#!/bin/sh
# Prints what the released programs are made of, as SPDX 2.3 (JSON); deploy/package.sh calls it.
#
#     sbom.sh VERSION COMMIT DIRECTORY <<LINES
#     PACKAGE BUILT SHIPPED PATH
#
# Each line is of one program: PACKAGE the file in DIRECTORY that holds it, BUILT the program as it was linked, with the
# linker's map beside it (BUILT.map), SHIPPED the same as it was packaged, PATH its place in there; or, with - for BUILT
# and SHIPPED, of another package PATH that PACKAGE holds. What was linked is read from the map, what was compiled in
# from headers alone from ninja, what is loaded from the program; the version and the licence of each are those of the
# Debian package that it came with. SOURCE_DATE_EPOCH is its time.
set -eu
export LC_ALL=C TZ=UTC0
fail() {
    echo "deploy/sbom.sh: error: $*" >&2
    exit 1
}
[ $# = 3 ] || { sed -n '4,5s/^# *//p' "$0" >&2 && exit 2; }
version=$1 commit=$2 directory=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- where something came from --------------------------------------------------------------------------------------

# Files to the Debian packages that they came with. dpkg may know a file by its name from before /lib was /usr/lib.
packages_of() {
    while read -r file; do
        file=$(realpath "$file")
        echo "$file"
        echo "${file#/usr}"
    done | sort -u >"$work/files"
    xargs dpkg-query -S <"$work/files" 2>/dev/null | sed 's/:.*//' | sort -u
}

# Archives of which something was taken, and the start files.
linked_into() {
    sed -n '/^Discarded input sections/q; s/^\(\/[^ ]*\.a\)(.*/\1/p' "$1.map" | grep -vF "$PWD/" >"$work/inputs"
    sed -n 's/^LOAD \(\/.*\.o\)$/\1/p' "$1.map" >>"$work/inputs"
    [ -s "$work/inputs" ] || fail "$1.map names nothing that was linked"
    packages_of <"$work/inputs"
}

compiled_into() {
    build=$(dirname "$1")
    ninja -C "$build" -t inputs "${1##*/}" 2>/dev/null | grep -E '\.(o|gch)$' >"$work/objects"
    (cd "$build" && xargs ninja -t deps <"$work/objects") | sed -n 's,^ *\(/usr/.*\),\1,p' | sort -u | packages_of
}

loaded_by() {
    readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' | while read -r library; do
        /sbin/ldconfig -p | awk -v name="$library" '$1 == name { print $NF; exit }'
    done | packages_of
}

# What its project says.
licence_of() {
    case $1 in
    boost*) echo BSL-1.0 ;;
    cli11) echo BSD-3-Clause ;;
    openssl) echo Apache-2.0 ;;
    sqlite3) echo blessing ;;
    postgresql*) echo PostgreSQL ;;
    libzstd) echo BSD-3-Clause ;;
    libsodium) echo ISC ;;
    re2) echo BSD-3-Clause ;;
    gcc-*) echo 'GPL-3.0-or-later WITH GCC-exception-3.1' ;;
    glibc) echo LGPL-2.1-or-later ;;
    linux) echo 'GPL-2.0-only WITH Linux-syscall-note' ;;
    *) echo NOASSERTION ;;
    esac
}

# What Debian found in its files, most of them first.
licences_in() {
    copyright=/usr/share/doc/$1/copyright
    [ -f "$copyright" ] || fail "$copyright is missing: it says the licence of what is linked"
    if grep -q '^Format:' "$copyright"; then
        sed -n 's/^License: *\(.\)/\1/p' "$copyright" | sort | uniq -c | sort -k 1,1nr -k 2 | sed 's/^ *[0-9]* //' |
            awk '{ all = all (NR > 1 ? "; " : "") $0 } END { print all }'
    else
        echo 'said in words'
    fi
}

# --- facts, one a line ----------------------------------------------------------------------------------------------

digest() { "$1sum" "$2" | cut -d ' ' -f 1; }

released() {
    jq -cn --arg file "$1" --arg sha256 "$(digest sha256 "$directory/$1")" '{fact: "released", $file, $sha256}'
}
program() {
    jq -cn --arg package "$1" --arg path "$2" --arg sha1 "$(digest sha1 "$3")" --arg sha256 "$(digest sha256 "$3")" \
        '{fact: "program", $package, $path, $sha1, $sha256}'
}
relation() { jq -Rcn --arg package "$1" --arg type "$2" 'inputs | {fact: "relation", $package, $type, component: .}' <"$3"; }
component() {
    source=$(dpkg-query -W -f='${source:Package}\n' "$1" | head -n 1)
    jq -cn --arg name "$1" --arg version "$(dpkg-query -W -f='${Version}\n' "$1" | head -n 1)" --arg source "$source" \
        --arg licence "$(licence_of "$source")" --arg named "$(licences_in "$1")" \
        '{fact: "component", $name, $version, $source, $licence, $named}'
}

facts() {
    : >"$work/components"
    while read -r package built shipped path; do
        [ "$built" != - ] || { jq -cn --arg package "$package" --arg held "$path" '{fact: "held", $package, $held}' && continue; }
        [ -f "$built.map" ] || fail "$built.map is missing: the linker writes it where TRAFIKITO_REPRODUCIBLE is on"
        released "$package"
        program "$package" "$path" "$shipped"
        linked_into "$built" >"$work/linked"
        compiled_into "$built" | grep -vxFf "$work/linked" >"$work/compiled" || true
        loaded_by "$shipped" >"$work/loaded"
        relation "$package" STATIC_LINK "$work/linked"
        relation "$package" GENERATED_FROM "$work/compiled"
        relation "$package" DYNAMIC_LINK "$work/loaded"
        cat "$work/linked" "$work/compiled" "$work/loaded" >>"$work/components"
    done
    sort -u "$work/components" | while read -r name; do component "$name"; done
}

facts >"$work/facts"

# --- SPDX -----------------------------------------------------------------------------------------------------------

# shellcheck source=/dev/null
system=$(. /etc/os-release && echo "$ID $VERSION_ID")
jq -s --arg version "$version" --arg commit "$commit" --arg time "$(date -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" \
    --arg id "${system% *}" --arg release "${system#* }" --arg architecture "$(dpkg --print-architecture)" '
    def ref($kind): "SPDXRef-\($kind)-" + (. | gsub("[^A-Za-z0-9.-]"; "-"));
    def of($fact): map(select(.fact == $fact));
    {
        spdxVersion: "SPDX-2.3",
        dataLicense: "CC0-1.0",
        SPDXID: "SPDXRef-DOCUMENT",
        name: "trafikito-\($version)-\($architecture)",
        documentNamespace: "https://trafikito.example/spdx/\($version)/\($commit)/\($id)-\($release)-\($architecture)",
        creationInfo: { created: $time, creators: ["Tool: trafikito-deploy-sbom"] },
        documentDescribes: (of("released") | map(.file | ref("Package"))),
        packages: (
            (of("released") | map({
                name: (.file | sub("[-_][0-9].*"; "")),
                SPDXID: (.file | ref("Package")),
                versionInfo: $version,
                packageFileName: .file,
                primaryPackagePurpose: "APPLICATION",
                downloadLocation: "NOASSERTION",
                filesAnalyzed: false,
                checksums: [{ algorithm: "SHA256", checksumValue: .sha256 }],
                sourceInfo: "commit \($commit)",
                licenseConcluded: "NOASSERTION",
                licenseDeclared: "NOASSERTION",
                copyrightText: "NOASSERTION"
            })) + (of("component") | map({
                name,
                SPDXID: (.name | ref("Component")),
                versionInfo: .version,
                supplier: "Organization: \($id)",
                downloadLocation: "NOASSERTION",
                filesAnalyzed: false,
                sourceInfo: "\($id) \($release), source package \(.source)",
                licenseConcluded: "NOASSERTION",
                licenseDeclared: .licence,
                licenseComments: "In its copyright file: \(.named)",
                copyrightText: "NOASSERTION",
                externalRefs: [{
                    referenceCategory: "PACKAGE-MANAGER",
                    referenceType: "purl",
                    referenceLocator: "pkg:deb/\($id)/\(.name | gsub("\\+"; "%2B"))@\(.version | gsub("\\+"; "%2B") | gsub(":"; "%3A"))?arch=\($architecture)&distro=\($id)-\($release)"
                }]
            }))
        ),
        files: (of("program") | map({
            fileName: .path,
            SPDXID: (.package | ref("Program")),
            fileTypes: ["BINARY"],
            checksums: [{ algorithm: "SHA1", checksumValue: .sha1 }, { algorithm: "SHA256", checksumValue: .sha256 }],
            licenseConcluded: "NOASSERTION",
            licenseInfoInFiles: ["NOASSERTION"],
            copyrightText: "NOASSERTION"
        })),
        relationships: (
            (of("released") | map({
                spdxElementId: "SPDXRef-DOCUMENT",
                relationshipType: "DESCRIBES",
                relatedSpdxElement: (.file | ref("Package"))
            })) + (of("program") | map({
                spdxElementId: (.package | ref("Package")),
                relationshipType: "CONTAINS",
                relatedSpdxElement: (.package | ref("Program"))
            })) + (of("held") | map({
                spdxElementId: (.package | ref("Package")),
                relationshipType: "CONTAINS",
                relatedSpdxElement: (.held | ref("Package"))
            })) + (of("relation") | map({
                spdxElementId: (.package | ref("Program")),
                relationshipType: .type,
                relatedSpdxElement: (.component | ref("Component"))
            }))
        )
    }' "$work/facts"

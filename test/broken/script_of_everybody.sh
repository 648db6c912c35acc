# A script of another place, which everybody may change.
# check: DIR.else/x.sh: the file can be written by others
# mend: chmod go-w DIR.else/x.sh
# ends: rm -r DIR.else
mkdir "$dir.else"
chmod 755 "$dir.else"
printf '#!/bin/sh\nexec df\n' >"$dir.else/x.sh"
chmod 777 "$dir.else/x.sh"
echo "trafikito_x=\"$dir.else/x.sh\"" >>"$list"

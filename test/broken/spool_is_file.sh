# Where the spool should be lies a file.
# check: DIR/var/spool: error: this is a file, and a folder of the agent's must stand here
# why: DIR/var/spool cannot be written (Not a directory)
# mend: mv DIR/var/spool DIR/var/spool.old
: >var/spool

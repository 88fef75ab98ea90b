echo before
echo sorry >&2
exit 3

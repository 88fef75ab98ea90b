mkdir -p /tmp/closed/inner && echo x >/tmp/closed/inner/file
chmod 000 /tmp/closed/inner/file /tmp/closed/inner /tmp/closed

cat /var/tmp/left

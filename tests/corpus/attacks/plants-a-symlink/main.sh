ln -s /dev/shm/stolen /tmp/result.txt

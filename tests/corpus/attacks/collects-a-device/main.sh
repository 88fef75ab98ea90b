ln -s /dev/zero result.txt

require("fs").writeFileSync("/dev/shm/left", "breached");

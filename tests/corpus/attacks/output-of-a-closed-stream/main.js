const fs = require("fs");
const again = fs.openSync("/proc/self/fd/1", "w");
fs.closeSync(1);
const part = Buffer.alloc(1 << 16, 120);
for (let n = 0; n < 100; n++) {
    try { fs.writeSync(again, part); } catch (error) { n--; if (error.code !== "EAGAIN") throw error; }
}
fs.writeSync(2, "breached");

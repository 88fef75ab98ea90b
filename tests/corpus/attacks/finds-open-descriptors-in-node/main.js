const fs = require("fs");
for (let number = 32; number < 1024; number++) {  // Node's own are lower
    try { console.log("breached", fs.readlinkSync(`/proc/self/fd/${number}`)); } catch {}
}
